//! The server's side: who looks at its connections and its handlers, and the file in which it all ends.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use polyserve_core::observer::{Event, Observer};
use polyserve_core::{Handler, Reply, Request};
use serde::{Deserialize, Serialize};

use super::notes::{Note, Notes, What};
use super::{ID, clock, price};

/// What a server has noted, by its threads.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Recorded {
    pub(super) threads: Vec<Thread>,
    /// What noting an event and noting a poll costs.
    pub(super) price_ns: (u64, u64),
    pub(super) lost: u64,
}

/// What one thread has noted.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Thread {
    pub(super) name: String,
    pub(super) polls: Vec<Slice>,
    pub(super) happened: Vec<Happened>,
}

/// One poll of a handler, from entry to return, in the machine's nanoseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Slice {
    pub(super) request: u32,
    pub(super) from_ns: u64,
    pub(super) to_ns: u64,
    /// How much of it the thread was on a processor.
    pub(super) cpu_ns: u64,
}

/// One event of the connection of the client at this port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Happened {
    pub(super) what: What,
    pub(super) port: u16,
    pub(super) at_ns: u64,
}

/// A server's notes, and where they go in the end.
pub(crate) struct Recording {
    notes: Arc<Notes>,
    price_ns: (u64, u64),
    file: PathBuf,
}

impl Recording {
    /// Finds out what a note costs, and is ready to take them.
    pub(crate) fn new(file: PathBuf) -> Self {
        let price_ns = price::of_a_note().unwrap_or_default();
        Self { notes: Arc::new(Notes::new()), price_ns, file }
    }

    /// A handler whose polls are noted.
    pub(crate) fn around<H: Handler>(&self, handler: H) -> Traced<H> {
        Traced { handler, notes: self.notes.clone() }
    }

    /// Who notes what happens to connections.
    pub(crate) fn observer(&self) -> Arc<dyn Observer> {
        Arc::new(Connections(self.notes.clone()))
    }

    /// Writes all that was noted. Threads may still be at work.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub(crate) fn finish(self) -> io::Result<()> {
        let (threads, lost) = self.notes.collect();
        let threads = threads.into_iter().map(|thread| {
            let mut of_thread = Thread { name: thread.name, polls: Vec::new(), happened: Vec::new() };
            for note in thread.notes {
                match note {
                    Note::Event { what, port, at_ns } => {
                        of_thread.happened.push(Happened { what, port, at_ns });
                    }
                    Note::Poll { request, from_ns, to_ns, cpu_ns } => {
                        of_thread.polls.push(Slice { request, from_ns, to_ns, cpu_ns });
                    }
                }
            }
            of_thread
        });
        let recorded = Recorded { threads: threads.collect(), price_ns: self.price_ns, lost };
        let mut file = BufWriter::new(File::create(&self.file)?);
        serde_json::to_writer(&mut file, &recorded)?;
        file.flush()
    }
}

pub(super) fn parse(text: &str) -> Result<Recorded, serde_json::Error> {
    serde_json::from_str(text)
}

/// Notes what happens to connections. A traced run's clients are all on one machine, so that a port says who it is.
#[derive(Debug)]
struct Connections(Arc<Notes>);

impl Observer for Connections {
    fn observe(&self, peer: SocketAddr, event: Event) {
        note_event(&self.0, peer.port(), event);
    }
}

pub(super) fn note_event(notes: &Notes, port: u16, event: Event) {
    if let Some((what, at_ns)) = What::of(event).zip(clock::now_ns()) {
        notes.take(Note::Event { what, port, at_ns });
    }
}

/// A handler whose polls are noted, for requests that carry a number.
#[derive(Debug)]
pub(crate) struct Traced<H> {
    handler: H,
    notes: Arc<Notes>,
}

/// What is known when a poll begins.
pub(super) struct Begun {
    from_ns: u64,
    cpu_ns: u64,
}

impl Begun {
    pub(super) fn now() -> Option<Self> {
        Some(Self { from_ns: clock::now_ns()?, cpu_ns: clock::cpu_ns()? })
    }

    pub(super) fn note(self, request: u32, notes: &Notes) {
        let (Some(to_ns), Some(cpu_ns)) = (clock::now_ns(), clock::cpu_ns()) else {
            return;
        };
        let (from_ns, cpu_ns) = (self.from_ns, cpu_ns.saturating_sub(self.cpu_ns));
        notes.take(Note::Poll { request, from_ns, to_ns, cpu_ns });
    }
}

impl<H: Handler> Handler for Traced<H> {
    fn call(&self, request: Request) -> Reply {
        let id = request.headers().get(ID).and_then(|id| id.to_str().ok()?.parse().ok());
        let (Some(id), Some(begun)) = (id, Begun::now()) else {
            return self.handler.call(request);
        };
        let reply = self.handler.call(request);
        begun.note(id, &self.notes);
        traced(reply, id, &self.notes)
    }

    fn inner(&self) -> Option<&dyn Handler> {
        Some(&self.handler)
    }
}

/// A reply whose polls are noted, until it answers: what it waits for may be a reply that waits again.
fn traced(reply: Reply, id: u32, notes: &Arc<Notes>) -> Reply {
    match reply {
        Reply::Pending(future) => Reply::later(TracedFuture { future, id, notes: notes.clone() }),
        ready => ready,
    }
}

struct TracedFuture {
    future: Pin<Box<dyn Future<Output = Reply> + Send>>,
    id: u32,
    notes: Arc<Notes>,
}

impl Future for TracedFuture {
    type Output = Reply;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Reply> {
        let begun = Begun::now();
        let polled = self.future.as_mut().poll(cx);
        if let Some(begun) = begun {
            begun.note(self.id, &self.notes);
        }
        polled.map(|reply| traced(reply, self.id, &self.notes))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::task::Waker;

    use polyserve_core::{Body, Response, handler_fn};

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
        let recording = Recording::new(file.clone());
        let traced = recording.around(handler);
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
        recording.observer().observe("192.0.2.1:4711".parse().unwrap(), Event::Closed);
        recording.finish().unwrap();
        let recorded = parse(&std::fs::read_to_string(&file).unwrap()).unwrap();
        std::fs::remove_file(&file).unwrap();
        let [thread] = &recorded.threads[..] else {
            panic!("one thread has noted: {recorded:?}");
        };
        // The call itself, the poll that waits, and the one that answers.
        assert_eq!(thread.polls.len(), 3);
        assert!(thread.polls.iter().all(|poll| poll.request == 7 && poll.from_ns <= poll.to_ns));
        assert!(thread.polls.is_sorted_by_key(|poll| poll.from_ns));
        let [Happened { what: What::Closed, port: 4711, at_ns }] = thread.happened[..] else {
            panic!("one event was noted: {recorded:?}");
        };
        assert!(at_ns >= thread.polls[2].to_ns);
        assert!(recorded.price_ns.0 > 0 && recorded.lost == 0);
    }
}
