//! The peers' routes on one of polyserve's runtimes: `polyserve-peer RUNTIME PORT [ROUTES]`.
//!
//! The library as it is by default: all limits and deadlines in force, one worker. With ROUTES there are as many further
//! routes, `/route/0` and so on.

use std::sync::Arc;
use std::time::Duration;
use std::{env, io, process, thread};

use polyserve::{Body, Method, Router, ServeOptions, bind, handler, routes, runtime, time::sleep};

const BODY: &str = "Hello, World!";

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

fn main() -> polyserve::Result {
    let mut args = env::args().skip(1);
    let (name, port) = (args.next(), args.next().and_then(|port| port.parse::<u16>().ok()));
    let runtime = runtime::ALL.iter().find(|runtime| Some(runtime.name) == name.as_deref());
    let (Some(runtime), Some(port)) = (runtime, port) else {
        let names: Vec<&str> = runtime::ALL.iter().map(|runtime| runtime.name).collect();
        eprintln!("usage: polyserve-peer {} PORT [ROUTES]", names.join("|"));
        process::exit(2);
    };
    let routes = args.next().and_then(|routes| routes.parse().ok()).unwrap_or(0);

    let mut options = ServeOptions::default();
    if runtime.capabilities.workers {
        options.workers = Some(1);
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
    (runtime.serve)(bind(("127.0.0.1", port))?, app, options)
}

fn app(further: usize) -> Router {
    let app = routes![hello, wait, echo];
    (0..further).fold(app, |app, n| app.route(Method::GET, &format!("/route/{n}"), hello))
}
