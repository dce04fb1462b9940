//! The generator against tiny servers, each misbehaving in one way. None of these tests asserts a speed.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::*;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const OK_CLOSE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

struct Quiet;
impl Observer for Quiet {}

/// A server on a free port that hands each connection to `serve`, on a thread of its own, and counts them.
fn server(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let accepted = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&accepted);
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            counter.fetch_add(1, Ordering::SeqCst);
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(stream));
        }
    });
    (addr, accepted)
}

/// Reads one request head; false at the end of the connection.
fn read_request(stream: &mut TcpStream) -> bool {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return false,
        }
    }
    true
}

fn answer_all(mut stream: TcpStream) {
    while read_request(&mut stream) && stream.write_all(OK).is_ok() {}
}

fn answer_once(mut stream: TcpStream, answer: &[u8]) {
    if read_request(&mut stream) {
        let _ = stream.write_all(answer);
    }
}

fn load(addr: SocketAddr, mode: Mode, connections: usize, bound: Bound) -> Load {
    Load {
        addr,
        mode,
        wire: GET.to_vec(),
        head_request: false,
        status: 200,
        connections,
        pipeline: 1,
        bound,
        timeout: Duration::from_secs(30),
        drain: Duration::from_secs(1),
        rate: None,
        pacing: None,
        warm_up: WarmUp { least: Duration::ZERO, most: Duration::ZERO },
    }
}

fn run(load: &Load) -> Counts {
    load.run(&mut Quiet).unwrap()
}

fn counted(counts: &Counts) -> (u64, u64) {
    (counts.responses, counts.errors.total())
}

#[test]
fn keep_alive_asks_everything_over_its_first_connections() {
    let (addr, accepted) = server(answer_all);
    let counts = run(&load(addr, Mode::KeepAlive, 3, Bound::Requests(500)));
    assert_eq!(counted(&counts), (500, 0));
    assert_eq!((counts.reconnects, counts.unanswered, counts.starved), (0, 0, 0));
    // Those in flight when the 500th came are answered in the drain.
    let latency = counts.latency.summary();
    assert!((500..=502).contains(&latency.count));
    assert!(latency.p50_ns.is_some() && latency.p99_ns.is_none());
    assert_eq!(accepted.load(Ordering::SeqCst), 3);
}

#[test]
fn a_new_connection_carries_one_request() {
    let (addr, accepted) = server(|stream| answer_once(stream, OK_CLOSE));
    let counts = run(&load(addr, Mode::NewConnection, 3, Bound::Requests(200)));
    assert_eq!(counted(&counts), (200, 0));
    assert_eq!((counts.reconnects, counts.left_open), (0, 0));
    assert!((200..=203).contains(&accepted.load(Ordering::SeqCst)));
}

#[test]
fn a_window_bounded_by_time_has_exactly_that_length() {
    let (addr, _) = server(answer_all);
    let length = Duration::from_millis(120);
    let mut load = load(addr, Mode::KeepAlive, 2, Bound::Duration(length));
    load.warm_up.least = Duration::from_millis(20);
    let counts = run(&load);
    assert_eq!(counts.window, length);
    assert!(counts.responses > 0);
    assert_eq!(counts.errors.total(), 0);
}

#[test]
fn an_announced_close_is_a_reconnect_and_no_error() {
    let (addr, accepted) = server(|stream| answer_once(stream, OK_CLOSE));
    let counts = run(&load(addr, Mode::KeepAlive, 2, Bound::Requests(100)));
    assert_eq!(counted(&counts), (100, 0));
    assert!((97..=100).contains(&counts.reconnects), "{}", counts.reconnects);
    assert!(accepted.load(Ordering::SeqCst) >= 100);
}

#[test]
fn an_unannounced_close_after_an_answer_is_a_reconnect_too() {
    let (addr, _) = server(|stream| answer_once(stream, OK));
    let counts = run(&load(addr, Mode::KeepAlive, 2, Bound::Requests(100)));
    assert_eq!(counted(&counts), (100, 0));
    assert!(counts.reconnects >= 97, "{}", counts.reconnects);
}

#[test]
fn a_body_that_ends_with_the_connection_is_an_answer() {
    let (addr, _) = server(|stream| answer_once(stream, b"HTTP/1.0 200 OK\r\n\r\nuntil the end"));
    for mode in [Mode::NewConnection, Mode::KeepAlive] {
        let counts = run(&load(addr, mode, 2, Bound::Requests(50)));
        assert_eq!(counted(&counts), (50, 0));
    }
}

