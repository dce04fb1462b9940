//! What becomes of futures that only work on one executor: tokio's look for theirs when they are polled, and
//! panic when it is not there.

/// What tokio's panics say when a future of its own is awaited, or a task spawned, outside of it.
const NO_TOKIO: &str = "must be called from the context of a Tokio 1.x runtime";

/// What they say inside a tokio runtime that somebody has built without the driver the future needs.
const NO_DRIVER: &str = "A Tokio 1.x context was found, but";

/// What they say when something blocks that tokio's own threads must not wait for.
const NESTED: [&str; 2] =
    ["Cannot start a runtime from within a runtime", "Cannot drop a runtime in a context where"];

/// The runtimes that host such futures, as a program names them.
pub const TOKIO_RUNTIMES: [&str; 2] = ["runtime::asynchronous", "runtime::hyper"];

/// What the log says when a handler panics with `message` on `runtime`, which has no tokio.
pub(crate) fn without_tokio(runtime: &str, message: &str) -> Option<String> {
    if message.contains(NO_TOKIO) {
        let hosts = TOKIO_RUNTIMES.map(|name| format!("`{name}`")).join(" or ");
        return Some(format!(
            "it uses something that only works on tokio, and {runtime} has none: serve it on {hosts}, or use what \
             works everywhere, such as `polyserve::time::sleep` ({message})"
        ));
    }
    message.contains(NO_DRIVER).then(|| {
        format!("it has entered a tokio runtime that lacks a driver: build that one with `enable_all()` ({message})")
    })
}

/// What the log says when a handler panics with `message` inside tokio.
pub(crate) fn within_tokio(message: &str) -> Option<String> {
    NESTED.iter().any(|nested| message.contains(nested)).then(|| {
        format!("it blocks on a tokio runtime of its own, inside tokio: make it `#[handler(blocking)]` ({message})")
    })
}
