use crate::wire::*;
use http_body_util::BodyExt;
use polyserve_core::{
    Body, BodyError, CloseReason, Handler, IntoResponse, Reply, RequestError, Response, Want, handler_fn,
    time::sleep,
};
use std::{
    sync::{Arc, Mutex, mpsc},
    task::{Context, Poll, Waker},
    thread,
};

fn collecting() -> impl Handler {
    asynchronous(|request| async { request.into_body().bytes().await.into_response() })
}

fn echo() -> impl Handler {
    handler_fn(|request| Reply::Ready(Response::new(request.into_body())))
}

/// A handler that takes one frame a second.
fn sipping(journal: Journal) -> impl Handler {
    asynchronous(move |request| {
        let (mut body, journal) = (request.into_body(), journal.clone());
        async move {
            loop {
                sleep(seconds(1)).await;
                match body.frame().await {
                    Some(Ok(frame)) => journal.note(String::from_utf8_lossy(frame.data_ref().unwrap())),
                    Some(Err(error)) => return error.into_response(),
                    None => return "end".into_response(),
                }
            }
        }
    })
}

#[test]
fn nothing_is_read_before_the_handler_asks() {
    let journal = Journal::default();
    let mut peer = Peer::new(sipping(journal.clone()));
    let request = post("abc");
    peer.queue(&request[..request.len() - 3]);
    for piece in ["a", "b", "c"] {
        peer.queue(piece);
    }
    assert_eq!(peer.run(), Want::Wake);
    for (unread, piece) in [(2, "a"), (1, "b"), (0, "c")] {
        assert_eq!(peer.wire.unread(), unread + 1, "the rest waits in the kernel");
        peer.wait(seconds(1));
        assert_eq!(peer.wire.unread(), unread);
        assert_eq!(journal.take(), [piece]);
    }
    peer.wait(seconds(1));
    assert_eq!(peer.statuses(), [200]);
}

#[test]
fn one_read_may_hold_many_frames_and_they_are_given_one_by_one() {
    let journal = Journal::default();
    let mut peer = Peer::new(sipping(journal.clone()));
    peer.send(CHUNKED);
    peer.wait(seconds(1));
    peer.send(format!("1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n{GET}"));
    for piece in ["a", "b", "c"] {
        assert_eq!(journal.take(), [piece]);
        assert_eq!(peer.wait(seconds(1)), Want::Wake);
    }
    assert_eq!(peer.statuses(), [200], "and then the next request");
}

