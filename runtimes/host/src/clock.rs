//! The system's monotonic clock.

#[cfg(target_os = "linux")]
use nix::time::{ClockId, clock_gettime};
use polyserve_core::time::Clock;
#[cfg(target_os = "linux")]
use std::time::Duration;
use std::time::Instant;

/// What every real host gives its [`App`](polyserve_core::App).
///
/// A coarse look is that of the kernel's last tick, some 1 to 10 ms ago, where there is one (Linux's
/// `CLOCK_MONOTONIC_COARSE`): it reads memory, where a precise one asks the processor as well and takes several times
/// as long.
#[derive(Debug)]
pub struct SystemClock {
    /// When the kernel's clocks have begun to count, or a moment before.
    #[cfg(target_os = "linux")]
    origin: Instant,
}

impl SystemClock {
    /// A clock that is in step with [`Instant::now`].
    #[must_use]
    pub fn new() -> SystemClock {
        SystemClock {
            // In this order, so that no coarse look is ahead of a precise one.
            #[cfg(target_os = "linux")]
            origin: Instant::now() - read(ClockId::CLOCK_MONOTONIC),
        }
    }
}

impl Default for SystemClock {
    fn default() -> SystemClock {
        SystemClock::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    #[cfg(target_os = "linux")]
    fn coarse(&self) -> Instant {
        self.origin + read(ClockId::CLOCK_MONOTONIC_COARSE)
    }
}

/// What a clock shows, that counts from the start of the system.
#[cfg(target_os = "linux")]
fn read(clock: ClockId) -> Duration {
    // Every kernel that Rust's standard library runs on has both, and none of them is before the system's start.
    clock_gettime(clock).map(Duration::from).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_coarse_look_is_not_far_from_a_precise_one() {
        let clock = SystemClock::new();
        let before = clock.now();
        // A tick is 10 ms at the most; a busy machine may stand still between the two looks.
        while clock.coarse() < before {
            assert!(before.elapsed() < Duration::from_secs(10), "the coarse clock stands still");
            std::hint::spin_loop();
        }
        assert!(clock.coarse() <= clock.now());
    }
}
