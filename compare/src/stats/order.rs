//! Who is measured when.

/// The order of the contenders in each round: drawn from the seed, then rotated by one from round to round.
///
/// Rotation gives every contender every place about equally often, so that neither the first place (a cool processor)
/// nor the last is anybody's advantage; the draw keeps neighbours from being the same in every comparison.
pub(crate) fn orders(contenders: usize, rounds: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut drawn: Vec<usize> = (0..contenders).collect();
    fastrand::Rng::with_seed(seed).shuffle(&mut drawn);
    let rotated = |round: usize| {
        let mut order = drawn.clone();
        order.rotate_left(round % contenders.max(1));
        order
    };
    (0..rounds).map(rotated).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_contender_has_every_place_equally_often() {
        let orders = orders(4, 8, 7);
        for place in 0..4 {
            for contender in 0..4 {
                let times = orders.iter().filter(|order| order[place] == contender).count();
                assert_eq!(times, 2, "contender {contender} in place {place}: {orders:?}");
            }
        }
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(orders(6, 5, 1), orders(6, 5, 1));
        assert!((0..20).any(|seed| orders(6, 1, seed) != orders(6, 1, 1)));
        assert_eq!(orders(0, 2, 1), [[0_usize; 0]; 2]);
    }
}
