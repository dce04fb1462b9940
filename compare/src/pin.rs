//! Cores of their own for servers and load generator, so that neither takes the other's time.

use serde::{Deserialize, Serialize};

/// Who may run where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cores {
    /// The servers' cores.
    pub server: Vec<usize>,
    /// The load generator's core.
    pub client: usize,
}

/// While it lives, this thread runs on the client's core; then where it ran before.
#[derive(Debug)]
pub(crate) struct Pinned {
    cores: Cores,
    #[cfg(target_os = "linux")]
    before: nix::sched::CpuSet,
}

impl Pinned {
    /// The last core of this thread's for the load generator, the others for servers; `None` if there is but one, or if
    /// the system has no such thing.
    #[cfg(target_os = "linux")]
    pub(crate) fn pin() -> Option<Self> {
        use nix::sched::{CpuSet, sched_getaffinity};

        let before = sched_getaffinity(THIS_THREAD).ok()?;
        let mut server: Vec<usize> =
            (0..CpuSet::count()).filter(|core| before.is_set(*core).unwrap_or(false)).collect();
        let client = server.pop().filter(|_| !server.is_empty())?;
        let pinned = Self { cores: Cores { server, client }, before };
        run_on(&[client])?;
        Some(pinned)
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn pin() -> Option<Self> {
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
        match Pinned::pin() {
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
}
