//! Opening in every interleaving. Who is not woken is what loom reports as a deadlock.

use super::*;
use loom::thread;
use std::{sync::Arc, time::Duration};

/// Parking has no time limit here.
const LONGEST: Duration = Duration::MAX;

#[test]
fn whoever_waits_goes_on_when_it_is_opened() {
    loom::model(|| {
        let gate = Arc::<Gate>::default();
        gate.close();
        for _ in 0..2 {
            let waits = gate.clone();
            thread::spawn(move || waits.pass(LONGEST));
        }
        gate.open();
    });
}

#[test]
fn whoever_comes_while_it_is_closed_and_opened_again_goes_on() {
    loom::model(|| {
        let gate = Arc::<Gate>::default();
        let comes = gate.clone();
        thread::spawn(move || comes.pass(LONGEST));
        gate.close();
        gate.open();
    });
}

#[test]
fn of_two_who_open_it_one_at_least_wakes_whoever_waits() {
    loom::model(|| {
        let gate = Arc::<Gate>::default();
        gate.close();
        let (waits, opens) = (gate.clone(), gate.clone());
        thread::spawn(move || waits.pass(LONGEST));
        thread::spawn(move || opens.open());
        gate.open();
    });
}

#[test]
fn whoever_waits_goes_on_also_if_it_is_closed_again_at_once() {
    loom::model(|| {
        let gate = Arc::<Gate>::default();
        gate.close();
        let waits = gate.clone();
        let waiting = thread::spawn(move || waits.wait(1, LONGEST));
        gate.open();
        gate.close();
        waiting.join().unwrap();
    });
}

#[test]
fn who_is_woken_wakes_the_others() {
    loom::model(|| {
        let gate = Arc::<Gate>::default();
        gate.close();
        for _ in 0..3 {
            let waits = gate.clone();
            thread::spawn(move || waits.pass(LONGEST));
        }
        gate.open();
    });
}
