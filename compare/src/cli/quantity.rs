//! Numbers as people write them on the command line.

use std::num::NonZeroUsize;

/// `10k`, `1m`, `250`.
pub(super) fn requests(text: &str) -> Result<u64, String> {
    const FORM: &str = "a number of requests is like 500, 10k or 1m";
    let (digits, factor) = match text.trim_end().chars().last() {
        Some('k' | 'K') => (&text[..text.len() - 1], 1_000),
        Some('m' | 'M') => (&text[..text.len() - 1], 1_000_000),
        _ => (text, 1),
    };
    let number: u64 = digits.parse().map_err(|_| FORM.to_owned())?;
    number.checked_mul(factor).filter(|n| *n > 0).ok_or_else(|| FORM.to_owned())
}

/// Requests a second: `500/s`, `30/m`, `500`.
pub(super) fn rate(text: &str) -> Result<f64, String> {
    const FORM: &str = "a rate is like 500/s, 30/m or 1.5/s";
    let (number, seconds) = match text.split_once('/') {
        None | Some((_, "s")) => (text.split('/').next().unwrap_or(text), 1.0),
        Some((number, "m" | "min")) => (number, 60.0),
        Some((number, "h")) => (number, 3600.0),
        Some(_) => return Err(FORM.to_owned()),
    };
    let number: f64 = number.parse().map_err(|_| FORM.to_owned())?;
    if number > 0.0 && number.is_finite() { Ok(number / seconds) } else { Err(FORM.to_owned()) }
}

/// What is varied, and its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sweep(pub(super) Vec<usize>);

/// `c=1,10,100`.
pub(super) fn sweep(text: &str) -> Result<Sweep, String> {
    const FORM: &str = "a sweep is like c=1,10,100: numbers of connections, each once";
    let values = text.strip_prefix("c=").ok_or(FORM)?;
    let numbers: Result<Vec<usize>, _> =
        values.split(',').map(|value| value.parse().map(NonZeroUsize::get)).collect();
    let numbers = numbers.map_err(|_| FORM)?;
    match numbers.iter().enumerate().any(|(at, number)| numbers[..at].contains(number)) {
        true => Err(FORM.to_owned()),
        false => Ok(Sweep(numbers)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        assert_eq!([requests("500"), requests("10k"), requests("1m")], [Ok(500), Ok(10_000), Ok(1_000_000)]);
        assert_eq!(
            [rate("500"), rate("500/s"), rate("30/m"), rate("1.5/s")],
            [Ok(500.0), Ok(500.0), Ok(0.5), Ok(1.5)]
        );
        assert_eq!(sweep("c=1,10,100"), Ok(Sweep(vec![1, 10, 100])));
    }

    #[test]
    fn what_is_no_number_is_refused_with_the_form() {
        for text in ["", "0", "k", "-1", "1.5", "10g", "99999999999999999m"] {
            assert!(requests(text).unwrap_err().contains("like 500, 10k"), "{text}");
        }
        for text in ["", "0", "/s", "-1/s", "nan", "inf/s", "5/d", "5/s/s"] {
            assert!(rate(text).unwrap_err().contains("like 500/s"), "{text}");
        }
        for text in ["", "c=", "c=0", "n=1", "1,2", "c=1,1", "c=1,x"] {
            assert!(sweep(text).unwrap_err().contains("like c=1,10,100"), "{text}");
        }
    }
}
