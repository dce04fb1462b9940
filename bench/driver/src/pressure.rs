//! More than a server can hold: a body larger than its memory should be, and more clients than it has descriptors.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use polyserve_compare::Contender;
use serde::{Deserialize, Serialize};

use crate::crowd::ask;
use crate::idle::{kib, resident, started};

/// The body that is echoed.
const GIB: u64 = 1 << 30;
/// Descriptors that the second server may have ...
pub(crate) const DESCRIPTORS: usize = 64;
/// ... and the clients that come all the same.
const CLIENTS: usize = 150;

/// What was found of one server.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Pressure {
    pub(crate) server: String,
    /// How far the resident memory rose while 1 GiB was echoed, in bytes.
    pub(crate) memory: u64,
    /// How long the echo took.
    pub(crate) echo_ns: u64,
    /// How long a client waited for its page when a crowd without an end of descriptors had left; `None` if it got none.
    pub(crate) recovered_ns: Option<u64>,
}

/// `short` is the same server with [`DESCRIPTORS`].
pub(crate) fn measure(name: &str, contender: &Contender, short: &Contender) -> io::Result<Pressure> {
    let (memory, echo) = echo(contender)?;
    let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    Ok(Pressure {
        server: name.to_owned(),
        memory,
        echo_ns: nanos(echo),
        recovered_ns: recovery(short)?.map(nanos),
    })
}

/// The growth of memory to its peak, and the time.
fn echo(contender: &Contender) -> io::Result<(u64, Duration)> {
    let (server, pid) = started(contender)?;
    ask(server.addr())?;
    let before = resident(pid)?;
    let began = Instant::now();
    let back = post(server.addr(), GIB)?;
    let took = began.elapsed();
    if back < GIB {
        return Err(io::Error::other(format!("of {GIB} bytes {back} came back")));
    }
    let peak = kib(&format!("/proc/{pid}/status"), "VmHWM:")?;
    Ok((peak.saturating_sub(before), took))
}

/// Sends a body on one thread and reads what comes back on this one, until all of it and the head is there or the server
/// closes.
fn post(addr: SocketAddr, length: u64) -> io::Result<u64> {
    let mut stream = TcpStream::connect(addr)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut sender = stream.try_clone()?;
    let head =
        format!("POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    let sending = thread::spawn(move || {
        sender.write_all(head.as_bytes())?;
        let piece = vec![b'x'; 256 * 1024];
        (0..length / piece.len() as u64).try_for_each(|_| sender.write_all(&piece))
    });
    let mut buffer = vec![0; 256 * 1024];
    let mut back = 0;
    loop {
        match stream.read(&mut buffer)? {
            0 => break,
            read => back += read as u64,
        }
    }
    sending.join().map_err(|_| io::Error::other("the sender panicked"))??;
    Ok(back)
}

/// How soon a page is served again after more clients than descriptors.
fn recovery(contender: &Contender) -> io::Result<Option<Duration>> {
    let (server, _) = started(contender)?;
    ask(server.addr())?;
    let crowd: Vec<TcpStream> =
        (0..CLIENTS).map(|_| TcpStream::connect(server.addr())).collect::<io::Result<_>>()?;
    // Long enough for the server to meet its limit, and to be at its wits' end for a while.
    thread::sleep(Duration::from_millis(300));
    drop(crowd);
    let began = Instant::now();
    Ok(ask(server.addr()).ok().map(|()| began.elapsed()))
}
