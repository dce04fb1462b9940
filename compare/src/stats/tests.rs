//! The promises made to a reader, tried on rounds that are drawn and not measured: with known noise it is known what is
//! to be found. Whether a machine's noise is like this is another question; `compare` shows it as the intervals' width.

use super::{Better, Interval, Verdict, paired};

const TRIALS: usize = 1000;

/// One contender's own noise in a round, and the rounds: the default budget on a quiet machine, and two minutes on one
/// that is three times as noisy.
const SETTINGS: [(f64, usize); 2] = [(0.007, 5), (0.02, 20)];

/// Noise of one round that both contenders share: drift, another program.
const SHARED: f64 = 0.10;

/// About normally distributed with standard deviation 1: the sum of twelve uniform draws.
fn normal(rng: &mut fastrand::Rng) -> f64 {
    (0..12).map(|_| rng.f64()).sum::<f64>() - 6.0
}

/// Two contenders' rates in each round, the first `factor` times as fast as the second.
fn rates(rng: &mut fastrand::Rng, factor: f64, (own, rounds): (f64, usize)) -> (Vec<f64>, Vec<f64>) {
    let draw = |_| {
        let round = 1000.0 * (SHARED * normal(rng)).exp();
        (round * factor * (own * normal(rng)).exp(), round * (own * normal(rng)).exp())
    };
    (0..rounds).map(draw).unzip()
}

/// How many of the trials' ratios satisfy the predicate, as a part of all.
fn share(setting: (f64, usize), factor: f64, is_so: impl Fn(&Interval) -> bool) -> f64 {
    let mut rng = fastrand::Rng::with_seed(20_250_101);
    let hits = (0..TRIALS)
        .filter(|_| {
            let (ours, base) = rates(&mut rng, factor, setting);
            is_so(&paired(&ours, &base).expect("all rates are positive"))
        })
        .count();
    hits as f64 / TRIALS as f64
}

/// How often the word for a contender that is `factor` times as fast is this one.
fn says(setting: (f64, usize), factor: f64, verdict: Verdict) -> f64 {
    share(setting, factor, |ratio| Verdict::of(ratio, Better::Higher) == verdict)
}

#[test]
fn two_runs_of_the_same_thing_are_the_same_19_times_in_20() {
    for setting in SETTINGS {
        let same = says(setting, 1.0, Verdict::Same);
        assert!(same >= 0.95, "{setting:?}: {same}");
    }
}

#[test]
fn two_runs_of_the_same_thing_are_next_to_never_told_apart() {
    for setting in SETTINGS {
        let apart = says(setting, 1.0, Verdict::Faster) + says(setting, 1.0, Verdict::Slower);
        assert!(apart <= 0.02, "{setting:?}: {apart}");
    }
}

#[test]
fn a_slowdown_of_5_percent_is_found() {
    for setting in SETTINGS {
        let slower = says(setting, 0.95, Verdict::Slower);
        assert!(slower >= 0.95, "{setting:?}: {slower}");
        assert!(says(setting, 0.95, Verdict::Faster) <= 0.001, "{setting:?}");
    }
}

#[test]
fn a_slowdown_of_5_percent_in_noise_of_15_is_inconclusive_and_not_the_same() {
    let noisy = (0.15, 5);
    assert!(says(noisy, 0.95, Verdict::Inconclusive) >= 0.9);
    assert!(says(noisy, 0.95, Verdict::Same) <= 0.01);
}

#[test]
fn the_interval_covers_the_truth_19_times_in_20() {
    for setting in SETTINGS {
        for truth in [0.5, 0.95, 1.0, 3.0] {
            let covered = share(setting, truth, |ratio| {
                ratio.low.is_some_and(|low| low <= truth) && ratio.high.is_some_and(|high| high >= truth)
            });
            // Three standard errors of a share of 1000 trials around 95 %.
            assert!((0.929..=0.971).contains(&covered), "{setting:?}, {truth}: {covered}");
        }
    }
}
