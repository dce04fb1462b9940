//! A few requests, looked at one by one: what both sides did when. Never the requests whose speed is measured, for looking
//! costs time.
//!
//! The client notes what it sees of each request ([`ask`]), and looks at the accept queue ([`queue`]); the server notes
//! when which thread polled which handler, and what happened to each connection ([`record`]). Both read CLOCK_MONOTONIC,
//! which is one clock for the whole machine, and [`join`] puts them together: handlers by the number that a request
//! carries in [`ID`], connections by the client's port. What a note costs is tried out by [`price`] and stated with them.

use std::fs;
use std::process::Command;

use crate::child::Server;
use crate::pin::Pinned;
use crate::plan::{Source, Traceable};
use crate::report::Timeline;
use crate::{Contender, Error, Mode, Plan};

mod ask;
#[cfg_attr(not(target_os = "linux"), path = "trace/nowhere.rs")]
mod clock;
mod join;
mod notes;
mod price;
mod queue;
mod record;

pub(crate) use record::Recording;

/// The header field with a request's number.
const ID: &str = "x-polyserve-id";
/// Clients at once: few enough for a picture, and more than one server thread.
const CLIENTS: usize = 3;
/// Requests in all: every client asks twice.
const REQUESTS: usize = 6;

/// The timeline of a contender that can be traced; `None` for any other, and where there is no common clock.
///
/// # Errors
///
/// The server does not start, or a request is not answered.
pub(crate) fn trace(
    contender: &Contender,
    plan: &Plan,
    pinned: Option<&Pinned>,
) -> Result<Option<Timeline>, Error> {
    let (request, timeout) = (&plan.request, plan.timeout);
    let Source::Started(Traceable { traced: Some(command), listener, .. }) = &contender.server else {
        return Ok(None);
    };
    if clock::now_ns().is_none() {
        return Ok(None);
    }
    let file = std::env::temp_dir().join(format!("polyserve-trace-{}", std::process::id()));
    let command: Command = command(&file);
    let server = Server::spawn(contender.name.clone(), command, *listener, pinned)?;
    let mode = Mode::NewConnection;
    let wire = |id: u32| {
        let mut request = request.clone();
        request.headers.insert(ID, id.into());
        request.to_bytes(server.host(), mode)
    };
    // One without a number, so that nobody waits for a server that has only just begun.
    let first = ask::one(server.addr(), 0, &request.to_bytes(server.host(), mode), timeout, None);
    let ask = || ask::all(server.addr(), (CLIENTS, REQUESTS), timeout, plan.pacing, wire);
    let (asked, looks) = match first {
        Ok(_) => queue::while_asking(server.addr(), ask),
        Err(error) => (Err(error), Vec::new()),
    };
    let stderr = server.stderr();
    // It writes what it has recorded when it ends.
    drop(server);
    let recorded = fs::read_to_string(&file);
    let _ = fs::remove_file(&file);
    let failed = |reason| Error::Probe { contender: contender.name.clone(), reason, stderr: stderr.clone() };
    let asked = asked.map_err(|error| failed(format!("in the traced run: {error}")))?;
    let recorded = recorded.map_err(|error| failed(format!("its trace cannot be read: {error}")))?;
    let recorded =
        record::parse(&recorded).map_err(|error| failed(format!("its trace is damaged: {error}")))?;
    Ok(Some(join::join(contender.name.clone(), asked, recorded, &looks)))
}
