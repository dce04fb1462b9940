//! Answers per second, without an error at the window's edges.
//!
//! Dividing the answers by the window's length is off by up to a whole round of answers: ten clients that wait 100 ms in
//! step get 390 or 400 answers in 4 s, by how the window happens to fall. So the window is aligned to the clients: from
//! a client's first answer to its last, *all* clients' answers are counted, and the sum of these counts is divided by
//! the sum of these spans. Of answers that come in step, that spans whole rounds; of answers that come one by one, whole
//! turns of the queue; of very many answers, nearly the whole window.
//!
//! Nothing is extrapolated: only answers inside the window count. Where no client has two answers that span at least
//! half the window, a queue is longer than the window: then the span is from the last answer before the window to the
//! last inside it. Where that is not half the window either, and in an open loop, whose arrivals are even, the estimate
//! is the plain quotient.

use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug)]
struct Mark {
    at: Instant,
    /// Answers of all clients up to this one, itself included.
    total: u64,
}

/// When each client had its first and its last answer in the window.
#[derive(Debug)]
pub(super) struct Rate {
    clients: Vec<Option<(Mark, Mark)>>,
    total: u64,
    /// Clients answered at any time, and how many were not.
    warm: Vec<bool>,
    cold: usize,
    /// The last answer of the warm-up, and of the window.
    before: Option<Instant>,
    last: Option<Instant>,
    plain: bool,
}

impl Rate {
    pub(super) fn new(clients: usize) -> Self {
        Self {
            clients: vec![None; clients],
            total: 0,
            warm: vec![false; clients],
            cold: clients,
            before: None,
            last: None,
            plain: false,
        }
    }

    /// One that divides the answers by the window's length.
    pub(super) fn plain(clients: usize) -> Self {
        Self { plain: true, ..Self::new(clients) }
    }

    /// A client was answered before the window.
    pub(super) fn warmed_up(&mut self, client: usize, at: Instant) {
        self.before = Some(at);
        self.seen(client);
    }

    /// A client was answered, whenever that was.
    pub(super) fn seen(&mut self, client: usize) {
        if let Some(warm) = self.warm.get_mut(client)
            && !std::mem::replace(warm, true)
        {
            self.cold -= 1;
        }
    }

    /// Whether every client has been answered.
    pub(super) fn is_filled(&self) -> bool {
        self.cold == 0
    }

    /// A client was answered. Times do not go backwards by more than a batch of events takes.
    pub(super) fn answered(&mut self, client: usize, at: Instant) {
        self.total += 1;
        self.last = Some(at);
        self.seen(client);
        let mark = Mark { at, total: self.total };
        let Some(marks) = self.clients.get_mut(client) else {
            return;
        };
        match marks {
            Some((_, last)) => *last = mark,
            None => *marks = Some((mark, mark)),
        }
    }

    /// All answers.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// All clients, answered or not.
    pub(super) fn connections(&self) -> usize {
        self.clients.len()
    }

    /// Clients without any answer, before, in or after the window.
    pub(super) fn starved(&self) -> usize {
        self.cold
    }

    /// Answers per second in a window of this length.
    pub(super) fn per_second(&self, window: Duration) -> f64 {
        let mut answers = 0;
        let mut spans = Duration::ZERO;
        let mut longest = Duration::ZERO;
        for (first, last) in self.clients.iter().flatten() {
            let span = last.at.saturating_duration_since(first.at);
            answers += last.total - first.total;
            spans += span;
            longest = longest.max(span);
        }
        let queue = self.before.zip(self.last).map(|(before, last)| last.saturating_duration_since(before));
        let spans_enough = |span: Duration| span >= window / 2 && !span.is_zero();
        if self.plain {
            self.quotient(window)
        } else if spans_enough(longest) {
            answers as f64 / spans.as_secs_f64()
        } else if let Some(span) = queue.filter(|span| spans_enough(*span)) {
            self.total as f64 / span.as_secs_f64()
        } else {
            self.quotient(window)
        }
    }

    fn quotient(&self, window: Duration) -> f64 {
        if window.is_zero() { 0.0 } else { self.total as f64 / window.as_secs_f64() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rate of answers at these times (µs after the window opened) to these clients, in a window of 4 s.
    fn rate(clients: usize, answers: impl IntoIterator<Item = (u64, usize)>) -> f64 {
        let open = Instant::now();
        let mut rate = Rate::new(clients);
        for (at, client) in answers {
            assert!(at <= 4_000_000, "the answer lies outside the window");
            rate.answered(client, open + Duration::from_micros(at));
        }
        rate.per_second(Duration::from_secs(4))
    }

    fn is_about(left: f64, right: f64) -> bool {
        (left - right).abs() < 0.001 * right
    }

    #[test]
    fn answers_in_step_give_whole_rounds_wherever_the_window_falls() {
        for offset in [0, 50_000, 99_000] {
            // Ten clients, 100.3 ms each, in a different order in every round.
            let answers = (0..)
                .flat_map(|round| (0..10).map(move |at| (round, at)))
                .map(|(round, at)| (offset + round * 100_300 + at, ((at + round * 7) % 10) as usize))
                .take_while(|(at, _)| *at <= 4_000_000);
            let rate = rate(10, answers);
            assert!(is_about(rate, 10.0 / 0.1003), "{rate}");
        }
    }

    #[test]
    fn a_queue_served_one_by_one_gives_its_servers_rate() {
        // 40 answers, 100 ms apart, ten clients in turn.
        let rate = rate(10, (1..=40).map(|n| (n * 100_000, (n % 10) as usize)));
        assert!(is_about(rate, 10.0), "{rate}");
    }

    #[test]
    fn one_client_that_holds_the_server_counts_alone() {
        let mut answers: Vec<_> = (1..=40).map(|n| (n * 100_000, 3)).collect();
        answers[20].1 = 4;
        let rate = rate(10, answers);
        assert!(is_about(rate, 10.0), "{rate}");
    }

    #[test]
    fn without_a_client_answered_twice_over_half_the_window_it_is_the_quotient() {
        let rate_of_one_round = rate(100, (1..=40).map(|n| (n * 100_000, n as usize)));
        assert!(is_about(rate_of_one_round, 10.0));
        let rate_of_a_burst = rate(10, [(10, 0), (20, 0), (3_999_999, 1)]);
        assert!(is_about(rate_of_a_burst, 0.75));
        assert_eq!(rate(10, []), 0.0);
    }

    #[test]
    fn a_queue_longer_than_the_window_is_measured_from_the_answer_before_it() {
        let open = Instant::now();
        let at = |ms| open + Duration::from_millis(ms);
        // Served one by one, every 100 ms; the window sees 350 ms of it, from 130 to 480.
        let mut rate = Rate::new(10);
        rate.warmed_up(0, at(100));
        for n in 1..=3 {
            rate.answered(n, at(100 + 100 * n as u64));
        }
        assert!(is_about(rate.per_second(Duration::from_millis(350)), 10.0));
        assert!(!rate.is_filled());
        let mut plain = Rate::plain(1);
        plain.warmed_up(0, at(0));
        plain.answered(0, at(100));
        plain.answered(0, at(400));
        assert!(is_about(plain.per_second(Duration::from_millis(500)), 4.0));
        assert!(plain.is_filled());
    }

    #[test]
    fn clients_without_an_answer_are_starved() {
        let mut rate = Rate::new(3);
        rate.answered(1, Instant::now());
        assert_eq!((rate.starved(), rate.total()), (2, 1));
    }
}
