//! A listener for a child: bound here, so that its port is nobody else's and its backlog everybody's.

use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::process::Command;

use command_fds::{CommandFdExt, FdMapping};
use polyserve_host::bind;

/// Where systemd's protocol has the first descriptor.
const FIRST: i32 = 3;

/// Binds a free port, and has the command inherit its listener. The command holds the listener open for as long as it is
/// there.
pub(super) fn give(command: &mut Command) -> Result<Option<SocketAddr>, String> {
    let listener = bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let addr = listener.local_addr().map_err(|error| format!("its listener has no address: {error}"))?;
    let mapping = FdMapping { parent_fd: OwnedFd::from(listener), child_fd: FIRST };
    command.fd_mappings(vec![mapping]).map_err(|error| format!("cannot hand over a listener: {error}"))?;
    // This process may have been started with a listener of its own; the child's id is not known before it runs.
    command.env("LISTEN_FDS", "1");
    for variable in ["LISTEN_PID", "LISTEN_FDNAMES", "LISTEN_FDS_FIRST_FD"] {
        command.env_remove(variable);
    }
    Ok(Some(addr))
}
