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

#[cfg(feature = "threaded")]
mod threaded {
    use super::first;
    use polyserve::{
        observer::{Event, Observer},
        runtime::threaded::Server,
    };
    use std::net::{SocketAddr, TcpListener, TcpStream};

    #[test]
    fn a_stack_that_the_system_has_not_is_an_error_at_start_and_leaves_the_port() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let error = Server::new(first).listener(listener).stack_size(usize::MAX / 4).serve().unwrap_err();
        assert!(error.to_string().starts_with("the threaded server: "), "{error}");
        TcpListener::bind(addr).unwrap();
    }

    #[derive(Debug)]
    struct Panics;

    impl Observer for Panics {
        fn observe(&self, _: SocketAddr, _: Event) {
            panic!("seen in the test's output");
        }
    }

    #[test]
    fn when_the_thread_that_accepts_panics_the_server_says_so() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let error = Server::new(first).listener(listener).observer(Panics).serve().unwrap_err();
        assert_eq!(error.to_string(), "the threaded server: the thread that accepts has panicked");
    }
}