#[test]
fn a_connection_closed_before_the_answer_is_a_read_error() {
    let (addr, _) = server(drop);
    for mode in [Mode::NewConnection, Mode::KeepAlive] {
        let counts = run(&load(addr, mode, 2, Bound::Requests(20)));
        assert_eq!(counts.responses, 0);
        // A reset may overtake the request: then it is the connect that failed.
        assert_eq!(counts.errors.read + counts.errors.connect, counts.errors.total());
        assert!(counts.errors.total() >= 20);
    }
}

#[test]
fn an_answer_cut_short_is_a_read_error() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
    let (addr, _) = server(|stream| answer_once(stream, cut));
    let counts = run(&load(addr, Mode::KeepAlive, 1, Bound::Requests(5)));
    assert_eq!(counted(&counts), (0, 5));
    assert_eq!(counts.errors.read, 5);
}

#[test]
fn what_is_not_http_is_malformed() {
    for answer in [&b"220 smtp.example ready\r\n"[..], b"HTTP/1.1 204 No Content\r\n\r\nbody"] {
        let (addr, _) = server(|stream| answer_once(stream, answer));
        let counts = run(&load(addr, Mode::NewConnection, 1, Bound::Requests(5)));
        assert_eq!(counted(&counts), (0, 5));
        assert_eq!(counts.errors.malformed, 5);
    }
}

#[test]
fn a_server_that_never_answers_runs_into_the_timeout() {
    let (addr, accepted) = server(|mut stream| while read_request(&mut stream) {});
    let mut load = load(addr, Mode::KeepAlive, 2, Bound::Requests(4));
    load.timeout = Duration::from_millis(60);
    load.drain = Duration::ZERO;
    let counts = run(&load);
    assert_eq!(counted(&counts), (0, 4));
    assert_eq!(counts.errors.timeout, 4);
    assert!(counts.productive_connections < 0.1);
    assert_eq!(counts.starved, 2);
    // Each timeout replaced its connection.
    assert!(accepted.load(Ordering::SeqCst) >= 4);
}

#[test]
fn nobody_listening_is_a_connect_error_with_the_systems_words() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    drop(listener);
    let counts = run(&load(addr, Mode::NewConnection, 2, Bound::Requests(4)));
    assert_eq!(counted(&counts), (0, 4));
    assert_eq!(counts.errors.connect, 4);
    assert!(counts.first_connect_error.unwrap().contains("refused"));
}

#[test]
fn another_status_than_the_checks_is_an_error_and_keeps_the_connection() {
    let (addr, accepted) = server(answer_all);
    let mut load = load(addr, Mode::KeepAlive, 1, Bound::Requests(10));
    load.status = 201;
    let counts = run(&load);
    assert_eq!(counted(&counts), (0, 10));
    assert_eq!(counts.errors.status, 10);
    assert_eq!(accepted.load(Ordering::SeqCst), 1);
}

#[test]
fn connections_that_a_server_leaves_waiting_are_starved() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    // One connection at a time, and the first is never the last.
    thread::spawn(move || {
        listener.incoming().flatten().take(1).for_each(answer_all);
        loop {
            thread::park();
        }
    });
    let mut load = load(addr, Mode::KeepAlive, 3, Bound::Requests(100));
    load.drain = Duration::ZERO;
    let counts = run(&load);
    assert_eq!(counted(&counts), (100, 0));
    assert_eq!((counts.starved, counts.unanswered), (2, 2));
    assert!((counts.productive_connections - 1.0).abs() < 1e-6);
}

#[test]
fn a_server_that_leaves_its_last_connection_open_is_not_waited_for() {
    let (addr, _) = server(|mut stream| {
        if read_request(&mut stream) && stream.write_all(OK).is_ok() {
            // Until the client closes.
            let _ = stream.read(&mut [0]);
        }
    });
    let counts = run(&load(addr, Mode::NewConnection, 1, Bound::Requests(2)));
    assert_eq!(counted(&counts), (2, 0));
    assert_eq!(counts.left_open, 1);
}

#[test]
fn bodies_larger_than_every_buffer_go_both_ways() {
    const LARGE: usize = 6_000_000;
    let (addr, _) = server(|mut stream| {
        let mut body = vec![0; LARGE];
        while read_request(&mut stream) && stream.read_exact(&mut body).is_ok() {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n");
            if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body)).is_err() {
                return;
            }
        }
    });
    let mut load = load(addr, Mode::KeepAlive, 2, Bound::Requests(6));
    load.wire = format!("POST / HTTP/1.1\r\ncontent-length: {LARGE}\r\n\r\n").into_bytes();
    load.wire.resize(load.wire.len() + LARGE, b'x');
    let counts = run(&load);
    assert_eq!(counted(&counts), (6, 0));
    assert_eq!(counts.reconnects, 0);
}

