//! What the kernel's books say, on Linux.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;

use nix::sys::resource::{UsageWho, getrusage};
use nix::time::{ClockId, clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;

use super::ListenDrops;

/// Lines of the socket table that are searched for a listener: the kernel lists those first, and whoever has more of
/// them does without the figure rather than with a slow one.
const LISTENERS: usize = 256;

/// The books about a server.
pub(crate) struct System {
    pid: u32,
    /// Whether the processes of its group are looked for. That reads a file of every process of the machine, so it is
    /// done only for servers that may have more than one.
    group: bool,
}

/// CPU time of all threads of each process, those that ended included.
#[derive(Clone, Debug)]
pub(crate) struct CpuTimes(Vec<(u32, u64)>);

impl CpuTimes {
    pub(crate) fn total(&self) -> u64 {
        self.0.iter().map(|(_, ns)| ns).sum()
    }

    /// What was used since an earlier reading. What a process has used that ended in between is lost.
    pub(crate) fn since(&self, earlier: &Self) -> u64 {
        let before = |pid| earlier.0.iter().find(|(other, _)| *other == pid).map_or(0, |(_, ns)| *ns);
        self.0.iter().map(|(pid, ns)| ns.saturating_sub(before(*pid))).sum()
    }
}

impl System {
    /// The process alone.
    pub(crate) fn of(pid: u32) -> Self {
        Self { pid, group: false }
    }

    /// The process and the others of the group that it leads.
    pub(crate) fn of_group(pid: u32) -> Self {
        Self { pid, group: true }
    }

    /// `None` if the process itself is gone.
    pub(crate) fn cpu_times(&self) -> Option<CpuTimes> {
        let own = (self.pid, cpu_ns(self.pid)?);
        let others = self.others().filter_map(|pid| Some((pid, cpu_ns(pid)?)));
        Some(CpuTimes(std::iter::once(own).chain(others).collect()))
    }

    pub(crate) fn threads(&self) -> Option<u32> {
        status(self.pid, "Threads:")?.parse().ok()
    }

    /// Of all processes together: pages that they share are counted for each.
    pub(crate) fn peak_memory_bytes(&self) -> Option<u64> {
        let peak = |pid| status(pid, "VmHWM:")?.parse::<u64>().ok()?.checked_mul(1024);
        Some(peak(self.pid)? + self.others().filter_map(peak).sum::<u64>())
    }

    fn others(&self) -> impl Iterator<Item = u32> {
        let processes = self.group.then(|| fs::read_dir("/proc").ok()).flatten();
        let pids = processes.into_iter().flatten().flatten();
        let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        pids.filter(|pid| *pid != self.pid && group_of(*pid) == Some(self.pid))
    }
}

fn cpu_ns(pid: u32) -> Option<u64> {
    read_clock(clock_getcpuclockid(Pid::from_raw(i32::try_from(pid).ok()?)).ok()?)
}

fn status(pid: u32, name: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status_field(&status, name).map(str::to_owned)
}

/// The process group, in the format of proc_pid_stat(5): the third field after the name, which is in parentheses and may
/// have any character in it.
fn group_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(2)?.parse().ok()
}

/// CPU time of this thread.
pub(crate) fn own_cpu_ns() -> Option<u64> {
    read_clock(ClockId::CLOCK_THREAD_CPUTIME_ID)
}

/// What all children of this process that have ended and were waited for have used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) user_ns: u64,
    pub(crate) system_ns: u64,
    pub(crate) voluntary_switches: u64,
    pub(crate) involuntary_switches: u64,
}

/// /proc/PID/status counts the switches of one thread, and forgets threads that have ended; this does neither.
pub(crate) fn ended_children() -> Option<Ended> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
    let ns = |time: nix::sys::time::TimeVal| {
        let seconds = u64::try_from(time.tv_sec()).ok()?;
        let micros = u64::try_from(time.tv_usec()).ok()?;
        seconds.checked_mul(1_000_000_000)?.checked_add(micros * 1_000)
    };
    Some(Ended {
        user_ns: ns(usage.user_time())?,
        system_ns: ns(usage.system_time())?,
        voluntary_switches: u64::try_from(usage.voluntary_context_switches()).ok()?,
        involuntary_switches: u64::try_from(usage.involuntary_context_switches()).ok()?,
    })
}

