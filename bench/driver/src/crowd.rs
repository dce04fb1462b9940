//! Clients that mean no good, or no more than to be slow: whether the others still get their answers, and what it costs.

use std::io::{self, ErrorKind, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};
use std::{fs, thread};

use polyserve_compare::Contender;
use serde::{Deserialize, Serialize};
use socket2::SockRef;

use crate::idle::{await_answer, resident, started};

/// Connections that never say a word.
const SILENT: usize = 5_000;
/// Connections that send a head, a byte at a time, and never end it.
const DRIPPING: usize = 1_000;
/// Connections that post without an end and never read what comes back.
const DEAF: usize = 500;
/// How long they are at it.
const TIME: Duration = Duration::from_secs(5);
/// How long a well-behaved client waits for its answer before it counts as refused.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a server has to close what its clients have left.
const AFTERWARDS: Duration = Duration::from_secs(20);

/// What was found of one server. Sizes are bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Crowd {
    pub(crate) server: String,
    /// Growth of resident memory to its peak, with all of them there.
    pub(crate) memory: u64,
    /// Clients in between that asked for a page, and how many of them got none.
    pub(crate) asked: usize,
    pub(crate) refused: usize,
    /// The longest of them.
    pub(crate) slowest_ns: u64,
    /// Descriptors more than before, when all clients had left.
    pub(crate) leaked: usize,
}

/// Besets one server.
pub(crate) fn measure(name: &str, contender: &Contender) -> io::Result<Crowd> {
    let (server, pid) = started(contender)?;
    ask(server.addr())?;
    let (memory, descriptors) = (resident(pid)?, open_files(pid)?);

    let mut crowd = Vec::with_capacity(SILENT);
    for _ in 0..SILENT {
        crowd.push(TcpStream::connect(server.addr())?);
    }
    let mut dripping = beset(server.addr(), DRIPPING, b"GET / HTTP/1.1\r\nx: ")?;
    let head = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000000\r\n\r\n";
    let mut deaf = beset(server.addr(), DEAF, head)?;

    let (mut peak, mut asked, mut refused, mut slowest) = (memory, 0, 0, Duration::ZERO);
    let piece = vec![b'x'; 64 * 1024];
    let end = Instant::now() + TIME;
    while Instant::now() < end {
        shove(&mut deaf, &piece);
        shove(&mut dripping, b"x");
        let began = Instant::now();
        asked += 1;
        refused += usize::from(ask(server.addr()).is_err());
        slowest = slowest.max(began.elapsed());
        peak = peak.max(resident(pid)?);
    }
    drop((crowd, dripping, deaf));
    let deadline = Instant::now() + AFTERWARDS;
    let leaked = loop {
        let leaked = open_files(pid)?.saturating_sub(descriptors);
        if leaked == 0 || Instant::now() >= deadline {
            break leaked;
        }
        thread::sleep(Duration::from_millis(50));
    };
    Ok(Crowd {
        server: name.to_owned(),
        memory: peak.saturating_sub(memory),
        asked,
        refused,
        slowest_ns: u64::try_from(slowest.as_nanos()).unwrap_or(u64::MAX),
        leaked,
    })
}

/// Clients that begin in this way; their sockets do not block from then on, and buffer little.
fn beset(addr: SocketAddr, clients: usize, beginning: &[u8]) -> io::Result<Vec<TcpStream>> {
    (0..clients)
        .map(|_| {
            let mut stream = TcpStream::connect(addr)?;
            SockRef::from(&stream).set_recv_buffer_size(4096)?;
            stream.write_all(beginning)?;
            stream.set_nonblocking(true)?;
            Ok(stream)
        })
        .collect()
}

/// Each sends what its socket takes; who was thrown out is out.
fn shove(clients: &mut Vec<TcpStream>, bytes: &[u8]) {
    clients.retain_mut(|stream| match stream.write(bytes) {
        Ok(_) => true,
        Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted),
    });
}

/// A client that behaves: one request on a new connection, and its whole answer.
pub(crate) fn ask(addr: SocketAddr) -> io::Result<()> {
    let mut stream = TcpStream::connect_timeout(&addr, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")?;
    await_answer(&mut stream)?;
    // It may be gone already.
    let _ = stream.shutdown(Shutdown::Both);
    Ok(())
}

fn open_files(pid: u32) -> io::Result<usize> {
    Ok(fs::read_dir(format!("/proc/{pid}/fd"))?.count())
}
