use crate::wire::*;
use bytes::Bytes;
use http_body_util::BodyExt;
use polyserve_core::{Handler, IntoResponse, Reply, Request, Want, handler_fn};
use std::{
    sync::{Arc, Mutex, mpsc},
    thread,
};

/// Everything that handlers were given, and what it said at the time.
#[derive(Clone, Default)]
struct Held(Arc<Mutex<Vec<Slice>>>);

/// A slice, and what it said when it was given.
type Slice = (Bytes, Vec<u8>);

impl Held {
    fn hold(&self, bytes: Bytes) {
        let copy = bytes.to_vec();
        self.0.lock().unwrap().push((bytes, copy));
    }

    fn check(&self) -> usize {
        let held = self.0.lock().unwrap();
        for (bytes, copy) in &*held {
            assert_eq!(bytes, copy, "a held slice has changed");
        }
        held.len()
    }

    /// Lets go of every third, so that some buffers come free and others do not.
    fn thin(&self) {
        let mut n = 0;
        self.0.lock().unwrap().retain(|_| {
            n += 1;
            n % 3 != 0
        });
    }
}

/// Holds on to every header value, target and body frame.
fn holding(held: Held) -> impl Handler {
    handler_fn(move |request: Request| {
        let (head, mut body) = request.into_parts();
        for value in head.headers.values() {
            // The value's own bytes, not a copy: dropping the rest of the request does not free them.
            held.hold(Bytes::from_owner(value.clone()));
        }
        let held = held.clone();
        Reply::pending(async move {
            while let Some(Ok(frame)) = body.frame().await {
                if let Ok(data) = frame.into_data() {
                    held.hold(data);
                }
            }
            "x".into_response()
        })
    })
}

/// A request whose every byte depends on `n`, long enough that it is read into the shared buffer and kept there.
fn request(n: usize, length: usize) -> String {
    let fill = |length: usize| ((b'a' + (n % 26) as u8) as char).to_string().repeat(length);
    let body = fill(length);
    format!(
        "POST /{} HTTP/1.1\r\nHost: a\r\nX-Fill: {}\r\nContent-Length: {length}\r\n\r\n{body}",
        fill(100),
        fill(1000),
    )
}

#[test]
fn what_a_handler_holds_never_changes() {
    let held = Held::default();
    let app = Arc::new(polyserve_core::App::new(holding(held.clone()), std::time::Instant::now));
    let clock = FakeClock::new();
    // Several connections of one thread share its buffers.
    let mut peers: Vec<Peer> = (0..3).map(|_| Peer::of(app.clone(), clock.clone())).collect();
    for n in 0..200 {
        let bytes = request(n, [0, 10, 17_000, 60_000, 200_000][n % 5]);
        let split = (n * 7919) % bytes.len();
        let peer = &mut peers[n % 3];
        peer.queue(&bytes[..split]);
        peer.queue(&bytes[split..]);
        assert_eq!(peer.run(), Want::Read);
        held.check();
        if n % 10 == 9 {
            held.thin();
        }
    }
    assert!(held.check() > 20);
    assert!(peers.iter_mut().all(|peer| peer.statuses().iter().all(|status| *status == 200)));
}

#[test]
fn what_another_thread_holds_never_changes() {
    let (sender, receiver) = mpsc::sync_channel::<(Bytes, u8)>(8);
    let checking = thread::spawn(move || {
        let mut checked = 0;
        while let Ok((bytes, expected)) = receiver.recv() {
            assert!(bytes.iter().all(|byte| *byte == expected), "a held slice has changed");
            checked += 1;
        }
        checked
    });
    let mut peer = Peer::new(handler_fn(move |request| {
        let sender = sender.clone();
        Reply::pending(async move {
            let bytes = request.into_body().bytes().await.unwrap();
            sender.send((bytes.clone(), bytes[0])).unwrap();
            "x".into_response()
        })
    }));
    for n in 0..500 {
        peer.send(request(n, 20_000));
    }
    assert_eq!(peer.statuses().len(), 500);
    drop(peer);
    assert_eq!(checking.join().unwrap(), 500);
}
