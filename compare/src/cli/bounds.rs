//! The bounds on what peers may send and on how long things may take, as flags of `serve`.

use super::args::duration;
use bytesize::ByteSize;
use polyserve_core::{Limits, Timeouts};
use polyserve_host::{ServeOptions, StallWarning, Strategy};
use std::{fmt::Write, num::NonZeroUsize, time::Duration};

/// Every member of [`Timeouts`] and [`Limits`], and the cap on connections.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Bounds {
    /// From the first byte of a request to the end of its head; then 408
    #[arg(long, default_value = "5s", value_parser = duration, value_name = "DURATION", help_heading = "Timeouts")]
    head_timeout: Duration,

    /// Between two requests of a connection
    #[arg(long, default_value = "75s", value_parser = duration, value_name = "DURATION", help_heading = "Timeouts")]
    idle_timeout: Duration,

    /// For a request body that is waited for, beside what its bytes buy; then 408
    #[arg(long, default_value = "30s", value_parser = duration, value_name = "DURATION", help_heading = "Timeouts")]
    body_timeout: Duration,

    /// Bytes of a request body that buy a second more; 0: each byte buys the whole time
    #[arg(long, default_value = "500B", value_parser = rate, value_name = "SIZE/S", help_heading = "Timeouts")]
    body_rate: u32,

    /// Without the client taking a byte of the answer
    #[arg(long, default_value = "30s", value_parser = duration, value_name = "DURATION", help_heading = "Timeouts")]
    write_timeout: Duration,

    /// From the request's head to the answer's; then 503
    #[arg(long, default_value = "60s", value_parser = duration, value_name = "DURATION", help_heading = "Timeouts")]
    handler_timeout: Duration,

    /// For the client to close after the last answer
    #[arg(long, default_value = "2s", value_parser = duration, value_name = "DURATION", help_heading = "Timeouts")]
    linger_timeout: Duration,

    /// For the requests in flight when the server stops
    #[arg(long, default_value = "30s", value_parser = duration, value_name = "DURATION", help_heading = "Timeouts")]
    grace: Duration,

    /// A request head; above it 431
    #[arg(long, default_value = "16KiB", value_name = "SIZE", help_heading = "Limits")]
    max_head: ByteSize,

    /// The header fields of a request; above it 431
    #[arg(long, default_value_t = 100, value_name = "N", help_heading = "Limits")]
    max_headers: usize,

    /// A request target; above it 414
    #[arg(long, default_value = "8KiB", value_name = "SIZE", help_heading = "Limits")]
    max_target: ByteSize,

    /// A request body that a handler takes as a whole; above it 413
    #[arg(long, default_value = "8MiB", value_name = "SIZE", help_heading = "Limits")]
    max_body: ByteSize,

    /// A request body that no handler reads; above it the connection is closed
    #[arg(long, default_value = "64KiB", value_name = "SIZE", help_heading = "Limits")]
    max_drain: ByteSize,

    /// Requests on one connection [default: no bound]
    #[arg(long, value_name = "N", help_heading = "Limits")]
    max_requests: Option<u64>,

    /// Connections at the same time; further clients wait [default: the descriptor limit less 64]
    #[arg(long, value_name = "N", help_heading = "Limits")]
    max_connections: Option<NonZeroUsize>,

    /// How long a handler may hold a loop before the log names it, or off [default: 50ms in debug builds, else off]
    #[arg(long, value_parser = stall_warning, value_name = "DURATION", help_heading = "Log")]
    stall_warning: Option<StallWarning>,
}

impl Bounds {
    /// Puts the bounds in force.
    pub(super) fn set(&self, options: &mut ServeOptions) {
        let Timeouts { head, idle, body, body_rate, write, handler, linger, grace, .. } =
            &mut options.timeouts;
        *body_rate = self.body_rate;
        *head = self.head_timeout;
        *idle = self.idle_timeout;
        *body = self.body_timeout;
        *write = self.write_timeout;
        *handler = self.handler_timeout;
        *linger = self.linger_timeout;
        *grace = self.grace;
        let Limits { head, headers, target, body, drain, requests, .. } = &mut options.limits;
        *head = in_memory(self.max_head);
        *headers = self.max_headers;
        *target = in_memory(self.max_target);
        *body = self.max_body.as_u64();
        *drain = self.max_drain.as_u64();
        *requests = self.max_requests.unwrap_or(u64::MAX);
        options.max_connections = self.max_connections.map(NonZeroUsize::get);
        options.stall_warning = self.stall_warning.unwrap_or_default();
    }
}

fn stall_warning(text: &str) -> Result<StallWarning, String> {
    match text {
        "off" => Ok(StallWarning::Off),
        text => duration(text).map(StallWarning::After).map_err(|error| format!("{error}, or it is `off`")),
    }
}

/// Bytes in a second.
fn rate(text: &str) -> Result<u32, String> {
    let rate: ByteSize = text.trim_end_matches("/s").parse()?;
    u32::try_from(rate.as_u64()).map_err(|_| "a rate is at most 4 GiB a second".to_owned())
}

