//! Waiting without knowing who waits: [`sleep`] and [`timeout`] for every runtime.
//!
//! A sleep fixes its deadline when it is made, and registers it with the timer of the exchange it is
//! polled in. What the host does until the earliest of them is what makes the runtimes differ: it parks
//! its thread, holds its loop, asks a timer thread, or asks tokio.

use crate::ambient;
use std::{
    collections::BTreeMap,
    fmt,
    future::poll_fn,
    mem,
    pin::{Pin, pin},
    sync::atomic::{AtomicU64, Ordering},
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

/// Where a host reads the time: `Instant::now` in every real one, a hand-moved clock in tests.
pub trait Clock: Send + Sync + 'static {
    /// The current instant; it never goes back.
    fn now(&self) -> Instant;

    /// An instant that may be some milliseconds old, for what is counted in seconds: a look that costs less, where the
    /// system has one. By default [`now`](Clock::now).
    fn coarse(&self) -> Instant {
        self.now()
    }
}

impl<F: Fn() -> Instant + Send + Sync + 'static> Clock for F {
    fn now(&self) -> Instant {
        self()
    }
}

/// When a sleep ends, and which one it is.
type Key = (Instant, u64);

/// The sleeps that one handler waits for.
#[derive(Debug, Default)]
pub(crate) struct Timer {
    /// The first to come: most handlers wait for one sleep at a time, and it takes no memory of its own.
    first: Option<(Key, Waker)>,
    /// Those that came while others were waiting; there is no map, to be dropped, until one does.
    others: Option<BTreeMap<Key, Waker>>,
}

impl Timer {
    pub(crate) fn earliest(&self) -> Option<Instant> {
        let first = self.first.as_ref().map(|((at, _), _)| *at);
        let other = self.others.as_ref().and_then(|others| others.keys().next()).map(|(at, _)| *at);
        first.into_iter().chain(other).min()
    }

    /// Wakes every sleep that is due. `current` is about to be polled and needs no wake.
    pub(crate) fn fire(&mut self, now: Instant, current: &Waker) {
        while let Some(at) = self.earliest()
            && at <= now
        {
            let first = self.first.take_if(|((first, _), _)| *first == at).map(|(_, waker)| waker);
            if let Some(waker) = first.or_else(|| self.others.as_mut()?.pop_first().map(|(_, waker)| waker))
                && !waker.will_wake(current)
            {
                waker.wake();
            }
        }
    }

    /// Has `waker` wait for `key`, and returns the one that did.
    fn insert(&mut self, key: Key, waker: Waker) -> Option<Waker> {
        match &mut self.first {
            Some((first, waiting)) if *first == key => Some(mem::replace(waiting, waker)),
            // Only where no other can be this one.
            None if self.others.as_ref().is_none_or(BTreeMap::is_empty) => {
                self.first = Some((key, waker));
                None
            }
            _ => self.others.get_or_insert_default().insert(key, waker),
        }
    }

    fn remove(&mut self, key: &Key) -> Option<Waker> {
        let first = self.first.take_if(|(first, _)| first == key).map(|(_, waker)| waker);
        first.or_else(|| self.others.as_mut()?.remove(key))
    }
}

/// Waits for `duration`, measured from this call.
///
/// Called outside a host (in a plain unit test, say) it is measured from the first poll.
///
/// # Panics
/// The future panics when it is polled outside a polyserve host, for then nobody could wake it: in a task
/// spawned on another executor, use that executor's own sleep.
pub fn sleep(duration: Duration) -> Sleep {
    let key = NEXT_KEY.fetch_add(1, Ordering::Relaxed);
    let until = match ambient::now() {
        Some(now) => Until::At(later(now, duration)),
        None => Until::After(duration),
    };
    Sleep { until, key }
}

/// The key keeps two sleeps that end at the same instant apart.
static NEXT_KEY: AtomicU64 = AtomicU64::new(0);

/// `Duration::MAX` is a fair way to say "for ever": 30 years, as tokio does.
fn later(now: Instant, duration: Duration) -> Instant {
    const FOREVER: Duration = Duration::from_secs(86_400 * 365 * 30);
    now.checked_add(duration).unwrap_or_else(|| now + FOREVER)
}

/// The future of [`sleep`].
#[derive(Debug)]
#[must_use = "a sleep does nothing until it is awaited"]
pub struct Sleep {
    until: Until,
    key: u64,
}

#[derive(Debug, Clone, Copy)]
enum Until {
    After(Duration),
    At(Instant),
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let looked = ambient::with(|ambient| {
            let at = match self.until {
                Until::At(at) => at,
                Until::After(duration) => later(ambient.now(), duration),
            };
            // What was over when the host looked at the clock needs no other look.
            (at, at <= ambient.turn || at <= ambient.now())
        });
        let Some((at, is_over)) = looked else {
            panic!(
                "polyserve::time::sleep was polled outside a polyserve host: \
                 await it in the handler, or use the sleep of the executor that polls it"
            )
        };
        self.until = Until::At(at);
        let key = (at, self.key);
        // A waker is foreign code: it is cloned out here, and dropped out here, for it may drop another sleep, which
        // looks for the ambient as well.
        if is_over {
            drop(ambient::with(|ambient| ambient.timer.remove(&key)));
            Poll::Ready(())
        } else {
            let waker = cx.waker().clone();
            drop(ambient::with(|ambient| ambient.timer.insert(key, waker)));
            Poll::Pending
        }
    }
}

impl Drop for Sleep {
    /// A sleep that lost a race must not keep its host waiting.
    fn drop(&mut self) {
        if let Until::At(at) = self.until {
            drop(ambient::with(|ambient| ambient.timer.remove(&(at, self.key))));
        }
    }
}

/// Waits for `future`, but no longer than `duration` from this call.
///
/// # Errors
/// [`Elapsed`] when the time is over first; `future` is dropped then.
pub fn timeout<F: Future>(duration: Duration, future: F) -> impl Future<Output = Result<F::Output, Elapsed>> {
    let sleep = sleep(duration);
    async move {
        let mut future = pin!(future);
        let mut sleep = pin!(sleep);
        // The future goes first: one that is ready at its deadline has made it.
        poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => sleep.as_mut().poll(cx).map(|()| Err(Elapsed(duration))),
        })
        .await
    }
}

/// What [`timeout`] answers when the time was over first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elapsed(Duration);

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not done within {:?}", self.0)
    }
}

impl std::error::Error for Elapsed {}
