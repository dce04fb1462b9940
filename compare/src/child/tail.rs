//! The end of a stream that somebody has to keep reading.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Bytes kept of a server's standard error: enough for a panic with its backtrace.
const KEPT: usize = 64 * 1024;

/// Reads a stream to its end on a thread of its own and keeps the last 64 KiB.
#[derive(Debug)]
pub(super) struct Tail {
    kept: Arc<Mutex<VecDeque<u8>>>,
    /// Disconnects when the stream has ended.
    ended: mpsc::Receiver<()>,
}

impl Tail {
    pub(super) fn follow(stream: Option<impl Read + Send + 'static>) -> Self {
        let kept = Arc::new(Mutex::new(VecDeque::new()));
        let (alive, ended) = mpsc::channel();
        if let Some(mut stream) = stream {
            let kept = Arc::clone(&kept);
            thread::spawn(move || {
                let _alive = alive;
                let mut buffer = [0; 4096];
                while let Ok(read @ 1..) = stream.read(&mut buffer) {
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    kept.extend(&buffer[..read]);
                    let surplus = kept.len().saturating_sub(KEPT);
                    kept.drain(..surplus);
                }
            });
        }
        Self { kept, ended }
    }

    /// What is kept so far.
    pub(super) fn text(&self) -> String {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(kept.make_contiguous()).into_owned()
    }

    /// What is kept once the stream has ended, or after the limit: a grandchild may hold the stream open.
    pub(super) fn last_words(&self, limit: Duration) -> String {
        let _ = self.ended.recv_timeout(limit);
        self.text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_a_long_stream_is_kept() {
        let stream = std::io::repeat(b'a').take(100_000).chain(&b"the end"[..]);
        let text = Tail::follow(Some(stream)).last_words(Duration::from_secs(10));
        assert_eq!(text.len(), KEPT);
        assert!(text.ends_with("aathe end"));
    }
}
