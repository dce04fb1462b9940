//! What the peers have in common: where they listen, what they answer, and when they end.
//!
//! Each is its own program in `src/bin`, with the routes that it can serve of `GET /` ([`BODY`]), `GET /wait` (the same
//! after [`WAIT`], without holding a thread where it knows how), `POST /echo` (the body back, streamed where it can) and
//! `GET /stream` ([`PIECES`] times [`PIECE`], made while it is sent). One worker where there are workers, so that what is compared is what a request costs.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use std::{env, io, process, thread};

/// The answer's body.
pub const BODY: &str = "Hello, World!";
/// How long `/wait` waits.
pub const WAIT: Duration = Duration::from_millis(100);

/// What a stream consists of.
pub static PIECE: [u8; 64 * 1024] = [b'x'; 64 * 1024];
/// How often: 1 GiB in all.
pub const PIECES: usize = (1 << 30) / PIECE.len();

/// Where to listen: 127.0.0.1, the port from the first argument or from `PORT`. From here on the process ends with its
/// standard input, so that no server outlives a benchmark that was killed.
pub fn address() -> SocketAddr {
    let port = env::args().nth(1).or_else(|| env::var("PORT").ok()).and_then(|port| port.parse().ok());
    let Some(port) = port else {
        eprintln!("which port? Say it as the first argument, or in PORT");
        process::exit(2);
    };
    thread::spawn(|| {
        // An error is an end, too.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        process::exit(0);
    });
    (Ipv4Addr::LOCALHOST, port).into()
}

#[cfg(feature = "canned")]
pub mod canned;
