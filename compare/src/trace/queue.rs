//! The listener's accept queue, looked at over and over while requests are traced.

use std::net::SocketAddr;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::clock;
use crate::cost::accept_queue;

/// Often enough for a wait of a few milliseconds to show, and little beside what the requests themselves cost.
const EVERY: Duration = Duration::from_millis(1);

/// A look at the queue, at the machine's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) at_ns: u64,
    pub(super) depth: u32,
}

/// Looks at the queue of the listener at `addr` while `ask` is at work. Empty for a server on another machine, and where
/// the system does not tell.
pub(super) fn while_asking<T>(addr: SocketAddr, ask: impl FnOnce() -> T) -> (T, Vec<Look>) {
    if !addr.ip().is_loopback() {
        return (ask(), Vec::new());
    }
    thread::scope(|scope| {
        let (done, asking) = mpsc::channel::<()>();
        let looker = scope.spawn(move || {
            let mut looks = Vec::new();
            loop {
                let over = asking.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout);
                // The depth first: what was there is not dated later than it was.
                if let Some((depth, at_ns)) = accept_queue(addr).zip(clock::now_ns()) {
                    keep(&mut looks, Look { at_ns, depth }, over);
                }
                if over {
                    return looks;
                }
            }
        });
        let asked = ask();
        drop(done);
        // It has no way to fail.
        (asked, looker.join().unwrap_or_default())
    })
}

/// The first look, the last, and those at which something had changed.
fn keep(looks: &mut Vec<Look>, look: Look, last: bool) {
    if last || looks.last().is_none_or(|before| before.depth != look.depth) {
        looks.push(look);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_queue_is_seen_to_fill_and_to_empty() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        // The last look is taken when the asking is over.
        let see = || while_asking(addr, || ()).1.last().map(|look| look.depth);
        assert_eq!(see(), Some(0));
        let clients = [TcpStream::connect(addr).unwrap(), TcpStream::connect(addr).unwrap()];
        assert_eq!(see(), Some(2));
        drop(listener.accept().unwrap());
        assert_eq!(see(), Some(1));
        drop(clients);
    }

    #[test]
    fn only_changes_are_kept_between_the_first_look_and_the_last() {
        let mut looks = Vec::new();
        let depths = [0, 0, 2, 2, 2, 1, 0, 0, 0];
        for (at, depth) in depths.into_iter().enumerate() {
            keep(&mut looks, Look { at_ns: at as u64, depth }, at == depths.len() - 1);
        }
        let kept: Vec<(u64, u32)> = looks.iter().map(|look| (look.at_ns, look.depth)).collect();
        assert_eq!(kept, [(0, 0), (2, 2), (5, 1), (6, 0), (8, 0)]);
    }
}
