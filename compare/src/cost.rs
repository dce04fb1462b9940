//! What serving costs the server, read from outside its process. Linux only; elsewhere every figure is `None`.

use std::time::Instant;

use crate::Error;
use crate::child::Server;
use crate::load::Observer;
use crate::progress::Progress;
use crate::report::{Sample, ServerCost};

#[cfg_attr(not(target_os = "linux"), path = "cost/nowhere.rs")]
mod system;

use system::{CpuTimes, System};

pub(crate) use system::accept_queue;

/// Samples that a round keeps: more than a drawing has pixels for are thinned out.
const SAMPLES: usize = 512;

/// Watches a server during its window, and tells the progress on the way.
pub(crate) struct Watch<'a> {
    server: &'a mut Server,
    progress: &'a mut dyn Progress,
    /// `None` for a server that is no process of this comparison.
    system: Option<System>,
    memory_before: Option<u64>,
    /// From before the load: a client that a full queue turned away tries again after a second, and a round may be over
    /// by then.
    listen_before: Option<ListenDrops>,
    at_open: Option<Reading>,
    at_close: Option<Reading>,
    /// Highest number of threads seen in the window.
    threads: Option<u32>,
    /// Longest accept queue seen in the window.
    accept_queue: Option<u32>,
    in_window: bool,
    began: Instant,
    samples: Vec<Sample>,
    /// Every how many ticks there is a sample.
    stride: usize,
    ticks: usize,
    /// Overflows of listen queues, of which the samples tell already.
    overflows_told: u64,
}

/// Clocks and counters that only rise.
#[derive(Clone, Debug)]
struct Reading {
    server_cpu: Option<CpuTimes>,
    client_cpu_ns: Option<u64>,
    listen: Option<ListenDrops>,
}

/// Connection attempts that this machine's kernel has dropped at listening sockets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListenDrops {
    /// Because the queue was full.
    pub(crate) overflows: u64,
    /// For that and any other reason.
    pub(crate) drops: u64,
}

impl Server {
    /// CPU time of all its threads since its start, those that ended included, in nanoseconds. `None` once it has ended,
    /// for a server that is no process of this comparison, and elsewhere than on Linux.
    pub fn cpu_ns(&self) -> Option<u64> {
        Some(System::of(self.pid()?).cpu_times()?.total())
    }
}

/// What the window cost.
#[derive(Debug)]
pub(crate) struct Cost {
    /// CPU time of all threads of the server, those that ended included.
    pub(crate) server_cpu_ns: Option<u64>,
    /// CPU time of this thread.
    pub(crate) client_cpu_ns: Option<u64>,
    /// From before the load to the window's close.
    pub(crate) listen: Option<ListenDrops>,
    pub(crate) accept_queue: Option<u32>,
    pub(crate) threads: Option<u32>,
    /// The process's peak resident memory since its start.
    pub(crate) peak_memory_bytes: Option<u64>,
    /// How much of it came with the load.
    pub(crate) memory_growth_bytes: Option<u64>,
    /// The load over time.
    pub(crate) samples: Vec<Sample>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(server: &'a mut Server, progress: &'a mut dyn Progress) -> Self {
        let system = server.pid().map(|pid| match server.may_have_children() {
            true => System::of_group(pid),
            false => System::of(pid),
        });
        let listen_before = system::listen_drops();
        let memory_before = system.as_ref().and_then(System::peak_memory_bytes);
        Self {
            server,
            progress,
            system,
            memory_before,
            listen_before,
            at_open: None,
            at_close: None,
            threads: None,
            accept_queue: None,
            in_window: false,
            began: Instant::now(),
            samples: Vec::new(),
            stride: 1,
            ticks: 0,
            overflows_told: listen_before.map_or(0, |listen| listen.overflows),
        }
    }

    fn read(&self) -> Reading {
        Reading {
            server_cpu: self.system.as_ref().and_then(System::cpu_times),
            client_cpu_ns: system::own_cpu_ns(),
            listen: system::listen_drops(),
        }
    }

