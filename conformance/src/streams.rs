//! Answers in pieces: each is sent when it is there, and not before the client has room for it.

use crate::facade::{Body, Bytes, Strategy, handler, routes, time::sleep};
use crate::{
    checkpoint::Checkpoint,
    client::DEADLINE,
    server::{Server, serves_others_meanwhile, speaks_our_http},
    state::{self, State},
};
use std::{
    io::{ErrorKind, Read},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc::{Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

behaviours!(
    streams:
    the_client_has_the_first_piece_while_the_handler_waits,
    the_pieces_of_a_sleeping_stream_arrive_in_order,
    a_slow_reader_holds_the_stream_back,
    a_client_that_stops_reading_is_given_up,
    a_stream_ends_when_its_client_leaves,
    a_client_of_http_1_0_sees_that_its_answer_was_cut_off,
    a_slow_reader_that_does_read_is_not_given_up,
);

#[handler(GET, "/hello")]
fn hello() -> &'static str {
    "hello"
}

#[handler(GET, "/two")]
fn two_pieces(State(checkpoint): State<Checkpoint>) -> Body {
    Body::stream(|mut out| async move {
        out.send("one").await;
        checkpoint.pass().await;
        out.send("two").await;
        Ok(())
    })
}

fn the_client_has_the_first_piece_while_the_handler_waits(runtime: Strategy) {
    let checkpoint = Checkpoint::new();
    let server = Server::start(runtime, state::with(checkpoint.clone(), routes![hello, two_pieces]));
    let mut client = server.connect();
    client.ask("/two");
    assert_eq!(client.head().status, 200);
    assert_eq!(client.chunk(), b"one");
    if serves_others_meanwhile(runtime) {
        assert_eq!(server.get("/hello").ok(), "hello");
    }
    checkpoint.open();
    assert_eq!(client.chunk(), b"two");
    assert_eq!(client.chunk(), b"");
    assert_eq!(client.get("/hello").ok(), "hello");
}

#[handler]
fn ticking() -> Body {
    Body::stream(|mut out| async move {
        for tick in 0..20 {
            sleep(Duration::from_millis(1)).await;
            out.send(format!("{tick} ")).await;
        }
        Ok(())
    })
}

fn the_pieces_of_a_sleeping_stream_arrive_in_order(runtime: Strategy) {
    let server = Server::start(runtime, ticking);
    let mut client = server.connect();
    let all: String = (0..20).map(|tick| format!("{tick} ")).collect();
    assert_eq!(client.get("/").ok(), all);
    assert_eq!(client.get("/").ok(), all);
}

const PIECE: usize = 64 * 1024;

/// What the kernel's buffers on both sides may take, with much to spare, in pieces.
const AHEAD: usize = 512;

/// What is told of a stream that would go on for ever.
#[derive(Clone)]
struct Flood {
    sent: Arc<AtomicUsize>,
    ended: Sender<usize>,
}

/// Tells how many pieces were sent once the stream is dropped.
struct Ended(Flood);

impl Drop for Ended {
    fn drop(&mut self) {
        // The test may have ended.
        let _ = self.0.ended.send(self.0.sent.load(SeqCst));
    }
}

#[handler(GET, "/flood")]
fn flood(State(flood): State<Flood>) -> Body {
    Body::stream(|mut out| async move {
        let ended = Ended(flood);
        let piece = Bytes::from(vec![b'.'; PIECE]);
        loop {
            out.send(piece.clone()).await;
            ended.0.sent.fetch_add(1, SeqCst);
        }
    })
}

fn a_slow_reader_holds_the_stream_back(runtime: Strategy) {
    let (ended, end) = channel();
    let sent = Arc::new(AtomicUsize::new(0));
    let flooding = Flood { sent: sent.clone(), ended };
    let server = Server::start(runtime, state::with(flooding, routes![flood, hello]));
    let mut client = server.connect();
    client.ask("/flood");
    assert_eq!(client.head().status, 200);
    let mut read = 0;
    for _ in 0..20 {
        // A stream that was ahead of its reader would get away from it here.
        if serves_others_meanwhile(runtime) {
            for _ in 0..10 {
                assert_eq!(server.get("/hello").ok(), "hello");
            }
        }
        let ahead = sent.load(SeqCst) - read / PIECE;
        assert!(ahead < AHEAD, "{ahead} pieces are ahead of their reader");
        read += client.bytes(PIECE).len();
    }
    drop(client);
    assert!(end.recv_timeout(DEADLINE).unwrap() < AHEAD);
}

/// hyper has no bound on the time that a write may take.
fn a_client_that_stops_reading_is_given_up(runtime: Strategy) {
    if !speaks_our_http(runtime) {
        return;
    }
    let (ended, end) = channel();
    let flooding = Flood { sent: Arc::default(), ended };
    let server = Server::start_with(runtime, state::with(flooding, routes![flood, hello]), |options| {
        options.timeouts.write = Duration::from_millis(200);
    });
    let mut client = server.connect();
    client.ask("/flood");
    assert_eq!(client.head().status, 200);
    // Nobody reads: the stream is held back, and after a while it is dropped.
    assert!(end.recv_timeout(DEADLINE).unwrap() < AHEAD);
    assert_eq!(server.get("/hello").ok(), "hello");
}

fn a_stream_ends_when_its_client_leaves(runtime: Strategy) {
    let (ended, end) = channel();
    let flooding = Flood { sent: Arc::default(), ended };
    let server = Server::start(runtime, state::with(flooding, routes![flood, hello]));
    let mut client = server.connect();
    client.ask("/flood");
    assert_eq!(client.head().status, 200);
    drop(client);
    end.recv_timeout(DEADLINE).unwrap();
    assert_eq!(server.get("/hello").ok(), "hello");
}

/// To HTTP/1.0 the end of the connection is the end of the body, so only a reset can say that there is more.
fn a_client_of_http_1_0_sees_that_its_answer_was_cut_off(runtime: Strategy) {
    #[handler]
    fn broken() -> Body {
        Body::stream(|mut out| async move {
            out.send("half").await;
            Err("the disk is gone".into())
        })
    }
    let server = Server::start(runtime, broken);
    let mut client = server.connect();
    client.send("GET / HTTP/1.0\r\n\r\n");
    let end = client.stream().read_to_end(&mut Vec::new());
    if speaks_our_http(runtime) {
        assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
    } else {
        end.unwrap();
    }
}

/// The kernel calls a socket writable when a third of its buffer is free, which takes this client longer than the
/// timeout. It opens a closed window when a sixteenth of the client's buffer is free, which does not.
fn a_slow_reader_that_does_read_is_not_given_up(runtime: Strategy) {
    const SHORT: Duration = Duration::from_millis(250);
    const BODY: usize = 16 << 20;
    #[handler]
    fn large() -> Vec<u8> {
        vec![b'x'; BODY]
    }
    // hyper has no timer for writes.
    let server = Server::start_with(runtime, large, |options| {
        if speaks_our_http(runtime) {
            options.timeouts.write = SHORT;
        }
    });
    let mut client = server.connect();
    client.ask("/");
    client.head();
    let began = Instant::now();
    let mut got = 0;
    while began.elapsed() < 6 * SHORT {
        got += client.bytes(16 * 1024).len();
        thread::sleep(SHORT / 50);
    }
    assert_eq!(client.bytes(BODY - got).len(), BODY - got);
}
