//! The switch in every interleaving.

use super::*;
use loom::{
    sync::atomic::AtomicUsize,
    thread::{self, JoinHandle},
};

fn count(runs: &Arc<AtomicUsize>) -> impl FnOnce() + Send + 'static {
    let runs = runs.clone();
    move || {
        runs.fetch_add(1, Ordering::SeqCst);
    }
}

fn begin(shutdown: &Shutdown) -> JoinHandle<()> {
    let shutdown = shutdown.clone();
    thread::spawn(move || shutdown.begin())
}

#[test]
fn a_hook_runs_once_whether_it_or_the_stop_comes_first() {
    loom::model(|| {
        let (shutdown, runs) = (Shutdown::new(), Arc::default());
        let stop = begin(&shutdown);
        shutdown.on_begin(count(&runs));
        stop.join().unwrap();
        assert_eq!(runs.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_hook_runs_once_when_two_threads_begin_the_stop() {
    loom::model(|| {
        let (shutdown, runs) = (Shutdown::new(), Arc::default());
        shutdown.on_begin(count(&runs));
        let stops = [begin(&shutdown), begin(&shutdown)];
        shutdown.on_begin(count(&runs));
        for stop in stops {
            stop.join().unwrap();
        }
        assert_eq!(runs.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn a_hook_sees_that_the_stop_has_begun() {
    loom::model(|| {
        let shutdown = Shutdown::new();
        let stop = begin(&shutdown);
        let seen = shutdown.clone();
        shutdown.on_begin(move || assert!(seen.is_begun()));
        stop.join().unwrap();
    });
}
