//! One way to listen, for all runtimes.

use crate::{Error, Result};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use std::{
    io::{self, ErrorKind},
    net::{SocketAddr, TcpListener, ToSocketAddrs},
    time::Duration,
};

/// Connections that the kernel holds for a server which has not accepted them yet.
///
/// std and mio choose it themselves and have no setter; Python's `socketserver` chooses 5. With 5, the
/// eighth of ten clients waits for the kernel to retransmit its SYN, and waits again: that is the
/// 114-second request in the tutorial's first table. Linux bounds it by `net.core.somaxconn`, which is 4096 unless
/// set since Linux 5.4, and Go asks for as many as that allows.
pub const BACKLOG: i32 = 4096;

/// Listens on the first of `addr`'s addresses that can be bound, with [`BACKLOG`], address reuse and
/// `TCP_NODELAY`, which accepted sockets inherit. Port 0 lets the kernel choose.
///
/// # Errors
/// When the address is none, or the port is taken or not allowed; the message says what to do.
pub fn bind(addr: impl ToSocketAddrs) -> Result<TcpListener> {
    first_of(addr, |addr| listen(addr, Port::Alone))
}

/// As [`bind`], for a server with several loops: [`another`] binds the port again for each of them
/// (`SO_REUSEPORT`), and Linux spreads the clients over them. Any program of the same user could then join in; one
/// that listens already is an error, as with [`bind`].
///
/// # Errors
/// As [`bind`].
pub fn bind_for_workers(addr: impl ToSocketAddrs) -> Result<TcpListener> {
    first_of(addr, |addr| {
        // With the option set, a port that another server shares would not be refused.
        let free = socket(addr, Port::Alone)?.local_addr()?;
        listen(free.as_socket().unwrap_or(addr), Port::Shared)
    })
}

/// [`bind_for_workers`] for several loops, [`bind`] for one.
pub(crate) fn bind_for_loops(addr: impl ToSocketAddrs, loops: Option<usize>) -> Result<TcpListener> {
    if loops.is_some_and(|loops| loops > 1) { bind_for_workers(addr) } else { bind(addr) }
}

/// One more listener for the clients of `listener`: with a queue of its own if it comes from
/// [`bind_for_workers`], else on the same queue.
///
/// # Errors
/// When the process has no descriptor left.
pub fn another(listener: &TcpListener) -> io::Result<TcpListener> {
    #[cfg(unix)]
    if SockRef::from(listener).reuse_port()? {
        return listen(listener.local_addr()?, Port::Shared);
    }
    listener.try_clone()
}

/// Makes closing `socket` a reset (`SO_LINGER` with zero seconds), which no peer takes for the end of an answer:
/// what a runtime does for `Want::Reset`.
pub fn reset_on_close<'socket>(socket: impl Into<SockRef<'socket>>) {
    // Fails only on a socket that is none, or is closed already.
    if let Err(error) = socket.into().set_linger(Some(Duration::ZERO)) {
        log::debug!("an answer was cut off, and its client may not see it: {error}");
    }
}

/// Whether a port may be bound again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Port {
    Alone,
    Shared,
}

/// The addresses that `addr` stands for.
pub(crate) fn resolve(addr: impl ToSocketAddrs) -> Result<Vec<SocketAddr>> {
    match addr.to_socket_addrs() {
        Ok(addrs) => Ok(addrs.collect()),
        Err(error) => Err(Error::setting(format!("{error}: an address is HOST:PORT, as in 127.0.0.1:8000"))),
    }
}

fn first_of(
    addr: impl ToSocketAddrs,
    listen: impl Fn(SocketAddr) -> io::Result<TcpListener>,
) -> Result<TcpListener> {
    let mut failure = None;
    for addr in resolve(addr)? {
        match listen(addr) {
            Ok(listener) => return Ok(listener),
            Err(error) => failure = Some(explained(addr, error)),
        }
    }
    Err(failure.unwrap_or_else(|| Error::setting("the host name has no address: try 127.0.0.1:8000")))
}

fn listen(addr: SocketAddr, port: Port) -> io::Result<TcpListener> {
    let socket = socket(addr, port)?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn socket(addr: SocketAddr, port: Port) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    #[cfg(unix)]
    {
        // Without it a restarted server cannot listen while old connections linger in TIME_WAIT.
        socket.set_reuse_address(true)?;
        socket.set_reuse_port(port == Port::Shared)?;
    }
    // Answers are written in one piece; a stream's small pieces must not wait for acknowledgements.
    socket.set_tcp_nodelay(true)?;
    socket.bind(&addr.into())?;
    Ok(socket)
}

fn explained(addr: SocketAddr, error: io::Error) -> Error {
    let advice = match error.kind() {
        ErrorKind::AddrInUse => {
            "another program listens there: stop it, or choose another port (port 0 picks a free one)"
        }
        ErrorKind::PermissionDenied => "ports below 1024 are reserved: choose a higher one, such as 8000",
        ErrorKind::AddrNotAvailable => {
            "this machine has no such address: try 127.0.0.1, or 0.0.0.0 for all of its addresses"
        }
        _ => return Error::io(format!("cannot listen on {addr}"), error),
    };
    Error::setting(format!("cannot listen on {addr}: {advice}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_explained() {
        let first = bind("127.0.0.1:0").unwrap();
        let addr = first.local_addr().unwrap();
        let error = bind(addr).unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "cannot listen on {addr}: another program listens there: stop it, or choose another port \
                 (port 0 picks a free one)"
            )
        );
    }

    #[test]
    fn a_port_for_workers_is_bound_again_for_each_and_is_taken_for_others() {
        let first = bind_for_workers("127.0.0.1:0").unwrap();
        let addr = first.local_addr().unwrap();
        let second = another(&first).unwrap();
        assert_eq!(second.local_addr().unwrap(), addr);
        for outcome in [bind(addr), bind_for_workers(addr)] {
            let error = outcome.unwrap_err().to_string();
            assert!(error.contains("another program listens there"), "{error}");
        }
        // A queue of its own: with the first one gone, clients still get in.
        drop(first);
        std::net::TcpStream::connect(addr).unwrap();
        second.accept().unwrap();
    }

    #[test]
    fn a_port_that_was_bound_alone_has_one_queue_for_all() {
        let first = bind("127.0.0.1:0").unwrap();
        let second = another(&first).unwrap();
        let client = std::net::TcpStream::connect(first.local_addr().unwrap()).unwrap();
        let (_, peer) = second.accept().unwrap();
        assert_eq!(peer, client.local_addr().unwrap());
    }

    #[test]
    fn an_address_without_a_port_is_explained() {
        let error = bind("127.0.0.1").unwrap_err().to_string();
        assert!(error.ends_with("an address is HOST:PORT, as in 127.0.0.1:8000"), "{error}");
    }
}
