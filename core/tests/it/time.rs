use crate::wire::*;
use futures_util::{
    future::{Either, join_all, select},
    stream::{FuturesUnordered, StreamExt},
};
use polyserve_core::{
    Handler, IntoResponse, Want,
    time::{Elapsed, sleep, timeout},
};
use std::{future::pending, pin::pin, time::Duration};

/// A handler that runs `work` and answers with what it returned.
fn working<F>(work: impl Fn() -> F + Send + Sync + 'static) -> impl Handler
where
    F: Future<Output = String> + Send + 'static,
{
    asynchronous(move |_| {
        let work = work();
        async { work.await.into_response() }
    })
}

fn body(peer: &mut Peer) -> String {
    peer.received().rsplit("\r\n\r\n").next().unwrap_or_default().to_owned()
}

#[test]
fn a_sleep_waits_for_the_host_to_come_back() {
    let mut peer = Peer::new(working(|| async {
        sleep(seconds(2)).await;
        "slept".to_owned()
    }));
    assert_eq!(peer.send(GET), Want::Wake);
    assert_eq!((peer.wakes_in(), peer.due_in()), (Some(seconds(2)), Some(seconds(2))));
    assert_eq!(peer.wait(seconds(1)), Want::Wake);
    assert_eq!(peer.wakes_in(), Some(seconds(1)), "a poll in between moves nothing");
    assert_eq!(peer.wait(seconds(1)), Want::Read);
    assert_eq!(body(&mut peer), "slept");
    assert_eq!(peer.wakes_in(), None);
}

#[test]
fn a_sleep_counts_from_where_it_was_made() {
    let mut peer = Peer::new(working(|| async {
        let second = sleep(seconds(3));
        sleep(seconds(2)).await;
        second.await;
        String::new()
    }));
    peer.send(GET);
    peer.wait(seconds(2));
    assert_eq!(peer.wakes_in(), Some(seconds(1)));
}

#[test]
fn a_sleep_of_nothing_and_one_for_ever_are_fine() {
    let mut peer = Peer::with(
        working(|| async {
            sleep(Duration::ZERO).await;
            sleep(Duration::MAX).await;
            String::new()
        }),
        |app| app.timeouts.handler = Duration::MAX,
    );
    assert_eq!(peer.send(GET), Want::Wake);
    assert!(peer.wakes_in() > Some(seconds(86_400 * 365)));
}

#[test]
fn joined_sleeps_take_as_long_as_the_longest() {
    let joined =
        || working(|| async { join_all((1..=3).map(|n| sleep(seconds(n)))).await.len().to_string() });
    // `join_all` of many is `FuturesUnordered` inside, which polls only what was woken.
    let many =
        || working(|| async { join_all((0..=50).map(|n| sleep(seconds(n % 4)))).await.len().to_string() });
    let unordered = || {
        working(|| async {
            let sleeps: FuturesUnordered<_> = [3, 1, 2, 1]
                .map(|n| async move {
                    sleep(seconds(n)).await;
                    n
                })
                .into_iter()
                .collect();
            sleeps.map(|n| n.to_string()).collect::<Vec<_>>().await.concat()
        })
    };
    let rows: [(Box<dyn Handler>, &str); 3] =
        [(Box::new(joined()), "3"), (Box::new(many()), "51"), (Box::new(unordered()), "1123")];
    for (handler, expected) in rows {
        let mut peer = Peer::new(handler);
        peer.send(GET);
        for _ in 0..3 {
            assert_eq!(peer.wakes_in(), Some(seconds(1)));
            peer.wait(seconds(1));
        }
        assert_eq!(body(&mut peer), expected);
    }
}

#[test]
fn a_host_that_comes_late_wakes_all_that_are_due() {
    let mut peer = Peer::new(working(|| async {
        join_all((1..=40).map(|n| sleep(seconds(n)))).await;
        "all".to_owned()
    }));
    peer.send(GET);
    peer.wait(seconds(40));
    assert_eq!(body(&mut peer), "all");
}

#[test]
fn a_timeout_cuts_a_sleep() {
    let mut peer = Peer::new(working(|| async {
        format!(
            "{:?}",
            timeout(seconds(1), sleep(seconds(9))).await.map_err(|error: Elapsed| error.to_string())
        )
    }));
    peer.send(GET);
    assert_eq!(peer.wakes_in(), Some(seconds(1)));
    peer.wait(seconds(1));
    assert_eq!(body(&mut peer), "Err(\"not done within 1s\")");
}

#[test]
fn what_is_ready_at_its_timeout_has_made_it() {
    let mut peer =
        Peer::new(working(|| async { format!("{:?}", timeout(seconds(1), sleep(seconds(1))).await) }));
    peer.send(GET);
    peer.wait(seconds(1));
    assert_eq!(body(&mut peer), "Ok(())");
}

#[test]
fn a_sleep_that_lost_a_race_leaves_no_timer_behind() {
    let mut peer = Peer::new(working(|| async {
        let winner = match select(pin!(sleep(seconds(1))), pin!(sleep(seconds(5)))).await {
            Either::Left(_) => "short",
            Either::Right(_) => "long",
        };
        let _ = timeout(seconds(9), async {}).await;
        let _: Result<(), _> = timeout(seconds(1), pending()).await;
        sleep(seconds(20)).await;
        winner.to_owned()
    }));
    peer.send(GET);
    assert_eq!(peer.wakes_in(), Some(seconds(1)));
    peer.wait(seconds(1));
    assert_eq!(peer.wakes_in(), Some(seconds(1)), "the timeout's, not the loser's at 5 s");
    peer.wait(seconds(1));
    assert_eq!(peer.wakes_in(), Some(seconds(20)), "nor a timer of a timeout that was not needed");
    peer.wait(seconds(20));
    assert_eq!(body(&mut peer), "short");
}

#[test]
fn a_sleep_that_is_abandoned_in_mid_handler_does_not_wake_the_next_request() {
    let mut peer = Peer::new(asynchronous(|request| async move {
        let waiting = sleep(seconds(10));
        if request.uri().path() == "/" {
            let _ = timeout(seconds(1), waiting).await;
        }
        "x".into_response()
    }));
    peer.send(GET);
    peer.wait(seconds(1));
    assert_eq!(peer.wakes_in(), None);
    assert_eq!(peer.due_in(), Some(seconds(75)));
}

/// A waker whose last owner drops another sleep with it, as a task of a small executor may.
struct Owner(#[allow(dead_code)] std::sync::Mutex<Option<polyserve_core::time::Sleep>>);

impl std::task::Wake for Owner {
    fn wake(self: std::sync::Arc<Owner>) {}
}

#[test]
fn a_waker_may_drop_a_sleep_while_another_registers() {
    let mut peer = Peer::new(working(|| async {
        let mut outer = pin!(sleep(seconds(1)));
        let mut polls = 0;
        std::future::poll_fn(|cx| {
            polls += 1;
            let mut inner = sleep(seconds(2));
            let _ = pin!(&mut inner).poll(cx);
            let owner =
                std::task::Waker::from(std::sync::Arc::new(Owner(std::sync::Mutex::new(Some(inner)))));
            let _ = outer.as_mut().poll(&mut std::task::Context::from_waker(&owner));
            drop(owner);
            // Registers again: the waker before it is displaced, and its sleep dropped with it.
            outer.as_mut().poll(cx)
        })
        .await;
        polls.to_string()
    }));
    peer.send(GET);
    peer.wait(seconds(1));
    assert_eq!(body(&mut peer), "2");
}
