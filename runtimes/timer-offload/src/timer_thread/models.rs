//! The timer thread in every interleaving. A deadline that is missed leaves its model waiting, which loom
//! reports as a deadlock; so does a thread that does not end when its `TimerThread` is dropped.

use super::*;
use crate::sync::model::{at, check};
use loom::sync::Notify;
use std::task::Wake;

/// A handler that sleeps.
struct Sleeper {
    deadline: Instant,
    woken: Notify,
}

impl Sleeper {
    fn until(seconds: u64, timer: &TimerThread) -> Arc<Sleeper> {
        let sleeper = Arc::new(Sleeper { deadline: at(seconds), woken: Notify::new() });
        timer.wake_at(sleeper.deadline, Waker::from(sleeper.clone()));
        sleeper
    }
}

impl Wake for Sleeper {
    fn wake(self: Arc<Sleeper>) {
        assert!(now() >= self.deadline, "woken too early");
        self.woken.notify();
    }
}

impl TimerThread {
    fn time_is(&self, seconds: u64) {
        self.0.changed.time_is(seconds, &self.0.waits);
    }
}

#[test]
fn each_deadline_wakes_its_own_waker() {
    check(|| {
        let timer = TimerThread::start().unwrap();
        let sleepers = [Sleeper::until(1, &timer), Sleeper::until(2, &timer), Sleeper::until(2, &timer)];
        timer.time_is(1);
        sleepers[0].woken.wait();
        timer.time_is(2);
        sleepers[1].woken.wait();
        sleepers[2].woken.wait();
    });
}

#[test]
fn an_earlier_deadline_is_not_missed_while_the_thread_sleeps() {
    check(|| {
        let timer = TimerThread::start().unwrap();
        let _later = Sleeper::until(9, &timer);
        let earlier = Sleeper::until(1, &timer);
        timer.time_is(1);
        earlier.woken.wait();
    });
}

#[test]
fn a_deadline_is_not_missed_when_the_clock_strikes_at_once() {
    check(|| {
        let timer = Arc::new(TimerThread::start().unwrap());
        let clock = timer.clone();
        loom::thread::spawn(move || clock.time_is(5));
        let sleepers = [Sleeper::until(5, &timer), Sleeper::until(4, &timer)];
        for sleeper in sleepers {
            sleeper.woken.wait();
        }
    });
}

#[test]
fn the_thread_ends_with_its_timer() {
    check(|| drop(TimerThread::start().unwrap()));
}

#[test]
fn the_thread_ends_although_somebody_sleeps() {
    check(|| {
        let timer = TimerThread::start().unwrap();
        Sleeper::until(1, &timer);
    });
}
