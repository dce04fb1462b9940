//! Counting in every interleaving. No wait of these has a time limit (loom's would never reach it), so one that
//! is not woken is what loom reports as a deadlock.

use super::*;
use loom::{
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    thread,
};

#[test]
fn whoever_waits_for_the_last_client_is_woken_when_it_leaves() {
    loom::model(|| {
        let crew = Arc::<Crew>::default();
        for _ in 0..2 {
            let seat = Seat::take(&crew);
            thread::spawn(move || drop(seat));
        }
        assert!(crew.wait_for(|seats| seats == 0, None));
    });
}

#[test]
fn whoever_waits_for_room_is_woken_by_the_stop() {
    loom::model(|| {
        let crew = Arc::<Crew>::default();
        // Its client stays: only the stop ends the wait.
        let _seat = Seat::take(&crew);
        let begun = Arc::new(AtomicBool::new(false));
        let (woken, begins) = (crew.clone(), begun.clone());
        thread::spawn(move || {
            begins.store(true, SeqCst);
            woken.wake();
        });
        assert!(crew.wait_for(|seats| seats < 1 || begun.load(SeqCst), None));
    });
}

#[test]
fn who_waits_for_room_does_not_keep_who_waits_for_the_last_from_being_woken() {
    loom::model(|| {
        let crew = Arc::<Crew>::default();
        let (client, leader) = (Seat::take(&crew), Seat::take(&crew));
        let leads = crew.clone();
        thread::spawn(move || {
            assert!(leads.wait_for(|seats| seats < 2, None));
            drop(leader);
        });
        thread::spawn(move || drop(client));
        assert!(crew.wait_for(|seats| seats == 0, None));
    });
}
