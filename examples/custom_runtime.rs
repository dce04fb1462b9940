//! An eighth server: a runtime of your own, against polyserve-core alone.
//!
//! The tutorial leaves one classic out: a fixed crew of threads that all accept from the same listener, as
//! Apache's `worker` and many database servers do. It is here to show what a runtime is: a loop around a
//! [`Connection`] that does what the connection [`Want`]s. HTTP is none of its business.
//!
//! `cargo run --release --example custom_runtime`, then `ab -n 1000 -c 10 http://127.0.0.1:8000/`. With four
//! threads and 100 ms of waiting, more than 40 requests a second are not to be had. Ctrl-C ends it at once:
//! stopping gracefully is left out here; `runtimes/threaded` shows it.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program talks to its terminal")]

mod handler;

use polyserve_core::{App, Connection, Handler, Want};
use std::{
    io,
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    task::{Context, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

const THREADS: usize = 4;

fn main() -> io::Result<()> {
    println!("crew of {THREADS}: listening on http://127.0.0.1:8000 (Ctrl-C stops)");
    serve(TcpListener::bind("127.0.0.1:8000")?, handler::page)
}

/// Starts the crew. Each thread accepts a client, talks with it to the end, and accepts the next.
fn serve(listener: TcpListener, handler: impl Handler) -> io::Result<()> {
    let app = Arc::new(App::new(handler, Instant::now));
    thread::scope(|crew| {
        for _ in 0..THREADS {
            crew.spawn(|| {
                loop {
                    match listener.accept() {
                        Ok((stream, peer)) => {
                            if let Err(error) = converse(&stream, peer, app.clone()) {
                                eprintln!("a client was lost: {error}");
                            }
                        }
                        // No descriptor left, perhaps: another thread's client may leave soon.
                        Err(error) => {
                            eprintln!("cannot accept a client: {error}");
                            thread::sleep(Duration::from_millis(100));
                        }
                    }
                }
            });
        }
    });
    Ok(())
}

/// The whole of a runtime: poll the connection, do what it wants, poll it again.
fn converse(stream: &TcpStream, peer: SocketAddr, app: Arc<App>) -> io::Result<()> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    let mut connection = Connection::new(app, Instant::now()).with_peer(peer);
    loop {
        match connection.poll(&mut cx, Instant::now()) {
            Want::Read => {
                stream.set_read_timeout(timeout(&connection))?;
                connection.read_from(&mut &*stream);
            }
            Want::Write => {
                stream.set_write_timeout(timeout(&connection))?;
                connection.write_to(&mut &*stream);
            }
            // The handler waits, and this thread waits with it.
            Want::Wake => thread::park_timeout(timeout(&connection).unwrap_or(Duration::MAX)),
            Want::HalfClose => stream.shutdown(Shutdown::Write)?,
            Want::Close(_) => return Ok(()),
        }
    }
}

/// How long this thread may wait before the connection has something to decide. A socket refuses zero.
fn timeout(connection: &Connection) -> Option<Duration> {
    let next = [connection.deadline(), connection.wake_at()].into_iter().flatten().min()?;
    Some(next.saturating_duration_since(Instant::now()).max(Duration::from_micros(1)))
}

/// What a handler's waker does here: it lets the thread go on that is parked for the handler.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Unpark>) {
        self.0.unpark();
    }
}
