//! `canned`: the server that does nothing, as a process of its own.

use super::{args::CannedArgs, print, serve::when_the_parent_ends};
use crate::{Exchange, serve_canned};
use polyserve_host::{Error, Result, bind, inherited_listener};
use std::process;

pub(super) fn run(args: CannedArgs) -> Result {
    let CannedArgs { request_bytes, body_bytes, close } = args;
    let listener = match inherited_listener()? {
        Some(listener) => listener,
        None => bind("127.0.0.1:0")?,
    };
    let addr = listener.local_addr().map_err(|error| Error::io("the listener has no address", error))?;
    print(&format!("listening on http://{addr}\n"))?;
    // It has nothing to finish.
    when_the_parent_ends(|| process::exit(0))?;
    serve_canned(listener, Exchange { request_bytes, body_bytes, close })
        .map_err(|error| Error::io("cannot wait for clients", error))
}
