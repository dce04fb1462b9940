//! Quantiles of Student's t distribution: how far a mean of few values may be off.

/// The 97.5 % quantiles for 1 to 30 degrees of freedom.
const TABLE: [f64; 30] = [
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010, 2.1788, 2.1604,
    2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555,
    2.0518, 2.0484, 2.0452, 2.0423,
];

/// Half the width of a 95 % interval, in standard errors; `None` below one degree of freedom.
///
/// Between whole degrees, as Welch's formula gives them, the lower one counts: the interval is then a little wide, never
/// narrow. Above 30 the Cornish–Fisher expansion is exact to four digits.
pub(super) fn t_95(degrees: f64) -> Option<f64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 30 after the checks")]
    let at = |degrees: f64| TABLE.get(degrees as usize - 1).copied();
    match degrees {
        d if d.is_nan() || d < 1.0 => None,
        d if d < 31.0 => at(d),
        d => {
            let z = 1.959_964_f64;
            let first = (z.powi(3) + z) / 4.0;
            let second = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0;
            Some(z + first / d + second / d.powi(2))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantiles_are_those_of_the_tables() {
        // NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.6.7.2.
        for (degrees, expected) in
            [(1.0, 12.706), (4.0, 2.776), (9.0, 2.262), (30.0, 2.042), (40.0, 2.021), (100.0, 1.984)]
        {
            let t = t_95(degrees).unwrap();
            assert!((t - expected).abs() < 0.001, "{degrees}: {t} is not {expected}");
        }
        assert_eq!(t_95(4.9), t_95(4.0));
        assert_eq!(t_95(0.9), None);
        assert_eq!(t_95(f64::NAN), None);
    }

    #[test]
    fn the_table_goes_over_into_the_formula_without_a_step() {
        let (table, formula) = (t_95(30.0).unwrap(), t_95(31.0).unwrap());
        assert!(formula < table && table - formula < 0.004, "{table} {formula}");
    }
}