/// This machine's count of clients that a full queue turned away.
pub(crate) fn listen_drops() -> Option<ListenDrops> {
    let netstat = fs::read_to_string("/proc/net/netstat").ok()?;
    Some(ListenDrops {
        overflows: netstat_field(&netstat, "ListenOverflows")?,
        drops: netstat_field(&netstat, "ListenDrops")?,
    })
}

/// Clients that the kernel has connected and the server has not accepted yet.
pub(crate) fn accept_queue(addr: SocketAddr) -> Option<u32> {
    let tables: &[&str] = if addr.is_ipv4() {
        // A server on [::] takes IPv4 clients, too.
        &["/proc/net/tcp", "/proc/net/tcp6"]
    } else {
        &["/proc/net/tcp6"]
    };
    tables.iter().find_map(|table| {
        let lines = BufReader::new(File::open(table).ok()?).lines().skip(1).take(LISTENERS);
        lines.map_while(Result::ok).find_map(|line| queue_in_line(&line, addr.port()))
    })
}

/// The receive queue of a listening socket, in the format of proc_net_tcp(5): for one that listens, it is the number of
/// connections not accepted.
fn queue_in_line(line: &str, port: u16) -> Option<u32> {
    let mut fields = line.split_whitespace().skip(1);
    let (_, local_port) = fields.next()?.rsplit_once(':')?;
    let (_, state, queues) = (fields.next()?, fields.next()?, fields.next()?);
    let is_it = state == "0A" && u16::from_str_radix(local_port, 16) == Ok(port);
    let (_, receive) = queues.split_once(':')?;
    is_it.then(|| u32::from_str_radix(receive, 16).ok()).flatten()
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
    use std::net::{TcpListener, TcpStream};

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
        let used = own.cpu_times().unwrap();
        assert!(used.since(&CpuTimes(Vec::new())) > 0);
        assert_eq!(used.since(&used), 0);
        assert!(own_cpu_ns() > Some(0));
    }

    #[test]
    fn a_process_that_is_gone_has_no_figures_but_leaves_its_usage() {
        let before = ended_children().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        let gone = System::of(child.id());
        assert_eq!(gone.threads(), None);
        assert!(gone.cpu_times().is_none());
        let after = ended_children().unwrap();
        assert!(after.voluntary_switches + after.involuntary_switches > before.voluntary_switches);
        assert!(after.user_ns + after.system_ns > before.user_ns + before.system_ns);
    }

    #[test]
    fn a_group_is_its_leader_and_whom_it_has_started() {
        use std::io::{BufRead, BufReader};
        use std::os::unix::process::CommandExt;
        use std::process::{Command, Stdio};

        // The shell's child works, and the shell waits for it.
        let script = "(i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done; echo worked; read _) <&3";
        let mut leader = Command::new("sh")
            .args(["-c", &format!("exec 3<&0; {script}; exit 0")])
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(leader.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "worked\n");
        let (alone, group) = (System::of(leader.id()), System::of_group(leader.id()));
        assert_eq!(alone.cpu_times().unwrap().0.len(), 1);
        assert_eq!(group.cpu_times().unwrap().0.len(), 2);
        let nothing = CpuTimes(Vec::new());
        let used = |system: &System| system.cpu_times().unwrap().since(&nothing);
        assert!(used(&group) > used(&alone));
        assert!(group.peak_memory_bytes() > alone.peak_memory_bytes());
        drop(leader.stdin.take());
        assert!(leader.wait().unwrap().success());
        assert_eq!(group.others().count(), 0);
    }

    #[test]
    fn clients_that_nobody_accepts_stand_in_the_queue() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        assert_eq!(accept_queue(addr), Some(0));
        let clients = [TcpStream::connect(addr).unwrap(), TcpStream::connect(addr).unwrap()];
        assert_eq!(accept_queue(addr), Some(2));
        drop(listener.accept().unwrap());
        assert_eq!(accept_queue(addr), Some(1));
        drop((clients, listener));
        assert_eq!(accept_queue(addr), None);
    }
}
