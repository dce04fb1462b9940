//! The clock that all processes of a machine share, and a thread's own.

use nix::time::{ClockId, clock_gettime};

/// Nanoseconds since the machine's start.
pub(super) fn now_ns() -> Option<u64> {
    read(ClockId::CLOCK_MONOTONIC)
}

/// The time for which this thread was on a processor.
pub(super) fn cpu_ns() -> Option<u64> {
    read(ClockId::CLOCK_THREAD_CPUTIME_ID)
}

fn read(clock: ClockId) -> Option<u64> {
    let time = clock_gettime(clock).ok()?;
    let seconds = u64::try_from(time.tv_sec()).ok()?;
    seconds.checked_mul(1_000_000_000)?.checked_add(u64::try_from(time.tv_nsec()).ok()?)
}
