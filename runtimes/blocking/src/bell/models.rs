//! Ringing in every interleaving. A ring that is lost leaves the thread waiting, which loom reports as a
//! deadlock. What a handler waits for is `Relaxed` here: it is the ring that must make it visible.

use super::*;
use loom::{sync::atomic::AtomicBool, thread};
use std::{sync::atomic::Ordering::Relaxed, task::Waker};

/// Rings `bell` on a thread of its own, when there is something to hear.
fn ring(bell: &Arc<Bell>) -> Arc<AtomicBool> {
    let (waker, news) = (Waker::from(bell.clone()), Arc::new(AtomicBool::new(false)));
    let made = news.clone();
    thread::spawn(move || {
        made.store(true, Relaxed);
        waker.wake();
    });
    news
}

/// What `converse` does while a handler waits and no byte is due.
fn park_until(bell: &Bell, mut is_over: impl FnMut() -> bool) {
    while !is_over() {
        bell.park(None);
    }
}

/// What `converse` does while a handler waits as well as its request's body.
fn poll_until(bell: &Bell, mut is_over: impl FnMut() -> bool) {
    while !is_over() {
        bell.rope().unwrap().poll();
        bell.silence();
    }
}

#[test]
fn a_ring_wakes_a_thread_that_is_about_to_park() {
    loom::model(|| {
        let bell = Bell::here();
        let news = ring(&bell);
        park_until(&bell, || news.load(Relaxed));
    });
}

#[test]
fn two_rings_are_heard_by_a_thread_that_parks() {
    loom::model(|| {
        let bell = Bell::here();
        let news = [ring(&bell), ring(&bell)];
        park_until(&bell, || news.iter().all(|news| news.load(Relaxed)));
    });
}

#[test]
fn a_ring_wakes_a_thread_that_is_about_to_poll() {
    loom::model(|| {
        let bell = Bell::here();
        let news = ring(&bell);
        poll_until(&bell, || news.load(Relaxed));
    });
}

#[test]
fn two_rings_are_heard_by_a_thread_that_polls() {
    loom::model(|| {
        let bell = Bell::here();
        let news = [ring(&bell), ring(&bell)];
        poll_until(&bell, || news.iter().all(|news| news.load(Relaxed)));
    });
}

#[test]
fn rings_are_heard_by_a_thread_that_polls_and_then_parks() {
    loom::model(|| {
        let bell = Bell::here();
        let first = ring(&bell);
        poll_until(&bell, || first.load(Relaxed));
        let second = ring(&bell);
        park_until(&bell, || second.load(Relaxed));
        let third = ring(&bell);
        poll_until(&bell, || third.load(Relaxed));
    });
}
