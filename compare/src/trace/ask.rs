//! The client's side: a few threads that ask one request after the other, and note what they see of each.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use super::clock;
use crate::Pacing;

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

/// Asks on a new connection for each request. The clients begin together; requests are numbered from 1, by turn and then by
/// client. Who is slow with this pacing is slow here, too, and asks only once: as long as it sends, there are others whom the
/// server could serve, and it is seen whether it does.
pub(super) fn all(
    addr: SocketAddr,
    (clients, requests): (usize, usize),
    timeout: Duration,
    pacing: Option<Pacing>,
    wire: impl Fn(u32) -> Vec<u8>,
) -> io::Result<Vec<Asked>> {
    let start = Barrier::new(clients);
    let slow = |client: usize| pacing.filter(|pacing| pacing.is_slow(client));
    let quick: Vec<usize> = (0..clients).filter(|client| slow(*client).is_none()).collect();
    let again = if quick.is_empty() { (0..clients).collect() } else { quick };
    let mut plans: Vec<Vec<(u32, Vec<u8>)>> = vec![Vec::new(); clients];
    let turns = (0..clients).chain(again.into_iter().cycle());
    for (id, client) in (1..).zip(turns.take(requests)) {
        plans[client].push((id, wire(id)));
    }
    let seen = thread::scope(|scope| {
        let start = &start;
        let client = |(client, plan): (usize, Vec<(u32, Vec<u8>)>)| {
            let pacing = slow(client);
            scope.spawn(move || {
                start.wait();
                plan.iter()
                    .map(|(id, wire)| one(addr, *id, wire, timeout, pacing))
                    .collect::<io::Result<Vec<Asked>>>()
            })
        };
        let threads: Vec<_> = plans.into_iter().enumerate().map(client).collect();
        let joined = threads.into_iter().map(|thread| {
            thread.join().unwrap_or_else(|_| Err(io::Error::other("a client of the traced run has failed")))
        });
        joined.collect::<io::Result<Vec<Vec<Asked>>>>()
    })?;
    Ok(seen.into_iter().flatten().collect())
}

/// Asks on a new connection, in pieces if it has a pacing, and reads until the server closes it.
pub(super) fn one(
    addr: SocketAddr,
    id: u32,
    wire: &[u8],
    timeout: Duration,
    pacing: Option<Pacing>,
) -> io::Result<Asked> {
    let now = || clock::now_ns().ok_or(io::ErrorKind::Unsupported);
    let dial_ns = now()?;
    let mut stream = TcpStream::connect_timeout(&addr, timeout)?;
    let established_ns = now()?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(timeout))?;
    let port = stream.local_addr()?.port();
    match pacing {
        None => stream.write_all(wire)?,
        Some(pacing) => in_pieces(&mut stream, wire, pacing)?,
    }
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

fn in_pieces(stream: &mut TcpStream, wire: &[u8], pacing: Pacing) -> io::Result<()> {
    let mut written = 0;
    while written < wire.len() {
        if written > 0 {
            thread::sleep(pacing.pause);
        }
        let end = pacing.piece_end(written, wire.len());
        stream.write_all(&wire[written..end])?;
        written = end;
    }
    Ok(())
}
