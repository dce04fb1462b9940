//! The client and, behind it, the server that it tests.

use super::{InFlight, RequestBuilder, Response, Socket, clock::VirtualClock, world::World};
use crate::{App, Handler, Limits, Start, StartError, Timeouts};
use bytes::Bytes;
use http::Method;
use std::{cell::RefCell, fmt, rc::Rc, sync::Arc, time::Duration};

pub(super) type Shared = Rc<RefCell<World>>;

/// A client of a server that exists only in this test: the real conversation, without a socket, on a clock that
/// jumps. [The module](super) tells how time passes.
///
/// Connections are kept alive and used again, as every client does.
///
/// ```
/// use polyserve_core::{Reply, handler_fn, testing::Client, time::sleep};
/// use std::time::Duration;
///
/// let client = Client::new(handler_fn(|_request| {
///     Reply::pending(async {
///         sleep(Duration::from_secs(30)).await;
///         http::Response::new("slept".into())
///     })
/// }));
/// client.get("/").send().assert_status(200).assert_text("slept");
/// assert_eq!(client.elapsed(), Duration::from_secs(30)); // and the test took no time
/// ```
pub struct Client {
    world: Shared,
}

impl Client {
    /// A client of `handler`: a function with `#[handler]`, `routes![..]`, or anything else that is one.
    ///
    /// # Panics
    /// When the handler could not be served, with every reason: two routes that claim one path, a `State` that nobody
    /// provides.
    #[must_use]
    #[track_caller]
    pub fn new(handler: impl Handler) -> Client {
        match Client::try_new(handler) {
            Ok(client) => client,
            Err(error) => panic!("the handler cannot be served:\n{error}"),
        }
    }

    /// As [`new`](Client::new), to test that a handler cannot be served.
    ///
    /// # Errors
    /// What every runtime would say at start.
    ///
    /// ```
    /// use polyserve_core::{Reply, Router, handler_fn, testing::Client};
    ///
    /// let hello = || handler_fn(|_request| Reply::from("hello"));
    /// let twice = Router::new()
    ///     .route(http::Method::GET, "/", hello())
    ///     .route(http::Method::GET, "/", hello());
    /// assert!(Client::try_new(twice).is_err());
    /// ```
    pub fn try_new(handler: impl Handler) -> Result<Client, StartError> {
        Start::check(&handler)?;
        let clock = VirtualClock::new();
        let app = App::new(handler, clock.clone());
        Ok(Client { world: Rc::new(RefCell::new(World::new(app, clock))) })
    }

    /// Sets what a client may send.
    ///
    /// ```
    /// # use polyserve_core::{Reply, handler_fn, testing::Client};
    /// let client = Client::new(handler_fn(|_request| Reply::from("hello"))).limits(|limits| limits.head = 100);
    /// client.get("/").header("x-long", "x".repeat(100)).send().assert_status(431);
    /// ```
    ///
    /// # Panics
    /// When a connection was made already.
    #[must_use]
    #[track_caller]
    pub fn limits(self, set: impl FnOnce(&mut Limits)) -> Client {
        self.with_app(|app| set(&mut app.limits))
    }

    /// Sets how long a client and the handler may take, in virtual time.
    ///
    /// ```
    /// # use polyserve_core::{Reply, handler_fn, testing::Client};
    /// # use std::time::Duration;
    /// let never = handler_fn(|_request| Reply::pending(std::future::pending()));
    /// let client = Client::new(never).timeouts(|timeouts| timeouts.handler = Duration::from_secs(5));
    /// client.get("/").send().assert_status(503);
    /// assert_eq!(client.elapsed(), Duration::from_secs(5));
    /// ```
    ///
    /// # Panics
    /// When a connection was made already.
    #[must_use]
    #[track_caller]
    pub fn timeouts(self, set: impl FnOnce(&mut Timeouts)) -> Client {
        self.with_app(|app| set(&mut app.timeouts))
    }

