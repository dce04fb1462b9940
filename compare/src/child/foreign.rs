//! A server of another make: it is told where to listen, waited for until it accepts, and ended by a signal.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use super::{LOOK_EVERY, Process, START_LIMIT, Server, Stop};
use crate::Error;
use crate::pin::Pinned;

/// How long one connect may take: on this machine it is taken or refused at once.
const CONNECT_LIMIT: Duration = Duration::from_millis(500);

/// Starts the command and waits until somebody accepts connections where it was told to listen, or where it says it does.
pub(super) fn start(
    name: String,
    command: &dyn Fn(SocketAddr) -> Command,
    pinned: Option<&Pinned>,
) -> Result<Server, Error> {
    let given = free_address().map_err(Error::Generator)?;
    let mut command = command(given);
    command.env("PORT", given.port().to_string());
    let (mut process, addresses) = Process::start(&name, command, Stop::Signal, pinned)?;
    let deadline = Instant::now() + START_LIMIT;
    let mut printed: Option<SocketAddr> = None;
    loop {
        // The output of a server that prints nothing may end; the process says itself when it is over.
        printed = addresses.try_recv().ok().or(printed);
        // Before the look at the address: whoever accepts there after its end is somebody else.
        if let Ok(Some(status)) = process.child.try_wait() {
            return Err(process.exited(name, Some(status)));
        }
        if let Some(addr) = [Some(given), printed].into_iter().flatten().find(|addr| accepts(*addr)) {
            return Ok(Server { process: Some(process), addr, host: addr.to_string(), name });
        }
        if Instant::now() >= deadline {
            let stderr = process.stderr.text();
            return Err(Error::NotAccepting { contender: name, given, printed, stderr });
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// Nobody listens there now. Whoever takes the port before the server does keeps the server from starting, which says so.
fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

fn accepts(addr: SocketAddr) -> bool {
    TcpStream::connect_timeout(&addr, CONNECT_LIMIT)
        // Where nobody listens, a client can happen to be given the very port that it connects to, and then meets itself.
        .is_ok_and(|stream| stream.local_addr().is_ok_and(|local| local != addr))
}

/// A process and all that it has started, unless they have left its group.
pub(super) struct Group {
    #[cfg(target_os = "linux")]
    leader: Option<nix::unistd::Pid>,
}

#[cfg(target_os = "linux")]
impl Group {
    pub(super) fn led_by(child: &Child) -> Self {
        Self { leader: i32::try_from(child.id()).ok().map(nix::unistd::Pid::from_raw) }
    }

    pub(super) fn terminate(&self) {
        self.send(nix::sys::signal::Signal::SIGTERM);
    }

    pub(super) fn kill(&self) {
        self.send(nix::sys::signal::Signal::SIGKILL);
    }

    fn send(&self, signal: nix::sys::signal::Signal) {
        if let Some(leader) = self.leader {
            // Fails only for a group that is gone.
            let _ = nix::sys::signal::killpg(leader, signal);
        }
    }
}

/// Elsewhere the process alone is ended, by force.
#[cfg(not(target_os = "linux"))]
impl Group {
    pub(super) fn led_by(_child: &Child) -> Self {
        Self {}
    }

    pub(super) fn terminate(&self) {}

    pub(super) fn kill(&self) {}
}