#[test]
fn the_observer_sees_the_window_once_and_can_end_the_measurement() {
    #[derive(Default)]
    struct Log(Vec<&'static str>);
    impl Observer for Log {
        fn opened(&mut self) {
            self.0.push("opened");
        }
        fn closed(&mut self) {
            self.0.push("closed");
        }
    }
    struct Objects;
    impl Observer for Objects {
        fn tick(&mut self, _done: f64) -> Result<(), Error> {
            Err(Error::Plan("enough".to_owned()))
        }
    }
    let (addr, _) = server(answer_all);
    let mut load = load(addr, Mode::KeepAlive, 1, Bound::Requests(10));
    load.warm_up.least = Duration::from_millis(1);
    let mut log = Log::default();
    load.run(&mut log).unwrap();
    assert_eq!(log.0, ["opened", "closed"]);

    let (addr, _) = server(|mut stream| while read_request(&mut stream) {});
    let silent = Load { addr, ..load };
    let error = silent.run(&mut Objects).unwrap_err();
    assert_eq!(error.to_string(), "enough");
}

#[test]
fn a_pipeline_goes_out_in_one_write_and_each_of_its_answers_counts() {
    let (batches, seen) = std::sync::mpsc::channel();
    let (addr, accepted) = server(move |mut stream| {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = stream.read(&mut buffer) {
            let _ = batches.send(read);
            // Two whole answers, and a third in two pieces.
            let answers = OK.repeat(3);
            let (first, second) = answers.split_at(answers.len() - 3);
            if stream.write_all(first).and_then(|()| stream.write_all(second)).is_err() {
                return;
            }
        }
    });
    let mut load = load(addr, Mode::KeepAlive, 2, Bound::Requests(300));
    load.pipeline = 3;
    let counts = run(&load);
    assert_eq!(counted(&counts), (300, 0));
    assert_eq!((counts.reconnects, counts.unanswered, counts.starved), (0, 0, 0));
    assert_eq!(accepted.load(Ordering::SeqCst), 2);
    assert!(seen.try_iter().all(|read| read == 3 * GET.len()));
}

#[test]
fn a_server_may_close_in_the_middle_of_a_pipeline() {
    // As one that answers five requests of a connection.
    let (addr, _) = server(|mut stream| {
        for _ in 0..5 {
            if !read_request(&mut stream) || stream.write_all(OK).is_err() {
                return;
            }
        }
        // The rest is read, so that the close resets nothing.
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let mut load = load(addr, Mode::KeepAlive, 2, Bound::Requests(100));
    load.pipeline = 4;
    let counts = run(&load);
    assert_eq!(counted(&counts), (100, 0));
    assert!(counts.reconnects >= 15, "{}", counts.reconnects);
}

#[test]
fn answers_before_a_broken_one_count() {
    let (addr, _) = server(|stream| {
        let mut stream = stream;
        let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
        let _ = (0..3).all(|_| read_request(&mut stream));
        let _ = stream.write_all(&[&OK.repeat(2), &cut[..]].concat());
    });
    let mut load = load(addr, Mode::KeepAlive, 1, Bound::Requests(6));
    load.pipeline = 3;
    let counts = run(&load);
    assert_eq!(counted(&counts), (4, 2));
    assert_eq!(counts.errors.read, 2);

    let (addr, _) = server(|mut stream| {
        let _ = read_request(&mut stream);
        let _ = stream.write_all(&OK.repeat(4));
    });
    load.addr = addr;
    let counts = run(&load);
    assert_eq!(counts.errors.malformed, counts.errors.total());
    assert!(counts.errors.total() >= 1);
}

#[test]
fn a_pipeline_without_an_answer_is_unanswered_as_a_whole() {
    let (addr, _) = server(|mut stream| {
        let _ = read_request(&mut stream);
        let _ = stream.write_all(OK);
        // Until the client closes.
        while read_request(&mut stream) {}
    });
    let mut load = load(addr, Mode::KeepAlive, 1, Bound::Requests(1));
    load.pipeline = 8;
    load.drain = Duration::ZERO;
    let counts = run(&load);
    assert_eq!((counts.responses, counts.unanswered), (1, 7));
}

/// One thread that answers a request at a time, and takes `hold` for each.
fn one_by_one(hold: Duration) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            if read_request(&mut stream) {
                // The server under test is one that waits.
                thread::sleep(hold);
                let _ = stream.write_all(OK_CLOSE);
            }
        }
    });
    addr
}

#[test]
fn the_window_opens_when_every_client_has_been_answered() {
    let addr = one_by_one(Duration::from_millis(10));
    let mut load = load(addr, Mode::NewConnection, 8, Bound::Requests(8));
    load.warm_up.most = Duration::from_secs(20);
    let counts = run(&load);
    // Eight clients, one served at a time: nobody is answered in the time of one, or of four.
    let mean = Duration::from_nanos(counts.latency.summary().mean_ns);
    assert!(mean >= Duration::from_millis(60), "{mean:?}");
    assert!(counts.lifetime_responses >= 16);
}