#[test]
fn an_echo_streams_both_ways_at_once() {
    let mut peer = Peer::new(echo());
    assert_eq!(peer.send(CHUNKED), Want::Read);
    assert_eq!(peer.received(), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for piece in ["hello", "world"] {
        assert_eq!(peer.send(format!("5\r\n{piece}\r\n")), Want::Read);
        assert_eq!(peer.received(), format!("5\r\n{piece}\r\n"));
    }
    peer.wire.room = 0;
    assert_eq!(peer.send("1\r\na\r\n"), Want::Write, "a peer that does not read is not read from");
    peer.queue("1\r\nb\r\n");
    assert_eq!(peer.run(), Want::Write);
    assert_eq!(peer.wire.unread(), 6);
    peer.wire.room = usize::MAX;
    assert_eq!(peer.send("0\r\nX-Sum: 2\r\n\r\n"), Want::Read);
    assert_eq!(peer.received(), "1\r\na\r\n1\r\nb\r\n0\r\nX-Sum: 2\r\n\r\n");
    assert!(peer.connection.is_idle());
}

#[test]
fn an_echo_of_declared_length_keeps_it() {
    let mut peer = Peer::new(echo());
    let request = post("hello");
    peer.send(&request[..request.len() - 2]);
    assert_eq!(peer.received(), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
    assert_eq!(peer.send("lo"), Want::Read);
    assert_eq!(peer.received(), "lo");
}

#[test]
fn what_is_here_of_an_echo_leaves_in_one_write() {
    let mut peer = Peer::new(echo());
    peer.send(CHUNKED);
    peer.wire.writes = 0;
    peer.send("5\r\nhello\r\n5\r\nworld\r\n1\r\n!\r\n");
    assert_eq!(peer.wire.writes, 1);
    assert!(peer.received().ends_with("5\r\nhello\r\n5\r\nworld\r\n1\r\n!\r\n"));
}

/// The data of a chunked body, and what follows it.
fn dechunked(mut coded: &str) -> (String, &str) {
    let mut data = String::new();
    loop {
        let (size, rest) = coded.split_once("\r\n").unwrap();
        let (chunk, rest) = rest.split_at(usize::from_str_radix(size, 16).unwrap());
        coded = rest.strip_prefix("\r\n").unwrap();
        if chunk.is_empty() {
            return (data, coded);
        }
        data += chunk;
    }
}

#[test]
fn a_quick_upload_comes_back_as_it_was() {
    let text: String =
        (0..2_000_000_u32).map(|n| char::from(b'a' + (n.wrapping_mul(n) >> 7) as u8 % 26)).collect();
    let mut peer = Peer::new(echo());
    for per_write in [usize::MAX, 100_000] {
        peer.wire.per_write = per_write;
        assert_eq!(peer.send(post(&text) + GET), Want::Read);
        let answer = peer.received();
        let (head, rest) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!(head, "HTTP/1.1 200 OK\r\nContent-Length: 2000000");
        assert!(rest.strip_prefix(&text).unwrap().starts_with("HTTP/1.1 200 OK\r\n"));

        for chunk in [1_000, 30_000, 700_000] {
            let mut request = CHUNKED.to_owned();
            for data in text.as_bytes().chunks(chunk) {
                request += &format!("{:x}\r\n{}\r\n", data.len(), str::from_utf8(data).unwrap());
            }
            assert_eq!(peer.send(request + "0\r\n\r\n" + GET), Want::Read);
            let answer = peer.received();
            let (head, rest) = answer.split_once("\r\n\r\n").unwrap();
            assert_eq!(head, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked");
            let (data, next) = dechunked(rest);
            assert_eq!(data, text);
            assert!(next.starts_with("HTTP/1.1 200 OK\r\n"));
        }
    }
}

/// A handler whose body is read by a thread, which sends its sum through the handler's waker.
fn read_elsewhere() -> impl Handler {
    asynchronous(|request| async move {
        let mut body = request.into_body();
        let (done, result) = mpsc::channel();
        let waiting = Arc::new(Mutex::new(None::<Waker>));
        let waker = waiting.clone();
        let mut reader = Some(move || {
            let collected = block_on(async move {
                let mut sum = Vec::new();
                while let Some(frame) = body.frame().await {
                    match frame {
                        Ok(frame) => sum.extend_from_slice(frame.data_ref().unwrap()),
                        Err(error) => return Err(error),
                    }
                }
                Ok(sum)
            });
            done.send(collected).ok();
            if let Some(waker) = waker.lock().unwrap().take() {
                waker.wake();
            }
        });
        std::future::poll_fn(move |cx| {
            *waiting.lock().unwrap() = Some(cx.waker().clone());
            if let Some(reader) = reader.take() {
                thread::spawn(reader);
            }
            match result.try_recv() {
                Ok(collected) => Poll::Ready(collected.into_response()),
                Err(_) => Poll::Pending,
            }
        })
        .await
    })
}

/// Parks the thread until the future is ready.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: Arc<Unpark>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        thread::park();
    }
}

/// Comes back whenever the waker was woken, until `done`: a wake that is lost hangs here.
fn until(peer: &mut Peer, done: impl Fn(&Peer, Want) -> bool) {
    let mut want = peer.run();
    let mut seen = peer.waker.count();
    while !done(peer, want) {
        while peer.waker.count() == seen {
            thread::yield_now();
        }
        seen = peer.waker.count();
        want = peer.run();
    }
}

#[test]
fn a_body_that_a_thread_reads_wakes_the_host() {
    let mut peer = Peer::new(read_elsewhere());
    peer.queue(CHUNKED);
    for _ in 0..50 {
        peer.queue("3\r\nabc\r\n");
    }
    peer.queue("0\r\n\r\n");
    until(&mut peer, |peer, want| want == Want::Read && peer.connection.is_idle());
    assert!(peer.received().ends_with(&"abc".repeat(50)));
}

#[test]
fn a_thread_that_reads_is_told_when_the_body_breaks_off() {
    let mut peer = Peer::new(read_elsewhere());
    peer.queue(CHUNKED);
    peer.wire.ended = true;
    until(&mut peer, |_, want| matches!(want, Want::Close(_)));
    assert_eq!(peer.statuses(), [400]);
}

#[test]
fn a_reader_elsewhere_is_told_when_the_exchange_is_over() {
    for ending in ["answer", "drop", "overdue"] {
        let (sender, receiver) = mpsc::channel();
        let mut peer = Peer::new(handler_fn(move |request| {
            sender.send(request.into_body()).unwrap();
            match ending {
                "answer" => Reply::from("early"),
                _ => Reply::pending(std::future::pending()),
            }
        }));
        peer.queue(CHUNKED);
        peer.poll();
        peer.connection.read_from(&mut peer.wire);
        peer.poll();
        let waker = Arc::new(CountingWaker::default());
        let mut body: Body = receiver.recv().unwrap();
        let mut frame = body.frame();
        let mut read = || {
            let waker = Waker::from(waker.clone());
            std::pin::Pin::new(&mut frame).poll(&mut Context::from_waker(&waker))
        };
        match ending {
            "answer" => {}
            "drop" => {
                assert!(read().is_pending());
                drop(peer);
                assert_eq!(waker.count(), 1);
            }
            _ => {
                assert!(read().is_pending());
                peer.wait(seconds(30));
                peer.wait(seconds(30));
                assert!(waker.count() >= 1);
            }
        }
        assert!(matches!(read(), Poll::Ready(Some(Err(_)))), "{ending}");
    }
}

#[test]
fn an_unread_body_is_drained_up_to_the_limit() {
    let unread = |length: usize| {
        let mut peer = Peer::with(plain("x"), |app| app.limits.drain = 10);
        let head = format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
        peer.send(head);
        peer.queue("y".repeat(length));
        peer.queue(GET);
        (peer.run(), peer.received())
    };
    let (want, text) = unread(10);
    assert_eq!((want, text.matches("200 OK").count()), (Want::Read, 2), "{text}");
    let (_, text) = unread(11);
    assert!(text.contains("Connection: close") && text.matches("200 OK").count() == 1, "{text}");
}

#[test]
fn an_unread_chunked_body_above_the_limit_closes() {
    let mut peer = Peer::with(plain("x"), |app| app.limits.drain = 10);
    peer.send(CHUNKED);
    peer.send("a\r\n0123456789\r\n");
    assert!(!peer.half_closed);
    peer.send("1\r\n0\r\n0\r\n\r\n");
    assert!(peer.half_closed);
    assert_eq!(peer.close(), Want::Close(CloseReason::UnreadBody));
    assert_eq!(peer.statuses(), [200]);
}

#[test]
fn a_whole_answer_beside_a_reader_elsewhere_counts_as_unread() {
    let held: Arc<Mutex<Vec<Body>>> = Arc::default();
    let kept = held.clone();
    let mut peer = Peer::new(handler_fn(move |request| {
        kept.lock().unwrap().push(request.into_body());
        Reply::from("x")
    }));
    peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
    assert!(peer.received().contains("Connection: close"), "nobody is going to read a megabyte");
}

#[test]
fn a_body_above_the_collect_limit_is_413() {
    let limited = || Peer::with(collecting(), |app| app.limits.body = 4);
    let whole = limited().tap(|peer| peer.send(post("hello")));
    let mut declared = limited();
    declared.send(&post("hello")[..post("hello").len() - 5]);
    let mut chunked = limited();
    chunked.send(CHUNKED);
    chunked.send("3\r\nabc\r\n");
    assert_eq!(chunked.statuses(), [] as [u16; 0]);
    chunked.send("2\r\nde\r\n");
    for mut peer in [whole, declared, chunked] {
        let text = peer.received();
        assert!(text.starts_with("HTTP/1.1 413"), "{text}");
        assert!(text.contains("larger than the limit of 4 bytes"), "{text}");
    }
    let mut fits = limited();
    fits.send(post("four"));
    assert_eq!(fits.statuses(), [200]);
}

trait Tap: Sized {
    fn tap<T>(mut self, with: impl FnOnce(&mut Self) -> T) -> Self {
        with(&mut self);
        self
    }
}
impl Tap for Peer {}

#[test]
fn malformed_chunks_are_400_wherever_they_stand() {
    let bad = "3\r\nabc\r\nnonsense\r\n";
    let request = format!("{CHUNKED}{bad}{GET}");
    for split in CHUNKED.len() - 1..CHUNKED.len() + bad.len() {
        let mut peer = Peer::new(collecting());
        peer.send(&request[..split]);
        peer.send(&request[split..]);
        let text = peer.received();
        assert!(text.starts_with("HTTP/1.1 400") && text.contains("Connection: close"), "{split}: {text}");
        assert_eq!(peer.close(), Want::Close(CloseReason::BadRequest(RequestError::Chunk)), "{split}");
    }
}

#[test]
fn there_may_be_as_many_trailers_as_header_fields() {
    for (count, status) in [(100, 200), (101, 431)] {
        let trailers: String = (0..count).map(|n| format!("X{}: y\r\n", n % 7)).collect();
        let request = format!("{CHUNKED}1\r\na\r\n0\r\n{trailers}\r\n");
        for size in [1, request.len()] {
            let mut peer = Peer::new(collecting());
            for packet in request.as_bytes().chunks(size) {
                peer.queue(packet);
            }
            peer.run();
            assert_eq!(peer.statuses(), [status], "{count} trailers in packets of {size}");
        }
    }
}

#[test]
fn what_follows_malformed_chunks_is_never_a_request() {
    // An answer that swallows the body's error and ends as if nothing had happened.
    let handler = |echoes: bool| {
        handler_fn(move |request| {
            let mut body = request.into_body();
            Reply::Ready(Response::new(Body::stream(move |mut out| async move {
                while let Some(Ok(frame)) = body.frame().await {
                    out.send(if echoes { frame.into_data().unwrap() } else { "".into() }).await;
                }
                Ok(())
            })))
        })
    };
    for tail in ["1\r\na\r\nnonsense\r\n", "nonsense\r\n"] {
        for echoes in [true, false] {
            let mut peer = Peer::new(handler(echoes));
            peer.send(format!("{CHUNKED}1\r\nx\r\n"));
            peer.send(format!("{tail}{GET}"));
            assert_eq!(peer.statuses(), [200], "the GET is smuggled");
            assert_eq!(peer.close(), Want::Close(CloseReason::BadRequest(RequestError::Chunk)));
        }
    }
}

#[test]
fn the_error_says_who_is_to_blame() {
    let mut peer = Peer::new(collecting());
    peer.send(&post("hello")[..post("hello").len() - 2]);
    assert_eq!(peer.close(), Want::Close(CloseReason::PeerBrokeOff));
    assert!(peer.received().ends_with("the connection ended before the body did\n"));
    assert_eq!(BodyError::source("disk").status(), 500);
}
