//! Sleeping and waking in every interleaving. A wake-up that is lost leaves the loop asleep, which loom
//! reports as a deadlock. Nothing else happens here: no socket and no deadline makes up for it.

use super::*;
use loom::{sync::atomic::AtomicUsize, thread};
use std::{mem, sync::atomic::Ordering::Relaxed};

struct Loop {
    ready: Arc<Ready>,
    poll: LoopWaker,
}

impl Loop {
    fn new() -> Loop {
        let poll = LoopWaker::default();
        Loop { ready: Ready::new(poll.clone()), poll }
    }

    /// `EventLoop::turn`, as far as other threads are concerned.
    fn turn(&self) -> Vec<usize> {
        let mut tokens = Vec::new();
        self.poll.poll(self.ready.may_sleep());
        self.ready.take(&mut tokens);
        tokens
    }

    /// Wakes `token` on a thread of its own, when there is something to see.
    fn wake(&self, token: usize) -> Arc<AtomicUsize> {
        let (waker, news) = (self.ready.waker(token), Arc::new(AtomicUsize::new(0)));
        let made = news.clone();
        thread::spawn(move || {
            made.store(token, Relaxed);
            waker.wake();
        });
        news
    }
}

#[test]
fn a_token_that_is_woken_while_the_loop_goes_to_sleep_is_delivered() {
    loom::model(|| {
        let event_loop = Loop::new();
        let news = event_loop.wake(7);
        let woken = loop {
            let woken = event_loop.turn();
            if !woken.is_empty() {
                break woken;
            }
        };
        assert_eq!(woken, [7]);
        assert_eq!(news.load(Relaxed), 7, "whoever is woken sees why");
    });
}

#[test]
fn tokens_of_two_threads_are_all_delivered() {
    loom::model(|| {
        let event_loop = Loop::new();
        let news = [event_loop.wake(1), event_loop.wake(2)];
        let mut left = vec![1, 2];
        while !left.is_empty() {
            for token in event_loop.turn() {
                left.retain(|other| *other != token);
                assert_eq!(news[token - 1].load(Relaxed), token, "whoever is woken sees why");
            }
        }
    });
}

#[test]
fn a_waker_that_wakes_twice_is_heard_twice() {
    loom::model(|| {
        let event_loop = Loop::new();
        let waker = event_loop.ready.waker(7);
        thread::spawn(move || {
            waker.wake_by_ref();
            waker.wake();
        });
        let mut heard = 0;
        while heard < 2 {
            heard += event_loop.turn().len();
        }
    });
}

#[test]
fn a_loop_that_is_woken_for_its_own_sake_looks_around() {
    loom::model(|| {
        let event_loop = Loop::new();
        let (ready, begun) = (event_loop.ready.clone(), Arc::new(AtomicBool::new(false)));
        let begins = begun.clone();
        thread::spawn(move || {
            begins.store(true, Relaxed);
            ready.wake();
        });
        while !begun.load(Relaxed) {
            event_loop.turn();
        }
    });
}

#[test]
fn a_token_and_a_stop_at_once_are_both_seen() {
    loom::model(|| {
        let event_loop = Loop::new();
        let (ready, begun) = (event_loop.ready.clone(), Arc::new(AtomicBool::new(false)));
        let begins = begun.clone();
        thread::spawn(move || {
            begins.store(true, Relaxed);
            ready.wake();
        });
        event_loop.wake(7);
        let mut woken = Vec::new();
        while !begun.load(Relaxed) || woken.is_empty() {
            woken.append(&mut event_loop.turn());
        }
        assert_eq!(mem::take(&mut woken), [7]);
    });
}
