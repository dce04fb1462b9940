use crate::wire::*;
use polyserve_core::{
    CloseReason, IntoResponse, Want,
    offload::{self, Job, Pool},
};
use std::sync::{Arc, Mutex};

/// A pool whose jobs run when the test says so.
#[derive(Default)]
struct Later(Mutex<Vec<Job>>);

impl Pool for Later {
    fn spawn(&self, job: Job) {
        self.0.lock().unwrap().push(job);
    }
}

impl Later {
    fn work(&self) -> usize {
        let jobs = std::mem::take(&mut *self.0.lock().unwrap());
        jobs.into_iter().map(|job| job()).count()
    }
}

/// A connection whose app has the pool, at one handler that hands `work` over.
fn peer(pool: Option<Arc<Later>>, work: fn() -> &'static str) -> Peer {
    let handler = asynchronous(move |_| async move { offload::run(work).await.into_response() });
    let clock = FakeClock::new();
    let mut app = polyserve_core::App::new(handler, clock.clone());
    if let Some(pool) = pool {
        app = app.with_pool(pool);
    }
    Peer::of(Arc::new(app), clock)
}

#[test]
fn without_a_pool_work_runs_where_it_is() {
    let mut peer = peer(None, || "here");
    assert_eq!(peer.send(GET), Want::Read);
    assert!(peer.received().ends_with("here"));
}

#[test]
fn a_pools_thread_wakes_the_host() {
    let pool = Arc::new(Later::default());
    let mut peer = peer(Some(pool.clone()), || "there");
    assert_eq!(peer.send(GET), Want::Wake);
    assert_eq!((peer.wakes_in(), peer.waker.count()), (None, 0));
    assert_eq!(pool.work(), 1);
    assert_eq!(peer.waker.count(), 1);
    assert_eq!(peer.run(), Want::Read);
    assert!(peer.received().ends_with("there"));
}

#[test]
fn a_panic_on_the_pool_is_the_handlers() {
    for pool in [None, Some(Arc::new(Later::default()))] {
        let mut peer = peer(pool.clone(), || panic!("in the work"));
        peer.send(GET);
        if let Some(pool) = pool {
            assert_eq!(pool.work(), 1, "and it does not unwind there");
            peer.run();
        }
        assert_eq!(peer.statuses(), [500]);
        assert_eq!(peer.close(), Want::Close(CloseReason::HandlerPanicked));
    }
}

#[test]
fn work_whose_handler_is_gone_ends_quietly() {
    let pool = Arc::new(Later::default());
    let mut peer = peer(Some(pool.clone()), || "too late");
    peer.send(GET);
    peer.wait(seconds(60));
    assert_eq!(peer.statuses(), [503]);
    assert_eq!(pool.work(), 1);
}