/// A size beyond the address space is as good as no bound.
fn in_memory(size: ByteSize) -> usize {
    usize::try_from(size.as_u64()).unwrap_or(usize::MAX)
}

/// The bounds in force on `runtime`, one flag a line, in a form that the command line takes back.
pub(super) fn in_force(options: &ServeOptions, runtime: &Strategy) -> String {
    let Timeouts { head, idle, body, write, handler, linger, grace, .. } = options.timeouts;
    let mut text = String::new();
    let timeouts = [
        ("head-timeout", head),
        ("idle-timeout", idle),
        ("body-timeout", body),
        ("write-timeout", write),
        ("handler-timeout", handler),
        ("linger-timeout", linger),
        ("grace", grace),
    ];
    for (flag, timeout) in timeouts {
        line(&mut text, flag, &time(timeout));
    }
    line(&mut text, "body-rate", &size(options.timeouts.body_rate.into()));
    let Limits { head, headers, target, body, drain, requests, .. } = options.limits;
    line(&mut text, "max-head", &size(head as u64));
    line(&mut text, "max-headers", &headers.to_string());
    line(&mut text, "max-target", &size(target as u64));
    line(&mut text, "max-body", &size(body));
    line(&mut text, "max-drain", &size(drain));
    if requests != u64::MAX {
        line(&mut text, "max-requests", &requests.to_string());
    }
    line(&mut text, "max-connections", &options.connections().to_string());
    let stall_warning = options.stall_warning.bound().filter(|_| runtime.capabilities.has_a_loop());
    line(&mut text, "stall-warning", &stall_warning.map_or_else(|| "off".to_owned(), time));
    text
}

fn line(text: &mut String, flag: &str, value: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "--{flag} {value}");
}

fn time(duration: Duration) -> String {
    humantime::format_duration(duration).to_string().replace(' ', "")
}

/// Whole units where there are some, so that nothing is lost to rounding.
fn size(bytes: u64) -> String {
    [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        .into_iter()
        .find(|(_, unit)| bytes >= *unit && bytes.is_multiple_of(*unit))
        .map_or_else(|| format!("{bytes}B"), |(name, unit)| format!("{}{name}", bytes / unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use polyserve_host::{Capabilities, Held};

    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        bounds: Bounds,
    }

    fn options(flags: &[&str]) -> ServeOptions {
        let flags =
            Flags::try_parse_from([&["serve"], flags].concat()).unwrap_or_else(|error| panic!("{error}"));
        let mut options = ServeOptions::default();
        flags.bounds.set(&mut options);
        options
    }

    #[test]
    fn without_flags_the_defaults_are_the_librarys() {
        let (flags, library) = (options(&[]), ServeOptions::default());
        assert_eq!(flags.limits, library.limits);
        assert_eq!(flags.timeouts, library.timeouts);
        assert_eq!(flags.max_connections, None);
    }

    #[test]
    fn what_is_printed_can_be_said_again() {
        let said = [
            "--head-timeout",
            "1s500ms",
            "--idle-timeout",
            "2m",
            "--body-timeout",
            "3s",
            "--write-timeout",
            "4s",
            "--handler-timeout",
            "5s",
            "--linger-timeout",
            "6s",
            "--grace",
            "7s",
            "--body-rate",
            "8KiB",
            "--max-head",
            "9KiB",
            "--max-headers",
            "10",
            "--max-target",
            "1000B",
            "--max-body",
            "1GiB",
            "--max-drain",
            "13MiB",
            "--max-requests",
            "14",
            "--max-connections",
            "15",
            "--stall-warning",
            "16ms",
        ];
        let printed = in_force(&options(&said), &LOOP);
        assert_eq!(printed.split_whitespace().collect::<Vec<_>>(), said);
    }

    /// A runtime whose connections share a loop.
    const LOOP: Strategy = Strategy {
        name: "loop",
        summary: "",
        tutorial: "",
        capabilities: Capabilities::new(Held::Loop),
        serve: |_, _, _| Ok(()),
    };

    #[test]
    fn the_stall_warning_that_is_printed_is_one_that_the_runtime_takes() {
        let last = |flags: &[&str], runtime| {
            let printed = in_force(&options(flags), &runtime);
            printed.lines().last().map(str::to_owned).unwrap()
        };
        let threads = Strategy { capabilities: Capabilities::new(Held::Thread), ..LOOP };
        let usual = if cfg!(debug_assertions) { "--stall-warning 50ms" } else { "--stall-warning off" };
        assert_eq!(last(&[], LOOP), usual);
        assert_eq!(last(&[], threads), "--stall-warning off");
        assert_eq!(last(&["--stall-warning", "off"], LOOP), "--stall-warning off");
    }

    #[test]
    fn a_stall_warning_that_is_no_time_is_explained() {
        let error = Flags::try_parse_from(["serve", "--stall-warning", "never"]).err().unwrap().to_string();
        assert!(error.contains("a duration has a unit, as in 100ms, 5s or 2m, or it is `off`"), "{error}");
    }
}
