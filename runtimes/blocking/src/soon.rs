//! How long a thread waits in a read for a client's next request.

use std::{io, net::TcpStream, time::Duration};

/// At first: most clients ask again within this.
const FIRST: Duration = Duration::from_millis(50);
/// At the most. The stop does not reach a thread in a read, and takes so much longer.
const LONGEST: Duration = Duration::from_millis(800);

/// How long a thread that has nobody else to serve waits in a read, out of reach of the stop, before it waits in poll(2)
/// for whatever comes first: two system calls and a wake-up more for the request.
///
/// Among thousands of clients that take turns, each asks again when its turn comes. So the next wait is twice as long as such
/// a pause has been.
pub(crate) struct Soon(Duration);

impl Default for Soon {
    fn default() -> Soon {
        Soon(FIRST)
    }
}

impl Soon {
    pub(crate) fn timeout(&self) -> Duration {
        self.0
    }

    /// Has reads of `stream` give up after this.
    pub(crate) fn arm(&self, stream: &TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(self.0))
    }

    /// The client of `stream` was heard in poll(2), so long after the wait in a read had begun.
    pub(crate) fn heard_after(&mut self, pause: Duration, stream: &TcpStream) {
        let longer = Soon((pause * 2).min(LONGEST));
        // One that could not be set is as good as before.
        if pause < LONGEST && longer.0 > self.0 && longer.arm(stream).is_ok() {
            *self = longer;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    /// How long reads wait after such pauses, one after the other, in ms; the socket knows it, too.
    fn after(pauses: &[u64]) -> Vec<u64> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut soon = Soon::default();
        soon.arm(&stream).unwrap();
        let timeouts = pauses.iter().map(|pause| {
            soon.heard_after(Duration::from_millis(*pause), &stream);
            // The kernel counts in ticks, and rounds up.
            let kernels = stream.read_timeout().unwrap().unwrap();
            assert!(kernels >= soon.timeout() && kernels < soon.timeout() + Duration::from_millis(20));
            soon.timeout().as_millis().try_into().unwrap()
        });
        timeouts.collect()
    }

    #[test]
    fn a_client_that_asks_later_is_waited_for_twice_as_long() {
        assert_eq!(after(&[60, 100, 150]), [120, 200, 300]);
    }

    #[test]
    fn a_shorter_pause_makes_no_wait_shorter() {
        assert_eq!(after(&[300, 60, 1]), [600, 600, 600]);
    }

    #[test]
    fn no_wait_keeps_a_stop_for_longer_than_it_may() {
        assert_eq!(after(&[500, 799]), [800, 800]);
    }

    #[test]
    fn a_client_that_is_silent_for_longer_still_is_not_waited_for() {
        assert_eq!(after(&[800, 60_000]), [50, 50]);
    }
}