#[test]
fn an_open_loop_asks_at_its_rate_and_not_at_the_servers() {
    let (addr, accepted) = server(answer_all);
    let mut load = load(addr, Mode::KeepAlive, 4, Bound::Requests(50));
    load.rate = Some(1000.0);
    let began = Instant::now();
    let counts = run(&load);
    assert_eq!(counted(&counts), (50, 0));
    // 49 intervals of 1 ms: no machine makes the 50th request due earlier.
    assert!(began.elapsed() >= Duration::from_millis(49));
    assert_eq!(accepted.load(Ordering::SeqCst), 4);
}

#[test]
fn latency_counts_from_the_intended_start_and_from_the_send() {
    // 20 ms each over one connection, asked for every 5 ms: the n-th request waits for n × 15 ms before it is sent.
    let addr = one_by_one(Duration::from_millis(20));
    let mut load = load(addr, Mode::NewConnection, 1, Bound::Requests(10));
    load.rate = Some(200.0);
    let counts = run(&load);
    let from_send = counts.from_send.unwrap().summary();
    let from_due = counts.latency.summary();
    assert_eq!(from_send.count, from_due.count);
    assert!(from_due.max_ns >= 150_000_000, "{from_due:?}");
    assert!(from_due.max_ns >= from_send.max_ns && from_due.mean_ns >= from_send.mean_ns + 50_000_000);
    assert!(counts.unsent >= 20, "{}", counts.unsent);
}

#[test]
fn slow_clients_send_in_pieces_and_the_others_at_once() {
    use std::num::NonZeroUsize;
    use std::sync::Mutex;

    /// Reads one request, and tells in how many reads; `None` at the end of the connection.
    fn reads(stream: &mut TcpStream) -> Option<usize> {
        let (mut request, mut buffer, mut reads) = (Vec::new(), [0; 1024], 0);
        while !request.ends_with(b"\r\n\r\n") {
            let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
            request.extend_from_slice(&buffer[..read]);
            reads += 1;
        }
        assert_eq!(request, GET);
        Some(reads)
    }

    for mode in [Mode::KeepAlive, Mode::NewConnection] {
        let seen: Arc<Mutex<Vec<Vec<usize>>>> = Arc::default();
        let theirs = Arc::clone(&seen);
        let (addr, _) = server(move |mut stream| {
            let mut own = Vec::new();
            while let Some(reads) = reads(&mut stream) {
                own.push(reads);
                let answer = if mode == Mode::KeepAlive { OK } else { OK_CLOSE };
                if stream.write_all(answer).is_err() || mode == Mode::NewConnection {
                    break;
                }
            }
            theirs.lock().unwrap().push(own);
        });
        let mut load = load(addr, mode, 4, Bound::Duration(Duration::from_millis(400)));
        let pause = Duration::from_millis(20);
        load.pacing = Some(Pacing { one_in: NonZeroUsize::new(4).unwrap(), pieces: 3, pause });
        let counts = run(&load);
        assert_eq!((counts.errors.total(), counts.unanswered, counts.starved), (0, 0, 0));
        assert!(counts.latency.summary().max_ns >= 2 * pause.as_nanos() as u64);
        // A kernel may hand over two pieces at once, when the reader is late; it never makes two of one this small.
        let deadline = Instant::now() + Duration::from_secs(10);
        let all = loop {
            let all: Vec<usize> = seen.lock().unwrap().iter().flatten().copied().collect();
            if all.len() as u64 >= counts.lifetime_responses || Instant::now() > deadline {
                break all;
            }
            thread::yield_now();
        };
        let (slow, quick): (Vec<usize>, Vec<usize>) = all.iter().partition(|reads| **reads > 1);
        assert!(!slow.is_empty() && slow.iter().all(|reads| *reads <= 3), "{mode}: {all:?}");
        assert!(quick.len() > slow.len(), "{mode}: {all:?}");
    }
}

/// A server that has had enough answers in the middle of the request, and that answer is not lost.
#[test]
fn an_answer_in_a_pause_is_read_after_it() {
    let (addr, _) = server(|mut stream| {
        let _ = stream.read(&mut [0; 4]);
        let _ = stream.write_all(OK_CLOSE);
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let mut load = load(addr, Mode::KeepAlive, 1, Bound::Requests(3));
    let pause = Duration::from_millis(5);
    load.pacing = Some(Pacing { one_in: std::num::NonZeroUsize::MIN, pieces: 4, pause });
    let counts = run(&load);
    assert_eq!(counted(&counts), (3, 0));
}
