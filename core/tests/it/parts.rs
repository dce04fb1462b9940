use crate::wire::*;
use polyserve_core::{
    App, Body, Connection, Handler, IntoResponse, Reply, Request, Response, Task, handler_fn, time::sleep,
};
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

/// A connection moves between threads; messages are also borrowed across `.await`.
const _: () = {
    const fn is_send<T: Send>() {}
    const fn is_send_and_sync<T: Send + Sync>() {}
    is_send::<Connection>();
    is_send::<Reply>();
    is_send::<Task>();
    is_send_and_sync::<Request>();
    is_send_and_sync::<Response>();
    is_send_and_sync::<Body>();
    is_send_and_sync::<App>();
    is_send_and_sync::<Box<dyn Handler>>();
};

#[test]
fn a_handler_is_hosted_without_a_connection() {
    let clock = FakeClock::new();
    let app = Arc::new(App::new(
        handler_fn(|_| {
            Reply::pending(async {
                sleep(seconds(1)).await;
                "slept".into_response()
            })
        }),
        clock.clone(),
    ));
    let mut task = Task::new(app.clone());
    let mut reply = app.handler().call(Request::default());
    let mut poll = || {
        let now = polyserve_core::time::Clock::now(&clock);
        let mut cx = Context::from_waker(Waker::noop());
        let polled = task.enter(now, Waker::noop(), || Pin::new(&mut reply).poll(&mut cx));
        (polled.is_ready(), task.wake_at().map(|at| at - now))
    };
    assert_eq!(poll(), (false, Some(seconds(1))));
    clock.advance(seconds(1));
    assert_eq!(poll(), (true, None));
}

#[test]
fn a_task_inside_a_task_has_its_own_timers() {
    let clock = FakeClock::new();
    let app = Arc::new(App::new(plain("x"), clock.clone()));
    let now = polyserve_core::time::Clock::now(&clock);
    let (mut outer, mut inner) = (Task::new(app.clone()), Task::new(app));
    let mut cx = Context::from_waker(Waker::noop());
    let (mut one, mut two) = (Box::pin(sleep(seconds(1))), Box::pin(sleep(seconds(2))));
    outer.enter(now, Waker::noop(), || {
        inner.enter(now, Waker::noop(), || assert_eq!(two.as_mut().poll(&mut cx), Poll::Pending));
        assert_eq!(one.as_mut().poll(&mut cx), Poll::Pending);
    });
    assert_eq!((outer.wake_at(), inner.wake_at()), (Some(now + seconds(1)), Some(now + seconds(2))));
}
