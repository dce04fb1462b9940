//! The fake peer, the fake clock, and the loop that a host is.

use polyserve_core::{
    App, Connection, Handler, Readiness, Reply, Request, Response, Want, handler_fn, time::Clock,
};
use std::{
    collections::VecDeque,
    io::{self, ErrorKind, IoSlice, Read, Write},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Wake, Waker},
    time::{Duration, Instant},
};

pub(crate) const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A request with a body of a declared length.
pub(crate) fn post(body: &str) -> String {
    format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// The head of a request with a chunked body.
pub(crate) const CHUNKED: &str = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

/// A clock that stands until a test moves it.
#[derive(Clone)]
pub(crate) struct FakeClock(Arc<Mutex<Instant>>);

impl FakeClock {
    pub(crate) fn new() -> FakeClock {
        FakeClock(Arc::new(Mutex::new(Instant::now())))
    }

    pub(crate) fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap()
    }
}

/// Counts its wakes.
#[derive(Default)]
pub(crate) struct CountingWaker(AtomicUsize);

impl CountingWaker {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for CountingWaker {
    fn wake(self: Arc<CountingWaker>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// The socket: what the peer has sent and not been asked for, and what it has received.
pub(crate) struct Wire {
    /// One entry is one `read`.
    incoming: VecDeque<Vec<u8>>,
    pub(crate) ended: bool,
    pub(crate) read_error: Option<ErrorKind>,
    pub(crate) write_error: Option<ErrorKind>,
    pub(crate) received: Vec<u8>,
    /// Bytes that one write takes at the most.
    pub(crate) per_write: usize,
    /// Bytes that are taken before the peer has to read.
    pub(crate) room: usize,
    pub(crate) reads: usize,
    pub(crate) writes: usize,
}

impl Wire {
    fn new() -> Wire {
        Wire {
            incoming: VecDeque::new(),
            ended: false,
            read_error: None,
            write_error: None,
            received: Vec::new(),
            per_write: usize::MAX,
            room: usize::MAX,
            reads: 0,
            writes: 0,
        }
    }

    fn is_readable(&self) -> bool {
        !self.incoming.is_empty() || self.ended || self.read_error.is_some()
    }

    pub(crate) fn unread(&self) -> usize {
        self.incoming.iter().map(Vec::len).sum()
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads += 1;
        let Some(packet) = self.incoming.front_mut() else {
            return match self.read_error {
                Some(kind) => Err(kind.into()),
                None if self.ended => Ok(0),
                None => Err(ErrorKind::WouldBlock.into()),
            };
        };
        let count = packet.len().min(buffer.len());
        buffer[..count].copy_from_slice(&packet[..count]);
        packet.drain(..count);
        if packet.is_empty() {
            self.incoming.pop_front();
        }
        Ok(count)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        if let Some(kind) = self.write_error {
            return Err(kind.into());
        }
        let mut left = self.per_write.min(self.room);
        if left == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        self.writes += 1;
        let before = self.received.len();
        for slice in slices {
            let here = left.min(slice.len());
            self.received.extend_from_slice(&slice[..here]);
            left -= here;
        }
        let count = self.received.len() - before;
        self.room = self.room.saturating_sub(count);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One client, its connection, and a host that drives it.
pub(crate) struct Peer {
    pub(crate) connection: Connection,
    pub(crate) wire: Wire,
    pub(crate) clock: FakeClock,
    pub(crate) waker: Arc<CountingWaker>,
    pub(crate) half_closed: bool,
    /// The host was told to make the close a reset.
    pub(crate) reset: bool,
}

impl Peer {
    pub(crate) fn new(handler: impl Handler) -> Peer {
        Peer::with(handler, |_| {})
    }

    /// A peer of an app whose bounds `adjust` sets.
    pub(crate) fn with(handler: impl Handler, adjust: impl FnOnce(&mut App)) -> Peer {
        let clock = FakeClock::new();
        let mut app = App::new(handler, clock.clone());
        adjust(&mut app);
        Peer::of(Arc::new(app), clock)
    }

    pub(crate) fn of(app: Arc<App>, clock: FakeClock) -> Peer {
        Peer {
            connection: Connection::new(app, clock.now()),
            wire: Wire::new(),
            clock,
            waker: Arc::default(),
            half_closed: false,
            reset: false,
        }
    }

    /// The peer sends one packet; the host does not look yet.
    pub(crate) fn queue(&mut self, bytes: impl AsRef<[u8]>) {
        // A read of nothing would be the end.
        if !bytes.as_ref().is_empty() {
            self.wire.incoming.push_back(bytes.as_ref().to_vec());
        }
    }

    /// The peer sends one packet, and the host goes on as far as it can.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> Want {
        self.queue(bytes);
        self.run()
    }

    /// The peer closes its side.
    pub(crate) fn close(&mut self) -> Want {
        self.wire.ended = true;
        self.run()
    }

    /// Time passes, and the host comes back.
    pub(crate) fn wait(&mut self, duration: Duration) -> Want {
        self.clock.advance(duration);
        self.run()
    }

    /// How long until the host must come back.
    pub(crate) fn due_in(&self) -> Option<Duration> {
        Some(self.next_poll()?.saturating_duration_since(self.clock.now()))
    }

    /// How long until the handler's earliest sleep ends.
    pub(crate) fn wakes_in(&self) -> Option<Duration> {
        Some(self.connection.wake_at()?.saturating_duration_since(self.clock.now()))
    }

    pub(crate) fn poll(&mut self) -> Want {
        let waker = Waker::from(self.waker.clone());
        self.connection.poll(&mut Context::from_waker(&waker), self.clock.now())
    }

    /// When a host must come back by itself.
    fn next_poll(&self) -> Option<Instant> {
        [self.connection.deadline(), self.connection.wake_at()].into_iter().flatten().min()
    }

    /// What a host does, until the connection wants something that is not there. That must be worth waiting
    /// for: a deadline that has passed already would make a host spin.
    pub(crate) fn run(&mut self) -> Want {
        for _ in 0..100_000 {
            let woken = self.waker.count();
            let want = self.poll();
            let waits = match want {
                Want::Read if self.wire.is_readable() => {
                    self.connection.read_from(&mut self.wire);
                    false
                }
                Want::Write => {
                    let taken = self.wire.received.len();
                    let stuck = self.connection.write_to(&mut self.wire) == Readiness::Blocked;
                    stuck && self.wire.write_error.is_none() && self.wire.received.len() == taken
                }
                Want::HalfClose => {
                    self.half_closed = true;
                    false
                }
                Want::Reset => {
                    self.reset = true;
                    false
                }
                Want::Close(_) => return want,
                Want::Read | Want::Wake => true,
            };
            let due = self.next_poll().is_some_and(|at| at <= self.clock.now());
            if waits && !due && self.waker.count() == woken {
                return want;
            }
        }
        panic!("the host spins: {:?}", self.connection);
    }

    /// Everything the peer has received since the last look, without the `Date` lines.
    pub(crate) fn received(&mut self) -> String {
        without_dates(&std::mem::take(&mut self.wire.received))
    }

    /// The status of each answer since the last look.
    pub(crate) fn statuses(&mut self) -> Vec<u16> {
        self.received()
            .split("HTTP/1.1 ")
            .skip(1)
            // The text of a refusal may name the version as well.
            .filter_map(|answer| answer.get(..3)?.parse().ok())
            .collect()
    }
}

pub(crate) fn without_dates(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).split_inclusive('\n').filter(|line| !line.starts_with("Date: ")).collect()
}

/// Sends `bytes` to a fresh connection, then closes; all that came back, and how it ended.
pub(crate) fn converse(handler: impl Handler, bytes: impl AsRef<[u8]>) -> (String, Want) {
    let mut peer = Peer::new(handler);
    peer.queue(bytes);
    let end = peer.close();
    (peer.received(), end)
}

/// A handler that answers at once.
/// A handler that looks at header fields, or one that says it does not.
pub(crate) struct Reads<F> {
    pub(crate) headers: bool,
    pub(crate) answer: F,
}

impl<F: Fn(Request) -> Reply + Send + Sync + 'static> Handler for Reads<F> {
    fn call(&self, request: Request) -> Reply {
        (self.answer)(request)
    }

    fn reads_headers(&self) -> bool {
        self.headers
    }
}

pub(crate) fn plain(answer: &'static str) -> impl Handler {
    handler_fn(move |_| Reply::from(answer))
}

/// An async function as a handler.
pub(crate) fn asynchronous<F>(answer: impl Fn(Request) -> F + Send + Sync + 'static) -> impl Handler
where
    F: Future<Output = Response> + Send + 'static,
{
    handler_fn(move |request| Reply::pending(answer(request)))
}

/// What happened, in the order in which it did.
#[derive(Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    pub(crate) fn note(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}
