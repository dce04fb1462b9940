//! The client's side: a few threads that ask one request after the other, and note what they see of each.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use super::clock;

/// What a client saw of one request, in the machine's nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) id: u32,
    /// Its own port, by which the server knows it.
    pub(super) port: u16,
    pub(super) dial_ns: u64,
    pub(super) established_ns: u64,
    pub(super) sent_ns: u64,
    pub(super) first_byte_ns: u64,
    pub(super) done_ns: u64,
}

/// Asks on a new connection for each request. The clients begin together; requests are numbered from 1, by client and then
/// by turn.
pub(super) fn all(
    addr: SocketAddr,
    (clients, requests): (usize, usize),
    timeout: Duration,
    wire: impl Fn(u32) -> Vec<u8>,
) -> io::Result<Vec<Asked>> {
    let start = Barrier::new(clients);
    let plans: Vec<Vec<(u32, Vec<u8>)>> = (0..clients)
        .map(|client| {
            (client..requests).step_by(clients).map(|n| n as u32 + 1).map(|id| (id, wire(id))).collect()
        })
        .collect();
    let seen = thread::scope(|scope| {
        let start = &start;
        let client = |plan: Vec<(u32, Vec<u8>)>| {
            scope.spawn(move || {
                start.wait();
                plan.iter()
                    .map(|(id, wire)| one(addr, *id, wire, timeout))
                    .collect::<io::Result<Vec<Asked>>>()
            })
        };
        let threads: Vec<_> = plans.into_iter().map(client).collect();
        let joined = threads.into_iter().map(|thread| {
            thread.join().unwrap_or_else(|_| Err(io::Error::other("a client of the traced run has failed")))
        });
        joined.collect::<io::Result<Vec<Vec<Asked>>>>()
    })?;
    Ok(seen.into_iter().flatten().collect())
}

/// Asks on a new connection, and reads until the server closes it.
pub(super) fn one(addr: SocketAddr, id: u32, wire: &[u8], timeout: Duration) -> io::Result<Asked> {
    let now = || clock::now_ns().ok_or(io::ErrorKind::Unsupported);
    let dial_ns = now()?;
    let mut stream = TcpStream::connect_timeout(&addr, timeout)?;
    let established_ns = now()?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(timeout))?;
    let port = stream.local_addr()?.port();
    stream.write_all(wire)?;
    let sent_ns = now()?;
    let mut buffer = [0; 16 * 1024];
    let mut first_byte_ns = None;
    // The request has asked for the connection to be closed.
    while stream.read(&mut buffer)? > 0 {
        first_byte_ns.get_or_insert(now()?);
    }
    let first_byte_ns = first_byte_ns.ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(Asked { id, port, dial_ns, established_ns, sent_ns, first_byte_ns, done_ns: now()? })
}