    /// Sets how long, in real time, the test waits for a handler that waits for anything but time: a channel, a
    /// lock, a thread. Default 10 s.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Client {
        self.world.borrow_mut().patience = patience;
        self
    }

    #[track_caller]
    fn with_app(self, set: impl FnOnce(&mut App)) -> Client {
        match Arc::get_mut(&mut self.world.borrow_mut().app) {
            Some(app) => set(app),
            None => panic!("limits and timeouts are set before the first connection"),
        }
        self
    }

    /// Begins a request. `target` is a path, with its query if it has one.
    pub fn method(&self, method: Method, target: &str) -> RequestBuilder<'_> {
        RequestBuilder::new(self, method, target)
    }

    /// Begins a `GET`.
    pub fn get(&self, target: &str) -> RequestBuilder<'_> {
        self.method(Method::GET, target)
    }

    /// Begins a `HEAD`.
    pub fn head(&self, target: &str) -> RequestBuilder<'_> {
        self.method(Method::HEAD, target)
    }

    /// Begins a `POST`.
    pub fn post(&self, target: &str) -> RequestBuilder<'_> {
        self.method(Method::POST, target)
    }

    /// Begins a `PUT`.
    pub fn put(&self, target: &str) -> RequestBuilder<'_> {
        self.method(Method::PUT, target)
    }

    /// Begins a `PATCH`.
    pub fn patch(&self, target: &str) -> RequestBuilder<'_> {
        self.method(Method::PATCH, target)
    }

    /// Begins a `DELETE`.
    pub fn delete(&self, target: &str) -> RequestBuilder<'_> {
        self.method(Method::DELETE, target)
    }

    /// Begins an `OPTIONS`.
    pub fn options(&self, target: &str) -> RequestBuilder<'_> {
        self.method(Method::OPTIONS, target)
    }

    /// Sends requests at the same time, each on a connection of its own, and reads their answers, which come in the
    /// order of the requests. They share one clock: handlers that sleep do so side by side.
    ///
    /// ```
    /// use polyserve_core::{Reply, handler_fn, testing::Client, time::sleep};
    /// use std::time::Duration;
    ///
    /// let client = Client::new(handler_fn(|_request| {
    ///     Reply::pending(async {
    ///         sleep(Duration::from_secs(1)).await;
    ///         http::Response::new("slept".into())
    ///     })
    /// }));
    /// let answers = client.together([client.get("/a"), client.get("/b"), client.get("/c")]);
    /// assert_eq!(answers.len(), 3);
    /// assert_eq!(client.elapsed(), Duration::from_secs(1));
    /// ```
    ///
    /// # Panics
    /// As [`send`](RequestBuilder::send).
    #[track_caller]
    pub fn together<'client>(
        &'client self,
        requests: impl IntoIterator<Item = RequestBuilder<'client>>,
    ) -> Vec<Response> {
        let mut started = Vec::new();
        for request in requests {
            started.push(request.start());
        }
        let mut answers = Vec::new();
        for request in started {
            answers.push(InFlight::response(request));
        }
        answers
    }

    /// Sends bytes on a connection of its own, closes its sending side, and reads all that comes back.
    ///
    /// ```
    /// # use polyserve_core::{Reply, handler_fn, testing::Client};
    /// # let client = Client::new(handler_fn(|_request| Reply::from("hello")));
    /// let answer = client.raw("GET / HTTP/1.1\r\n\r\n"); // no `Host`
    /// assert!(answer.starts_with(b"HTTP/1.1 400 Bad Request\r\n"));
    /// ```
    ///
    /// # Panics
    /// When a handler waits for anything but time for longer than the client's [patience](Client::patience).
    #[track_caller]
    pub fn raw(&self, bytes: impl AsRef<[u8]>) -> Bytes {
        let socket = self.connect();
        socket.write(bytes);
        socket.close_write();
        socket.read_to_end()
    }

    /// Opens a connection, to be used byte by byte.
    #[must_use]
    pub fn connect(&self) -> Socket {
        Socket::new(self.world.clone())
    }

    /// How many connections were opened so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.world.borrow().connections()
    }

    /// Lets virtual time pass: whatever sleeps or is bounded by a timeout goes on when its time has come.
    ///
    /// ```
    /// # use polyserve_core::{Reply, handler_fn, testing::Client, time::sleep};
    /// # use std::time::Duration;
    /// # let client = Client::new(handler_fn(|_request| {
    /// #     Reply::pending(async {
    /// #         sleep(Duration::from_secs(30)).await;
    /// #         http::Response::new("slept".into())
    /// #     })
    /// # }));
    /// let mut request = client.get("/sleep-30-s").start();
    /// client.advance(Duration::from_secs(29));
    /// assert!(!request.is_answered());
    /// client.advance(Duration::from_secs(1));
    /// assert!(request.is_answered());
    /// ```
    #[track_caller]
    pub fn advance(&self, duration: Duration) {
        self.world.borrow_mut().advance(duration);
    }

    /// The virtual time that has passed since the client was made.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.world.borrow().clock.elapsed()
    }

    pub(super) fn world(&self) -> &Shared {
        &self.world
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("testing::Client").finish_non_exhaustive()
    }
}
