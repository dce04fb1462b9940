//! What serving costs the server, read from outside its process. Linux only; elsewhere every figure is `None`.

use crate::Error;
use crate::child::Server;
use crate::load::Observer;
use crate::progress::Progress;

/// Watches a server during its window, and tells the progress on the way.
pub(crate) struct Watch<'a> {
    server: &'a mut Server,
    progress: &'a mut dyn Progress,
    system: system::System,
    at_open: Option<Reading>,
    at_close: Option<Reading>,
    /// Highest number of threads seen in the window.
    threads: Option<u32>,
    in_window: bool,
}

/// Clocks and counters that only rise.
#[derive(Clone, Copy, Debug)]
struct Reading {
    server_cpu_ns: Option<u64>,
    client_cpu_ns: Option<u64>,
    listen_overflows: Option<u64>,
}

/// What the window cost.
#[derive(Debug)]
pub(crate) struct Cost {
    /// CPU time of all threads of the server, those that ended included.
    pub(crate) server_cpu_ns: Option<u64>,
    /// CPU time of this thread.
    pub(crate) client_cpu_ns: Option<u64>,
    /// Connections this machine's kernel dropped because a listen queue was full.
    pub(crate) listen_overflows: Option<u64>,
    pub(crate) threads: Option<u32>,
    /// The process's peak resident memory since its start.
    pub(crate) peak_memory_bytes: Option<u64>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(server: &'a mut Server, progress: &'a mut dyn Progress) -> Self {
        let system = system::System::of(server.pid());
        Self { server, progress, system, at_open: None, at_close: None, threads: None, in_window: false }
    }

    fn read(&self) -> Reading {
        Reading {
            server_cpu_ns: self.system.server_cpu_ns(),
            client_cpu_ns: self.system.client_cpu_ns(),
            listen_overflows: self.system.listen_overflows(),
        }
    }

    fn sample_threads(&mut self) {
        self.threads = self.threads.max(self.system.threads());
    }

    /// The window's cost, while the server still runs.
    pub(crate) fn finish(self) -> Cost {
        let between = |get: fn(&Reading) -> Option<u64>| {
            let (open, close) = (self.at_open.as_ref()?, self.at_close.as_ref()?);
            Some(get(close)?.saturating_sub(get(open)?))
        };
        Cost {
            server_cpu_ns: between(|reading| reading.server_cpu_ns),
            client_cpu_ns: between(|reading| reading.client_cpu_ns),
            listen_overflows: between(|reading| reading.listen_overflows),
            threads: self.threads,
            peak_memory_bytes: self.system.peak_memory_bytes(),
        }
    }
}

impl Observer for Watch<'_> {
    fn opened(&mut self) {
        self.in_window = true;
        self.sample_threads();
        self.at_open = Some(self.read());
    }

    fn closed(&mut self) {
        self.at_close = Some(self.read());
        self.sample_threads();
        self.in_window = false;
    }

    fn tick(&mut self, done: f64) -> Result<(), Error> {
        if self.in_window {
            self.sample_threads();
        }
        self.progress.advance(done);
        self.server.check_alive()
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs;

    use nix::time::{ClockId, clock_getcpuclockid, clock_gettime};
    use nix::unistd::Pid;

    /// The kernel's books about one process.
    pub(super) struct System {
        cpu_clock: Option<ClockId>,
        status_path: String,
    }

    impl System {
        pub(super) fn of(pid: u32) -> Self {
            let cpu_clock =
                i32::try_from(pid).ok().and_then(|pid| clock_getcpuclockid(Pid::from_raw(pid)).ok());
            Self { cpu_clock, status_path: format!("/proc/{pid}/status") }
        }

        pub(super) fn server_cpu_ns(&self) -> Option<u64> {
            read_clock(self.cpu_clock?)
        }

        pub(super) fn client_cpu_ns(&self) -> Option<u64> {
            read_clock(ClockId::CLOCK_THREAD_CPUTIME_ID)
        }

        pub(super) fn threads(&self) -> Option<u32> {
            let status = fs::read_to_string(&self.status_path).ok()?;
            status_field(&status, "Threads:")?.parse().ok()
        }

        pub(super) fn peak_memory_bytes(&self) -> Option<u64> {
            let status = fs::read_to_string(&self.status_path).ok()?;
            let kib: u64 = status_field(&status, "VmHWM:")?.parse().ok()?;
            kib.checked_mul(1024)
        }

        pub(super) fn listen_overflows(&self) -> Option<u64> {
            netstat_field(&fs::read_to_string("/proc/net/netstat").ok()?, "ListenOverflows")
        }
    }

    fn read_clock(clock: ClockId) -> Option<u64> {
        let time = clock_gettime(clock).ok()?;
        let seconds = u64::try_from(time.tv_sec()).ok()?;
        let nanos = u64::try_from(time.tv_nsec()).ok()?;
        seconds.checked_mul(1_000_000_000)?.checked_add(nanos)
    }

    /// The first word after the name, in the format of proc_pid_status(5).
    fn status_field<'a>(status: &'a str, name: &str) -> Option<&'a str> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()
    }

    /// A TcpExt counter: names and values stand in two lines, in the same order.
    fn netstat_field(netstat: &str, name: &str) -> Option<u64> {
        let mut lines = netstat.lines().filter(|line| line.starts_with("TcpExt:"));
        let at = lines.next()?.split_whitespace().position(|field| field == name)?;
        lines.next()?.split_whitespace().nth(at)?.parse().ok()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn fields_are_found_by_name() {
            let status = "Name:\tx\nVmHWM:\t    2204 kB\nThreads:\t11\n";
            assert_eq!(status_field(status, "VmHWM:"), Some("2204"));
            assert_eq!(status_field(status, "Threads:"), Some("11"));
            assert_eq!(status_field(status, "VmPeak:"), None);
            let netstat = "TcpExt: A ListenOverflows B\nTcpExt: 1 22 3\nIpExt: A\nIpExt: 9\n";
            assert_eq!(netstat_field(netstat, "ListenOverflows"), Some(22));
            assert_eq!(netstat_field(netstat, "C"), None);
        }

        #[test]
        fn this_process_can_be_read() {
            let own = System::of(std::process::id());
            assert!(own.threads() >= Some(1));
            assert!(own.peak_memory_bytes() > Some(0));
            assert!(own.server_cpu_ns() > Some(0));
            assert!(own.client_cpu_ns() > Some(0));
        }

        #[test]
        fn a_process_that_is_gone_has_no_figures() {
            let mut child = std::process::Command::new("true").spawn().unwrap();
            child.wait().unwrap();
            let gone = System::of(child.id());
            assert_eq!(gone.threads(), None);
            assert_eq!(gone.server_cpu_ns(), None);
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    pub(super) struct System;

    impl System {
        pub(super) fn of(_pid: u32) -> Self {
            Self
        }
        pub(super) fn server_cpu_ns(&self) -> Option<u64> {
            None
        }
        pub(super) fn client_cpu_ns(&self) -> Option<u64> {
            None
        }
        pub(super) fn threads(&self) -> Option<u32> {
            None
        }
        pub(super) fn peak_memory_bytes(&self) -> Option<u64> {
            None
        }
        pub(super) fn listen_overflows(&self) -> Option<u64> {
            None
        }
    }
}
