//! One entry in tokio's timer wheel for whatever a task waits for next.

use crate::heard::Heard;
use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};
use tokio::time::{Sleep, sleep_until};

/// Made when it is first needed, and moved only when it would ring too late: a request that ends before its
/// deadlines leaves the timer wheel alone.
#[derive(Debug, Default)]
pub struct Alarm {
    entry: Option<Pin<Box<Sleep>>>,
    /// When the entry rings: a copy beside it, since the entry itself is memory that has gone cold.
    rings: Option<Instant>,
    heard: Heard,
}

impl Alarm {
    /// Ready when the alarm rings: at `at`, or before it, for an earlier deadline that has passed since.
    /// Without `at` there is nothing to wait for. `now` is not later than the time of the call.
    pub fn poll(&mut self, at: Option<Instant>, now: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let Some(at) = at else { return Poll::Pending };
        if self.rings.is_some_and(|rings| now < rings && rings <= at) && self.heard.by(cx) {
            return Poll::Pending;
        }
        let at = tokio::time::Instant::from_std(at);
        let entry = self.entry.get_or_insert_with(|| Box::pin(sleep_until(at)));
        if entry.deadline() > at || entry.is_elapsed() {
            entry.as_mut().reset(at);
        }
        self.rings = Some(entry.deadline().into_std());
        self.heard.poll(entry.as_mut(), cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{future::poll_fn, mem, task::Waker, time::Duration};
    use tokio::{
        runtime,
        task::coop::{has_budget_remaining, poll_proceed},
        time::sleep,
    };

    const SOON: Duration = Duration::from_secs(10);
    const BRIEFLY: Duration = Duration::from_millis(50);

    /// Whether an alarm rings that `poll` asks, whenever it is polled.
    fn rings(mut poll: impl FnMut(&mut Alarm, &mut Context<'_>) -> Poll<()>) -> bool {
        let runtime = runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let mut alarm = Alarm::default();
        runtime.block_on(async {
            tokio::select! {
                // First: the end of the time does not wake the alarm's part.
                biased;
                () = sleep(SOON) => false,
                () = poll_fn(|cx| poll(&mut alarm, cx)) => true,
            }
        })
    }

    #[test]
    fn it_rings_for_whoever_asked_last() {
        let at = Instant::now().checked_add(BRIEFLY);
        let mut first = true;
        assert!(rings(|alarm, cx| {
            if mem::take(&mut first) {
                let deaf = &mut Context::from_waker(Waker::noop());
                assert!(alarm.poll(at, Instant::now(), deaf).is_pending());
            }
            alarm.poll(at, Instant::now(), cx)
        }));
    }

    #[test]
    fn it_rings_for_a_task_that_first_had_no_budget_to_ask() {
        let at = Instant::now().checked_add(BRIEFLY);
        let mut first = true;
        assert!(rings(|alarm, cx| {
            while first && has_budget_remaining() {
                if let Poll::Ready(spent) = poll_proceed(cx) {
                    spent.made_progress();
                }
            }
            first = false;
            alarm.poll(at, Instant::now(), cx)
        }));
    }

    #[test]
    fn it_rings_at_the_earlier_of_two_times_and_for_the_later_one_again() {
        let begun = Instant::now();
        let later = begun.checked_add(2 * BRIEFLY);
        let mut times = [begun.checked_add(SOON * 360), begun.checked_add(BRIEFLY), later].into_iter();
        let mut at = times.next().unwrap();
        assert!(rings(|alarm, cx| {
            while alarm.poll(at, Instant::now(), cx).is_ready() || at > later {
                match times.next() {
                    Some(next) => at = next,
                    None => return Poll::Ready(()),
                }
            }
            Poll::Pending
        }));
        assert!(Some(Instant::now()) >= later);
    }
}
