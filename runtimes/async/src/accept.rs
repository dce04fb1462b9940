//! Everything around the conversations: tokio's threads, accepting, and the graceful stop. The hyper runtime
//! has the same, with other conversations.

use polyserve_core::{
    App,
    observer::Event,
    offload::{Job, Pool},
};
use polyserve_host::{AcceptFailure, BACK_OFF, Error, Listening, Result};
use std::{
    net::{SocketAddr, TcpListener as StdListener},
    sync::Arc,
};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Builder,
    sync::{Semaphore, watch},
};

/// Threads for `#[handler(blocking)]` at the most: tokio's own default, said here because it is part of what that
/// attribute promises.
pub const BLOCKING_THREADS: usize = 512;

/// A client's socket and address.
pub type Client = (TcpStream, SocketAddr);

/// Accepts clients and spawns `converse` for each, until the shutdown begins and all of them are served.
///
/// # Errors
/// When there are no threads to run on, or the system fails.
pub fn run<C, F>(listening: Listening, blocking_threads: usize, converse: C) -> Result
where
    C: Fn(Client, Arc<App>, Stopped) -> F + Clone + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let workers = listening.workers.map(|_| listening.workers_or(1)).transpose()?;
    let mut tokio = match workers {
        // Nobody to share tasks with, and so no locks around them.
        Some(1) => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    if let Some(workers) = workers {
        tokio.worker_threads(workers);
    }
    if blocking_threads == 0 {
        return Err(Error::setting("0 blocking threads run nothing: set at least 1"));
    }
    tokio.max_blocking_threads(blocking_threads).thread_name("worker").enable_io().enable_time();
    let tokio = tokio.build().map_err(|error| Error::io("cannot start tokio", error))?;
    // Not on a worker: one that a handler holds would keep new clients from the others.
    let outcome = tokio.block_on(accept_until_stopped(listening, converse));
    // What is left has outlived the grace: a pool thread that never ends must not keep the process.
    tokio.shutdown_background();
    outcome
}

/// Tells a conversation that the server stops.
#[derive(Debug, Clone)]
pub struct Stopped(watch::Receiver<bool>);

impl Stopped {
    /// Whether the stop has begun since this was made: a look that takes no lock.
    pub(crate) fn has_begun_since(&self) -> bool {
        // The switch is turned once, and gone with its server.
        self.0.has_changed().unwrap_or(true)
    }

    /// Returns when the stop begins.
    pub async fn wait(mut self) {
        // An error means that the switch is gone with its server, which is a stop as well.
        let _ = self.0.wait_for(|stopped| *stopped).await;
    }
}

/// Moves functions that hold their thread to tokio's blocking pool.
pub(crate) struct TokioPool;

impl Pool for TokioPool {
    fn spawn(&self, job: Job) {
        // The job hands its result over itself; nobody waits for the task.
        drop(tokio::task::spawn_blocking(job));
    }
}

async fn accept_until_stopped<C, F>(listening: Listening, converse: C) -> Result
where
    C: Fn(Client, Arc<App>, Stopped) -> F + Clone + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let Listening { listener, app, shutdown, max_connections, .. } = listening;
    let failed = |error| Error::io("the async server", error);
    let app = Arc::new(app.with_pool(Arc::new(TokioPool)));
    let grace = app.timeouts.grace;
    let (stop, stopped) = watch::channel(false);
    let stopped = Stopped(stopped);
    shutdown.on_begin(move || {
        stop.send_replace(true);
    });
    let max_connections = max_connections.min(Semaphore::MAX_PERMITS);
    let seats = Arc::new(Semaphore::new(max_connections));
    let spawn = |client: Client, seat| {
        app.observe(client.1, Event::Accepted);
        let (converse, app, stopped) = (converse.clone(), app.clone(), stopped.clone());
        tokio::spawn(async move {
            // Made here: a future that is moved in has its place twice in the task, and the task is most of what an idle
            // connection costs.
            converse(client, app, stopped).await;
            drop(seat);
        });
    };

    listener.set_nonblocking(true).map_err(failed)?;
    let listener = TcpListener::from_std(listener).map_err(failed)?;
    let accept = async {
        // At the cap clients wait in the kernel's backlog.
        while let Ok(seat) = seats.clone().acquire_owned().await {
            spawn(next(&listener).await, seat);
        }
    };
    tokio::select! {
        biased;
        () = stopped.clone().wait() => {}
        () = accept => {}
    }
    // Clients that the kernel has accepted before the stop are served; later ones are refused. tokio only
    // knows of clients that it was told of, so this asks the kernel.
    let listener = listener.into_std().map_err(failed)?;
    while let Ok(seat) = seats.clone().try_acquire_owned() {
        match accept_now(&listener) {
            Some(client) => spawn(client, seat),
            None => break,
        }
    }
    drop(listener);
    // All seats are free when every connection has given its own back.
    let all = u32::try_from(max_connections).unwrap_or(u32::MAX);
    if tokio::time::timeout(grace, seats.acquire_many(all)).await.is_err() {
        let left = max_connections - seats.available_permits();
        log::warn!("{left} connections were still busy after the grace period");
    }
    Ok(())
}

/// The next client, whatever goes wrong before it comes.
async fn next(listener: &TcpListener) -> Client {
    loop {
        match listener.accept().await {
            Ok(client) => return client,
            Err(error) => match AcceptFailure::of(&error) {
                AcceptFailure::Empty | AcceptFailure::Next => {}
                AcceptFailure::BackOff => tokio::time::sleep(BACK_OFF).await,
            },
        }
    }
}

fn accept_now(listener: &StdListener) -> Option<Client> {
    let (stream, peer) = listener.accept().ok()?;
    stream.set_nonblocking(true).ok()?;
    Some((TcpStream::from_std(stream).ok()?, peer))
}