    fn sample(&mut self) {
        let addr = self.server.addr();
        let mut sample = Sample {
            at_ns: u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX),
            in_window: self.in_window,
            accept_queue: if addr.ip().is_loopback() { system::accept_queue(addr) } else { None },
            threads: self.system.as_ref().and_then(System::threads),
            overflows: 0,
        };
        if self.in_window {
            self.threads = self.threads.max(sample.threads);
            self.accept_queue = self.accept_queue.max(sample.accept_queue);
        }
        if self.ticks.is_multiple_of(self.stride) {
            let overflows = system::listen_drops().map_or(self.overflows_told, |listen| listen.overflows);
            sample.overflows = overflows.saturating_sub(self.overflows_told);
            self.overflows_told = overflows;
            self.samples.push(sample);
        }
        self.ticks += 1;
        if self.samples.len() == SAMPLES {
            self.overflows_told -= every_other(&mut self.samples);
            self.stride *= 2;
        }
    }

    /// The window's cost, while the server still runs.
    pub(crate) fn finish(self) -> Cost {
        let readings = self.at_open.as_ref().zip(self.at_close.as_ref());
        let server_cpu = readings
            .and_then(|(open, close)| Some(close.server_cpu.as_ref()?.since(open.server_cpu.as_ref()?)));
        let client_cpu =
            readings.and_then(|(open, close)| Some(close.client_cpu_ns?.saturating_sub(open.client_cpu_ns?)));
        let at_close = self.at_close.as_ref().and_then(|reading| reading.listen);
        let listen = self.listen_before.zip(at_close).map(|(before, close)| ListenDrops {
            overflows: close.overflows.saturating_sub(before.overflows),
            drops: close.drops.saturating_sub(before.drops),
        });
        let peak = self.system.as_ref().and_then(System::peak_memory_bytes);
        Cost {
            server_cpu_ns: server_cpu,
            client_cpu_ns: client_cpu,
            listen,
            accept_queue: self.accept_queue,
            threads: self.threads,
            peak_memory_bytes: peak,
            memory_growth_bytes: peak
                .zip(self.memory_before)
                .map(|(peak, before)| peak.saturating_sub(before)),
            samples: self.samples,
        }
    }
}

/// Leaves out every second sample. Its overflows go to the next that stays; those of the last are returned.
fn every_other(samples: &mut Vec<Sample>) -> u64 {
    let (mut at, mut carried) = (0_usize, 0);
    samples.retain_mut(|sample| {
        at += 1;
        sample.overflows += std::mem::take(&mut carried);
        let stays = !at.is_multiple_of(2);
        if !stays {
            carried = sample.overflows;
        }
        stays
    });
    carried
}

impl Observer for Watch<'_> {
    fn opened(&mut self) {
        self.in_window = true;
        self.sample();
        self.at_open = Some(self.read());
    }

    fn closed(&mut self) {
        self.at_close = Some(self.read());
        self.sample();
        self.in_window = false;
    }

    fn tick(&mut self, done: f64) -> Result<(), Error> {
        self.sample();
        self.progress.advance(done);
        if self.progress.cancelled() {
            return Err(Error::Interrupted);
        }
        self.server.check_alive()
    }
}

/// What a process has used in its whole life, as its parent learns after its end. Processes that other threads of this
/// program wait for at the same time are counted in.
#[derive(Debug)]
pub(crate) struct Life(Option<system::Ended>);

impl Life {
    pub(crate) fn begins() -> Self {
        Self(system::ended_children())
    }

    /// The server's cost for each answer: exact CPU time from the window, its division into user and system time and the
    /// switches from the whole life. To be called when the process has ended.
    pub(crate) fn ended(
        self,
        cost: &Cost,
        responses: u64,
        lifetime_responses: u64,
        connections: usize,
    ) -> ServerCost {
        let life = self.0.zip(system::ended_children()).map(|(before, after)| system::Ended {
            user_ns: after.user_ns.saturating_sub(before.user_ns),
            system_ns: after.system_ns.saturating_sub(before.system_ns),
            voluntary_switches: after.voluntary_switches.saturating_sub(before.voluntary_switches),
            involuntary_switches: after.involuntary_switches.saturating_sub(before.involuntary_switches),
        });
        // A server whose CPU time is unknown is not a child, and its life none of ours.
        let life = life.filter(|_| cost.server_cpu_ns.is_some());
        let cpu = cost.server_cpu_ns.filter(|_| responses > 0).map(|ns| ns / responses);
        let in_user_mode = life
            .filter(|life| life.user_ns + life.system_ns > 0)
            .map(|life| life.user_ns as f64 / (life.user_ns + life.system_ns) as f64);
        let per_answer = |count: fn(&system::Ended) -> u64| {
            life.as_ref()
                .filter(|_| lifetime_responses > 0)
                .map(|life| count(life) as f64 / lifetime_responses as f64)
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a part of an unsigned time"
        )]
        let user = cpu.zip(in_user_mode).map(|(ns, part)| (ns as f64 * part) as u64);
        ServerCost {
            cpu_ns_per_response: cpu,
            cpu_user_ns_per_response: user,
            cpu_system_ns_per_response: cpu.zip(user).map(|(all, user)| all - user),
            voluntary_switches_per_response: per_answer(|life| life.voluntary_switches),
            involuntary_switches_per_response: per_answer(|life| life.involuntary_switches),
            peak_memory_bytes: cost.peak_memory_bytes,
            memory_bytes_per_connection: cost
                .memory_growth_bytes
                .map(|bytes| bytes / connections.max(1) as u64),
            threads: cost.threads,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinned_samples_forget_no_overflow() {
        let sample =
            |overflows| Sample { at_ns: 0, in_window: true, accept_queue: None, threads: None, overflows };
        let mut samples: Vec<Sample> = [1, 2, 4, 8].map(sample).into();
        assert_eq!(every_other(&mut samples), 8);
        assert_eq!(samples, [sample(1), sample(6)]);
    }
}
