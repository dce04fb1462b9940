//! What each runtime's own `serve(addr, handler)` and `Server` say of an address that is none.

use polyserve::handler;
use std::net::TcpListener;

#[handler(GET, "/")]
fn first() -> &'static str {
    "first"
}

/// Each runtime's own `serve(addr, handler)` and `Server`, which have no table: what they share is not a type.
macro_rules! on_every_module {
    ($($feature:literal $module:ident),+ $(,)?) => {
        mod a_taken_port_is_explained {
            $(
                #[cfg(feature = $feature)]
                #[test]
                fn $module() {
                    super::assert_a_taken_port_is_explained(|addr| {
                        [
                            polyserve::runtime::$module::serve(addr, super::first),
                            polyserve::runtime::$module::Server::new(super::first).address(addr).serve(),
                        ]
                    });
                }
            )+
        }

        mod a_server_without_an_address_is_explained {
            $(
                #[cfg(feature = $feature)]
                #[test]
                fn $module() {
                    let error = polyserve::runtime::$module::Server::new(super::first).serve().unwrap_err();
                    assert!(error.to_string().starts_with("the server has no address"), "{error}");
                }
            )+
        }
    };
}

on_every_module!(
    "blocking" blocking,
    "threaded" threaded,
    "poll-loop" poll_loop,
    "timer-offload" timer_offload,
    "async" asynchronous,
    "hyper" hyper,
);

fn assert_a_taken_port_is_explained(serve: impl FnOnce(&str) -> [polyserve::Result; 2]) {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    for outcome in serve(&addr) {
        assert_eq!(
            outcome.unwrap_err().to_string(),
            format!(
                "cannot listen on {addr}: another program listens there: stop it, or choose another port \
                 (port 0 picks a free one)"
            )
        );
    }
}
