//! A listener that this process was started with.

use crate::{Error, Result};
use listenfd::ListenFd;
use socket2::SockRef;
use std::{io, net::TcpListener};

/// The listener that whoever started this process has bound for it: systemd with a `.socket` unit, or a comparison
/// that gives all its servers the same one. `None` if nobody has.
///
/// It follows systemd's protocol (`sd_listen_fds(3)`): `LISTEN_FDS` says how many descriptors there are, from number 3
/// on, and `LISTEN_PID`, if it is set, for which process. Both variables are taken out of the environment, so that only
/// the first call finds the listener; call it before there are other threads. The backlog is whatever its owner chose;
/// `TCP_NODELAY` is set, as [`bind`](crate::bind) does.
///
/// # Errors
/// When there are several descriptors, or the one there is does not listen for TCP connections; the message says what
/// to do.
pub fn inherited_listener() -> Result<Option<TcpListener>> {
    let mut inherited = ListenFd::from_env();
    match inherited.len() {
        0 => return Ok(None),
        1 => {}
        several => {
            return Err(Error::setting(format!(
                "{several} sockets were handed to this server (LISTEN_FDS), and it serves one: use one ListenStream= in \
                 the .socket unit"
            )));
        }
    }
    let advice = "a .socket unit has ListenStream= with a port, and not Accept=yes";
    let refused = |why: String| {
        Error::setting(format!(
            "the socket that was handed to this server (LISTEN_FDS) cannot be served: {why}; {advice}"
        ))
    };
    let listener = inherited.take_tcp_listener(0).map_err(|error| refused(error.to_string()))?;
    let Some(listener) = listener else { return Ok(None) };
    let socket = SockRef::from(&listener);
    match listens(&socket) {
        Ok(true) => {}
        Ok(false) => return Err(refused("it does not listen".to_owned())),
        Err(error) => return Err(refused(error.to_string())),
    }
    socket.set_tcp_nodelay(true).map_err(|error| Error::io("the inherited listener", error))?;
    Ok(Some(listener))
}

#[cfg(not(target_vendor = "apple"))]
fn listens(socket: &SockRef<'_>) -> io::Result<bool> {
    socket.is_listener()
}

/// Apple's systems know the question (`SO_ACCEPTCONN`), but no answer; there, `accept` says so, in the log.
#[cfg(target_vendor = "apple")]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere the question may fail")]
fn listens(_: &SockRef<'_>) -> io::Result<bool> {
    Ok(true)
}
