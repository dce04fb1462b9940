//! Reading one response at a time out of whatever pieces the socket hands over.
//!
//! [`ResponseReader::push`] takes bytes, never asks for them. The head is parsed in place when it arrives in one piece,
//! which is the usual case; only an incomplete head is kept. The body is counted, and its beginning kept only for a reader
//! made by [`ResponseReader::keeping`].

mod body;
mod chunked;
mod head;

pub(crate) use body::Content;
use chunked::Chunked;
pub(crate) use head::Framing;
use head::{Head, Parsed};

/// Longest response head accepted, in bytes; hyper's client and curl allow about as much.
const HEAD_LIMIT: usize = 64 * 1024;

/// Why an answer is not an HTTP/1 response: a sentence fragment that fits after "the response is malformed: ".
pub(crate) type Malformed = &'static str;

/// What [`ResponseReader::push`] made of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// All bytes were taken and the response goes on.
    Partial,
    /// The response ended; that many bytes of this push belong to something after it.
    Done {
        /// Bytes at the end of the push that are not part of the response.
        unused: usize,
    },
}

#[derive(Debug)]
enum State {
    Head,
    Sized { left: u64 },
    Chunked(Chunked),
    UntilClose,
    Done,
}

/// Reads responses of one connection, one after another; [`reset`](Self::reset) between two.
#[derive(Debug)]
pub(crate) struct ResponseReader {
    state: State,
    /// Whether the request was HEAD, whose response has the framing headers but no body.
    head_request: bool,
    /// Only an incomplete head lives here.
    partial_head: Vec<u8>,
    head: Head,
    body_bytes: u64,
    keep: Option<Kept>,
}

/// What a comparison needs beyond counting.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// Header names in lower case, values as sent, in the order sent.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    /// The body without its transfer coding.
    pub(crate) body: Content,
}

impl ResponseReader {
    /// A reader that counts body bytes and keeps nothing.
    pub(crate) fn counting(head_request: bool) -> Self {
        Self {
            state: State::Head,
            head_request,
            partial_head: Vec::new(),
            head: Head::default(),
            body_bytes: 0,
            keep: None,
        }
    }

    /// A reader that keeps headers and body for [`take_kept`](Self::take_kept).
    pub(crate) fn keeping(head_request: bool) -> Self {
        Self { keep: Some(Kept::default()), ..Self::counting(head_request) }
    }

    /// Makes the reader ready for the next response.
    pub(crate) fn reset(&mut self) {
        self.state = State::Head;
        self.partial_head.clear();
        self.head = Head::default();
        self.body_bytes = 0;
        if let Some(kept) = &mut self.keep {
            *kept = Kept::default();
        }
    }

    /// Whether no byte of the response has arrived yet.
    pub(crate) fn is_untouched(&self) -> bool {
        matches!(self.state, State::Head) && self.partial_head.is_empty() && self.head.interim == 0
    }

    /// The status of the response whose head has been read, 0 before.
    pub(crate) fn status(&self) -> u16 {
        self.head.status
    }

    /// Whether the server will close the connection after this response.
    pub(crate) fn closes(&self) -> bool {
        self.head.closes || matches!(self.head.framing, Framing::UntilClose)
    }

    /// Body bytes seen so far, without transfer coding.
    #[cfg(test)]
    pub(crate) fn body_bytes(&self) -> u64 {
        self.body_bytes
    }

    /// Headers and body of a reader made by [`keeping`](Self::keeping).
    pub(crate) fn take_kept(&mut self) -> Kept {
        self.keep.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Takes the next bytes from the wire.
    ///
    /// # Errors
    ///
    /// The bytes are not a response. The connection is of no further use.
    pub(crate) fn push(&mut self, mut bytes: &[u8]) -> Result<Progress, Malformed> {
        loop {
            match &mut self.state {
                State::Done => {
                    return Ok(Progress::Done { unused: bytes.len() });
                }
                _ if bytes.is_empty() => return Ok(Progress::Partial),
                State::Head => match self.read_head(bytes)? {
                    None => return Ok(Progress::Partial),
                    Some(taken) => bytes = &bytes[taken..],
                },
                State::Sized { left } => {
                    let taken = usize::try_from(*left).map_or(bytes.len(), |n| n.min(bytes.len()));
                    *left -= taken as u64;
                    let ended = *left == 0;
                    keep_body(&mut self.keep, &mut self.body_bytes, &bytes[..taken]);
                    bytes = &bytes[taken..];
                    if ended {
                        self.state = State::Done;
                    }
                }
                State::Chunked(decoder) => {
                    let step = decoder.push(bytes)?;
                    keep_body(&mut self.keep, &mut self.body_bytes, &bytes[step.body]);
                    bytes = &bytes[step.taken..];
                    if step.ended {
                        self.state = State::Done;
                    }
                }
                State::UntilClose => {
                    keep_body(&mut self.keep, &mut self.body_bytes, bytes);
                    return Ok(Progress::Partial);
                }
            }
        }
    }

    /// The server closed its side: the end of a body that is delimited by the close, too early for any other.
    ///
    /// # Errors
    ///
    /// Says what was cut off.
    pub(crate) fn end(&mut self) -> Result<(), Malformed> {
        match self.state {
            State::UntilClose | State::Done => {
                self.state = State::Done;
                Ok(())
            }
            State::Head => Err("the connection closed inside the response head"),
            State::Sized { .. } => Err("the connection closed before Content-Length bytes of body"),
            State::Chunked(_) => Err("the connection closed before the last chunk"),
        }
    }

    /// Parses as much head as there is: `None` while it is incomplete, else how many of `bytes` belonged to it.
    fn read_head(&mut self, bytes: &[u8]) -> Result<Option<usize>, Malformed> {
        let before = self.partial_head.len();
        let parsed = if before == 0 {
            head::parse(bytes, self.head_request, self.keep.as_mut())?
        } else {
            let taken = bytes.len().min(HEAD_LIMIT.saturating_sub(before));
            self.partial_head.extend_from_slice(&bytes[..taken]);
            // A head ends with a line feed: without one, parsing again cannot get further.
            if bytes[..taken].contains(&b'\n') {
                head::parse(&self.partial_head, self.head_request, self.keep.as_mut())?
            } else {
                Parsed::Incomplete
            }
        };
        let Parsed::Complete { head, length } = parsed else {
            if before == 0 {
                self.partial_head.extend_from_slice(bytes);
            }
            if self.partial_head.len() >= HEAD_LIMIT {
                return Err("the response head is longer than 64 KiB");
            }
            return Ok(None);
        };
        self.partial_head.clear();
        if (100..200).contains(&head.status) {
            if head.status == 101 {
                return Err("status 101 switches to a protocol that was not asked for");
            }
            // Interim answers: the final one follows. Bounded, or a server could send them for ever.
            self.head.interim += 1;
            if self.head.interim > 16 {
                return Err("more than 16 interim (1xx) responses");
            }
            return Ok(Some(length - before));
        }
        self.state = match head.framing {
            Framing::None | Framing::Sized(0) => State::Done,
            Framing::Sized(left) => State::Sized { left },
            Framing::Chunked => State::Chunked(Chunked::default()),
            Framing::UntilClose => State::UntilClose,
        };
        self.head = head;
        Ok(Some(length - before))
    }
}

fn keep_body(keep: &mut Option<Kept>, counted: &mut u64, bytes: &[u8]) {
    *counted += bytes.len() as u64;
    if let Some(kept) = keep {
        kept.body.push(bytes);
    }
}

#[cfg(test)]
mod tests;
