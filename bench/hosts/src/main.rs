//! The peers' routes on one of polyserve's runtimes: `polyserve-peer RUNTIME PORT [ROUTES [WORKERS]]`.
//!
//! The library as it is by default: all limits and deadlines in force, one worker. With ROUTES there are as many further
//! routes, `/route/0` and so on; WORKERS is for runtimes that have some.

use std::convert::Infallible;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use std::{env, io, process, thread};

use futures_util::stream;
use polyserve::{Body, Bytes, Method, Router, ServeOptions, handler, routes, runtime, time::sleep};

const BODY: &str = "Hello, World!";
/// A piece of `/stream`, and how many of them are 1 GiB.
static PIECE: [u8; 64 * 1024] = [b'x'; 64 * 1024];
const PIECES: usize = (1 << 30) / PIECE.len();
/// Turns of `/cpu`, each a multiplication and an addition that wait for the turn before: about 200 µs at 3 GHz.
const TURNS: u64 = 150_000;

#[handler(GET, "/")]
fn hello() -> &'static str {
    BODY
}

#[handler(GET, "/wait")]
async fn wait() -> &'static str {
    sleep(Duration::from_millis(100)).await;
    BODY
}

#[handler(POST, "/echo")]
fn echo(body: Body) -> Body {
    body
}

#[handler(GET, "/stream")]
fn gibibyte() -> Body {
    let pieces = std::iter::repeat_n(Bytes::from_static(&PIECE), PIECES);
    Body::from_stream(stream::iter(pieces.map(Ok::<_, Infallible>)))
}

/// Work that is as long on a busy machine as on a quiet one, in CPU time.
#[handler(GET, "/cpu")]
fn cpu() -> &'static str {
    // Knuth's linear congruential generator.
    black_box((0..TURNS).fold(1_u64, |x, _| {
        black_box(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407))
    }));
    BODY
}

fn main() -> polyserve::Result {
    let mut args = env::args().skip(1);
    let (name, port) = (args.next(), args.next().and_then(|port| port.parse::<u16>().ok()));
    let runtime = runtime::ALL.iter().find(|runtime| Some(runtime.name) == name.as_deref());
    let (Some(runtime), Some(port)) = (runtime, port) else {
        let names: Vec<&str> = runtime::ALL.iter().map(|runtime| runtime.name).collect();
        eprintln!("usage: polyserve-peer {} PORT [ROUTES [WORKERS]]", names.join("|"));
        process::exit(2);
    };
    let routes = args.next().and_then(|routes| routes.parse().ok()).unwrap_or(0);
    let workers: usize = args.next().and_then(|workers| workers.parse().ok()).unwrap_or(1);

    let mut options = ServeOptions::default();
    if runtime.capabilities.workers {
        options.workers = Some(workers);
    }
    let shutdown = options.shutdown.clone();
    let _signals = shutdown.begin_on_signals()?;
    // No server outlives a benchmark that was killed.
    thread::spawn(move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        shutdown.begin();
    });
    // Whoever measures takes a bound port for a server that is ready: so the routes come first.
    let app = Arc::new(app(routes));
    let listener = runtime.bind(("127.0.0.1", port), options.workers)?;
    (runtime.serve)(listener, app, options)
}

fn app(further: usize) -> Router {
    let app = routes![hello, wait, echo, gibibyte, cpu];
    (0..further).fold(app, |app, n| app.route(Method::GET, &format!("/route/{n}"), hello))
}
