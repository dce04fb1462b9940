//! Any bytes, in any portions: the network's cuts change nothing.
//!
//! Input: a byte `n`, whose highest bit means low limits; `n % 8` lengths of packets (none: single bytes); what the
//! client sends.
//!
//! What is exact, and what is not:
//! - With a handler that collects every body, the complete requests, the answers, whether there is a refusal and
//!   why the connection ends are the same. Two things are not. Interim answers: a client that has begun to send
//!   its body gets none, and whether it has begun is a matter of portions. The refusal of a head with *several*
//!   faults: it names the one that is noticed first. And garbage is refused at once when it is the beginning of
//!   what comes, but else looked at a line at a time, so the input is given a last line end.
//! - With other handlers that holds for complete, valid requests only. A body that turns out malformed or cut
//!   short is refused before the handler is called when all of it is here, and found out when the handler has
//!   answered without reading it when it is not. So the input is first cut behind its last complete request, and
//!   a request with `Expect` is always collected.
//! - Of the rest is asked that nothing panics, spins, outlives its timeouts or is held without bound.
#![no_main]

use http::header;
use http_body_util::BodyExt;
use libfuzzer_sys::fuzz_target;
use polyserve_core::{App, Body, Handler, Reply, Response, handler_fn, time::sleep};
use polyserve_fuzz::{Client, Journal, Seen, collect, collecting, converse, cut};
use std::time::Duration;

/// The largest packet behind the largest incomplete thing, a head.
const UNREAD: usize = (16 + 64) * 1024;
/// What is encoded ahead of a client that does not read: `OUTPUT_FULL`, a piece on top, and heads.
const UNWRITTEN: usize = (64 + 16 + 8) * 1024;
/// An answer is at most so many times as long as its request, whose shortest form has 25 bytes.
const ANSWER: usize = 20;

fn low(app: &mut App) {
    app.limits.head = 200;
    app.limits.target = 50;
    app.limits.headers = 5;
    app.limits.drain = 20;
}

/// Reads its body, or not, as the path says. Its answers do not depend on the portions in which it came.
fn mixed(journal: Journal, piece: usize) -> impl Handler {
    handler_fn(move |request| {
        let (head, body) = request.into_parts();
        let journal = journal.clone();
        if head.headers.contains_key(header::EXPECT) {
            return Reply::pending(collect(http::Request::from_parts(head, body), journal));
        }
        match head.uri.path().len() % 6 {
            0 => Reply::pending(collect(http::Request::from_parts(head, body), journal)),
            1 => {
                journal.note(Seen::new(&head, b"unread", None));
                Reply::from("unread")
            }
            2 => Reply::pending(async move {
                journal.note(Seen::new(&head, b"unread, later", None));
                drop(body);
                sleep(Duration::ZERO).await;
                Response::new(Body::from("unread, later"))
            }),
            3 => {
                journal.note(Seen::new(&head, b"streamed", None));
                Reply::Ready(Response::new(Body::stream(move |mut out| async move {
                    for _ in 0..3 {
                        out.send(vec![b'x'; piece]).await;
                    }
                    Ok(())
                })))
            }
            // Sent as it comes: with a length the pieces cannot be told apart afterwards.
            4 if head.headers.contains_key(header::CONTENT_LENGTH) => {
                journal.note(Seen::new(&head, b"echoed", None));
                Reply::Ready(Response::new(body))
            }
            _ => Reply::Ready(Response::new(Body::stream(move |mut out| async move {
                let collected = body.collect().await?;
                let trailers = collected.trailers().cloned();
                let bytes = collected.to_bytes();
                journal.note(Seen::new(&head, &bytes, trailers.as_ref()));
                out.send(bytes).await;
                Ok(())
            }))),
        }
    })
}

/// The length of the input up to the end of its last complete request, found a byte at a time.
fn complete(bytes: &[u8]) -> usize {
    let journal = Journal::default();
    let mut client = Client::new(collecting(journal.clone()), |_| {});
    let (mut seen, mut end) = (0, 0);
    for (at, byte) in bytes.chunks(1).enumerate() {
        let open = client.send(byte);
        if journal.len() > seen {
            (seen, end) = (journal.len(), at + 1);
        }
        if !open {
            break;
        }
    }
    end
}

fuzz_target!(|input: &[u8]| {
    let Some((count, rest)) = input.split_first() else { return };
    let (lengths, bytes) = rest.split_at(usize::from(count % 8).min(rest.len()));

    let journal = Journal::default();
    let bounds = if *count < 128 { |_: &mut App| {} } else { low };
    let ended = [bytes, b"\r\n"].concat();
    let whole = Client::new(collecting(journal.clone()), bounds).send_all([&ended[..]]);
    let seen = journal.take();
    let split = Client::new(collecting(journal.clone()), bounds).send_all(cut(&ended, lengths));
    assert_eq!(journal.take(), seen, "{split:?}, and whole: {whole:?}");
    assert!(split.is_as(&whole), "{split:?}, and whole: {whole:?}");

    let valid = &bytes[..complete(bytes)];
    let whole = converse(mixed(journal.clone(), 10), [valid]);
    let seen = journal.take();
    let split = converse(mixed(journal.clone(), 10), cut(valid, lengths));
    assert_eq!(split, whole, "valid");
    assert_eq!(journal.take(), seen, "valid");

    // Whatever it is, with short writes, and a client that neither closes nor sends on.
    let mut client =
        Client::new(mixed(Journal::default(), 10), bounds).takes(usize::from(*count) + 1, usize::MAX);
    for packet in cut(bytes, lengths) {
        client.send(packet);
        assert!(client.held().0 <= UNREAD, "{:?}", client.held());
    }
    client.fall_silent();

    // A client that never reads.
    let mut client = Client::new(mixed(Journal::default(), 16 * 1024), |_| {}).takes(0, 0);
    for packet in cut(bytes, lengths) {
        client.send(packet);
        assert!(client.held().1 <= UNWRITTEN, "{:?}", client.held());
    }

    assert!(whole.answers.len() <= ANSWER * valid.len() + 4096, "{} bytes", whole.answers.len());
});
