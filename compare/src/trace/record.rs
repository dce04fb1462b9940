//! The server's side: a handler that notes when it is polled, and on which thread.

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll};
use std::thread::{self, ThreadId};

use polyserve_core::{Handler, Reply, Request, Response};
use serde::{Deserialize, Serialize};

use super::{ID, clock};

/// One poll of a handler, from entry to return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Slice {
    pub(super) request: u32,
    /// Threads are numbered in the order in which they first polled.
    pub(super) thread: usize,
    pub(super) from_ns: u64,
    pub(super) to_ns: u64,
    /// How much of it the thread was on a processor.
    pub(super) cpu_ns: u64,
    /// Whether the handler had answered.
    pub(super) done: bool,
}

type Noted = (ThreadId, Slice);

/// Handlers send what they note to a channel, which takes no lock; it is emptied when the server has ended.
pub(crate) struct Recording {
    noted: Receiver<Noted>,
    file: PathBuf,
}

impl Recording {
    /// A handler that notes, and where it goes in the end.
    pub(crate) fn around<H: Handler>(handler: H, file: PathBuf) -> (Traced<H>, Recording) {
        let (notes, noted) = channel();
        (Traced { handler, notes }, Recording { noted, file })
    }

    /// Writes a line of JSON for each poll.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub(crate) fn finish(self) -> io::Result<()> {
        let mut slices: Vec<Noted> = self.noted.try_iter().collect();
        slices.sort_by_key(|(_, slice)| slice.from_ns);
        let mut threads: HashMap<ThreadId, usize> = HashMap::new();
        let mut file = io::BufWriter::new(std::fs::File::create(&self.file)?);
        for (thread, mut slice) in slices {
            let next = threads.len();
            slice.thread = *threads.entry(thread).or_insert(next);
            writeln!(file, "{}", serde_json::to_string(&slice)?)?;
        }
        file.flush()
    }
}

pub(super) fn parse(text: &str) -> Result<Vec<Slice>, serde_json::Error> {
    text.lines().map(serde_json::from_str).collect()
}

/// A handler whose polls are noted, for requests that carry a number.
#[derive(Debug)]
pub(crate) struct Traced<H> {
    handler: H,
    notes: Sender<Noted>,
}

/// What is known when a poll begins.
struct Begun {
    from_ns: u64,
    cpu_ns: u64,
}

impl Begun {
    fn now() -> Option<Self> {
        Some(Self { from_ns: clock::now_ns()?, cpu_ns: clock::cpu_ns()? })
    }

    fn note(self, request: u32, done: bool, notes: &Sender<Noted>) {
        let (Some(to_ns), Some(cpu_ns)) = (clock::now_ns(), clock::cpu_ns()) else {
            return;
        };
        let (from_ns, cpu_ns) = (self.from_ns, cpu_ns.saturating_sub(self.cpu_ns));
        let slice = Slice { request, thread: 0, from_ns, to_ns, cpu_ns, done };
        // Nobody reads any more only after the server's end.
        let _ = notes.send((thread::current().id(), slice));
    }
}

impl<H: Handler> Handler for Traced<H> {
    fn call(&self, request: Request) -> Reply {
        let id = request.headers().get(ID).and_then(|id| id.to_str().ok()?.parse().ok());
        let (Some(id), Some(begun)) = (id, Begun::now()) else {
            return self.handler.call(request);
        };
        let reply = self.handler.call(request);
        begun.note(id, matches!(reply, Reply::Ready(_)), &self.notes);
        match reply {
            Reply::Pending(future) => {
                Reply::Pending(Box::pin(TracedFuture { future, id, notes: self.notes.clone() }))
            }
            ready => ready,
        }
    }

    fn inner(&self) -> Option<&dyn Handler> {
        Some(&self.handler)
    }
}

struct TracedFuture {
    future: Pin<Box<dyn Future<Output = Response> + Send>>,
    id: u32,
    notes: Sender<Noted>,
}

impl Future for TracedFuture {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        let begun = Begun::now();
        let polled = self.future.as_mut().poll(cx);
        if let Some(begun) = begun {
            begun.note(self.id, polled.is_ready(), &self.notes);
        }
        polled
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::task::Waker;

    use polyserve_core::{Body, handler_fn};

    use super::*;

    #[test]
    fn every_poll_of_a_numbered_request_is_noted_and_of_no_other() {
        let file = std::env::temp_dir().join(format!("polyserve-record-{}", std::process::id()));
        let handler = handler_fn(|_| {
            let mut asked = false;
            let answer = std::future::poll_fn(move |_| {
                if std::mem::replace(&mut asked, true) { Poll::Ready(()) } else { Poll::Pending }
            });
            Reply::pending(async move {
                answer.await;
                Response::new(Body::empty())
            })
        });
        let (traced, recording) = Recording::around(handler, file.clone());
        for id in [Some("7"), None] {
            let mut request = Request::new(Body::empty());
            if let Some(id) = id {
                request.headers_mut().insert(ID, id.parse().unwrap());
            }
            let Reply::Pending(mut future) = traced.call(request) else {
                panic!("it waits");
            };
            let mut cx = Context::from_waker(Waker::noop());
            assert!(future.as_mut().poll(&mut cx).is_pending());
            assert!(future.as_mut().poll(&mut cx).is_ready());
        }
        recording.finish().unwrap();
        let slices = parse(&std::fs::read_to_string(&file).unwrap()).unwrap();
        std::fs::remove_file(&file).unwrap();
        // The call itself, the poll that waits, and the one that answers.
        assert_eq!(slices.iter().map(|slice| slice.done).collect::<Vec<_>>(), [false, false, true]);
        assert!(
            slices
                .iter()
                .all(|slice| slice.request == 7 && slice.thread == 0 && slice.from_ns <= slice.to_ns)
        );
        assert!(slices.is_sorted_by_key(|slice| slice.from_ns));
    }
}
