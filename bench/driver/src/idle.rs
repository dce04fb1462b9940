//! What an idle connection costs in memory.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;
use std::{fs, thread};

use polyserve_compare::{Contender, Server};
use serde::{Deserialize, Serialize};
use socket2::{Domain, Socket, Type};

/// Connections of one client address: fewer than it has ports.
const PER_ADDRESS: usize = 20_000;
/// How long a client waits for its answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the server has to come to rest before it is looked at.
const REST: Duration = Duration::from_millis(300);

/// What was found of one server. Sizes are bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Idle {
    pub(crate) server: String,
    pub(crate) connections: usize,
    /// Growth of the process's resident memory by connections.
    pub(crate) resident: f64,
    /// Growth of the machine's kernel stacks by connections: those of threads.
    pub(crate) kernel_stacks: f64,
}

/// Halvings of a number of connections that turned out to be too many.
const HALVINGS: u32 = 3;

/// Measures so many connections, or half of them where the server cannot hold so many, or half of those: a server may take
/// several descriptors or a thread for each.
pub(crate) fn measure(name: &str, contender: &Contender, connections: usize) -> io::Result<Idle> {
    as_many_as_may_be(connections, |connections| hold(name, contender, connections))
}

fn as_many_as_may_be<T>(most: usize, measure: impl Fn(usize) -> io::Result<T>) -> io::Result<T> {
    let mut connections = most;
    loop {
        match measure(connections) {
            Err(error) if connections / 2 >= (most >> HALVINGS).max(1) => {
                eprintln!("\r\x1b[K{error} with {connections} connections: half of them are tried");
                connections /= 2;
            }
            outcome => return outcome,
        }
    }
}

/// Opens that many connections, each for one request, and keeps them.
fn hold(name: &str, contender: &Contender, connections: usize) -> io::Result<Idle> {
    let (server, pid) = started(contender)?;
    // What the first requests allocate is not the connections'.
    for _ in 0..3 {
        ask(server.addr(), 0)?;
    }
    thread::sleep(REST);
    let before = (resident(pid)?, kernel_stacks()?);
    let clients: Vec<TcpStream> =
        (0..connections).map(|client| ask(server.addr(), client)).collect::<io::Result<_>>()?;
    thread::sleep(REST);
    let after = (resident(pid)?, kernel_stacks()?);
    let each = |(before, after): (u64, u64)| after.saturating_sub(before) as f64 / connections as f64;
    let idle = Idle {
        server: name.to_owned(),
        connections,
        resident: each((before.0, after.0)),
        kernel_stacks: each((before.1, after.1)),
    };
    drop(clients);
    Ok(idle)
}

/// A server and its process.
pub(crate) fn started(contender: &Contender) -> io::Result<(Server, u32)> {
    let server = Server::of(contender).map_err(io::Error::other)?;
    let pid = server.pid().ok_or_else(|| io::Error::other("a server without a process"))?;
    Ok((server, pid))
}

/// One request and its answer on a new connection, which is returned.
fn ask(addr: SocketAddr, client: usize) -> io::Result<TcpStream> {
    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let [a, b, c, d] = Ipv4Addr::LOCALHOST.octets();
    let from = Ipv4Addr::new(a, b, c, d + u8::try_from(client / PER_ADDRESS).unwrap_or(u8::MAX - d));
    if client >= PER_ADDRESS {
        socket.bind(&SocketAddr::from((from, 0)).into())?;
    }
    socket.connect_timeout(&addr.into(), PATIENCE)?;
    let mut stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(REQUEST)?;
    await_answer(&mut stream)?;
    Ok(stream)
}

/// Reads until the page is there.
pub(crate) fn await_answer(stream: &mut TcpStream) -> io::Result<()> {
    const END: &[u8] = b"Hello, World!";
    let mut answer = Vec::new();
    let mut buffer = [0; 1024];
    while !answer.ends_with(END) {
        match stream.read(&mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => answer.extend_from_slice(&buffer[..read]),
        }
    }
    Ok(())
}

pub(crate) fn resident(pid: u32) -> io::Result<u64> {
    kib(&format!("/proc/{pid}/status"), "VmRSS:")
}

fn kernel_stacks() -> io::Result<u64> {
    kib("/proc/meminfo", "KernelStack:")
}

/// A size in one of the kernel's tables, in bytes.
pub(crate) fn kib(file: &str, field: &str) -> io::Result<u64> {
    let text = fs::read_to_string(file)?;
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    number.map(|kib| kib * 1024).ok_or_else(|| io::Error::other(format!("{file} has no {field}")))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn a_server_that_holds_fewer_is_measured_with_fewer() {
        let asked = RefCell::new(Vec::new());
        let holds = |most| {
            asked.borrow_mut().clear();
            as_many_as_may_be(10_000, |n| {
                asked.borrow_mut().push(n);
                if n <= most { Ok(n) } else { Err(io::ErrorKind::ConnectionReset.into()) }
            })
        };
        assert_eq!(holds(10_000).unwrap(), 10_000);
        assert_eq!(asked.take(), [10_000]);
        assert_eq!(holds(3000).unwrap(), 2500);
        assert_eq!(asked.take(), [10_000, 5000, 2500]);
        assert!(holds(1000).is_err());
        assert_eq!(asked.take(), [10_000, 5000, 2500, 1250]);
    }
}
