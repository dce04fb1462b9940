//! Where servers and load generator run.

use serde::{Deserialize, Serialize};

/// Which cores servers and load generator get. Linux only; elsewhere the system chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// Cores of their own, where there are two: neither takes the other's time, and rates are the servers'.
    #[default]
    Apart,
    /// One core for both. While one runs the other collects work, so all servers meet equally large batches, and the CPU
    /// time of a request says what a server is made of; rates are then those of both together.
    Together,
    /// The system's choice.
    Anywhere,
}

/// Who may run where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cores {
    /// The servers' cores.
    pub server: Vec<usize>,
    /// The load generator's core.
    pub client: usize,
}

impl Cores {
    /// Whether the load generator takes the servers' time.
    pub fn are_shared(&self) -> bool {
        self.server.contains(&self.client)
    }
}

/// While it lives, this thread runs on the client's core; then where it ran before.
#[derive(Debug)]
pub(crate) struct Pinned {
    cores: Cores,
    #[cfg(target_os = "linux")]
    before: nix::sched::CpuSet,
}

impl Pinned {
    /// The last core of this thread's for the load generator, and the others or the same for servers. `None` if that is
    /// not asked for, if there is but one for both, or if the system has no such thing.
    #[cfg(target_os = "linux")]
    pub(crate) fn pin(placement: Placement) -> Option<Self> {
        use nix::sched::{CpuSet, sched_getaffinity};

        let before = sched_getaffinity(THIS_THREAD).ok()?;
        let mut server: Vec<usize> =
            (0..CpuSet::count()).filter(|core| before.is_set(*core).unwrap_or(false)).collect();
        let client = server.pop()?;
        match placement {
            Placement::Apart if server.is_empty() => return None,
            Placement::Apart => {}
            Placement::Together => server = vec![client],
            Placement::Anywhere => return None,
        }
        let pinned = Self { cores: Cores { server, client }, before };
        run_on(&[client])?;
        Some(pinned)
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn pin(_placement: Placement) -> Option<Self> {
        None
    }

    pub(crate) fn cores(&self) -> &Cores {
        &self.cores
    }

    /// Does something on the servers' cores: a process started there stays there, with all its threads.
    pub(crate) fn on_server_cores<T>(&self, start: impl FnOnce() -> T) -> T {
        #[cfg(target_os = "linux")]
        run_on(&self.cores.server);
        let started = start();
        #[cfg(target_os = "linux")]
        run_on(&[self.cores.client]);
        started
    }
}

#[cfg(target_os = "linux")]
const THIS_THREAD: nix::unistd::Pid = nix::unistd::Pid::from_raw(0);

#[cfg(target_os = "linux")]
fn run_on(cores: &[usize]) -> Option<()> {
    let mut set = nix::sched::CpuSet::new();
    for core in cores {
        set.set(*core).ok()?;
    }
    nix::sched::sched_setaffinity(THIS_THREAD, &set).ok()
}

#[cfg(target_os = "linux")]
impl Drop for Pinned {
    fn drop(&mut self) {
        // It was allowed a moment ago.
        let _ = nix::sched::sched_setaffinity(THIS_THREAD, &self.before);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use nix::sched::sched_getaffinity;

    fn allowed() -> Vec<usize> {
        let set = sched_getaffinity(THIS_THREAD).expect("a thread may ask where it may run");
        (0..nix::sched::CpuSet::count()).filter(|core| set.is_set(*core) == Ok(true)).collect()
    }

    #[test]
    fn server_and_client_have_different_cores_and_the_thread_gets_its_own_back() {
        let before = allowed();
        match Pinned::pin(Placement::Apart) {
            None => assert_eq!(before.len(), 1),
            Some(pinned) => {
                let Cores { server, client } = pinned.cores().clone();
                assert_eq!(allowed(), [client]);
                assert_eq!(pinned.on_server_cores(allowed), server);
                assert!(!server.contains(&client) && server.len() + 1 == before.len());
                drop(pinned);
            }
        }
        assert_eq!(allowed(), before);
    }

    #[test]
    fn together_they_have_one_core_and_anywhere_they_keep_all() {
        let before = allowed();
        let pinned = Pinned::pin(Placement::Together).expect("there is a core");
        assert!(pinned.cores().are_shared());
        assert_eq!(allowed(), before[before.len() - 1..]);
        assert_eq!(pinned.on_server_cores(allowed), allowed());
        drop(pinned);
        assert!(Pinned::pin(Placement::Anywhere).is_none());
        assert_eq!(allowed(), before);
    }
}
