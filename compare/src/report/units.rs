//! Figures as people read them: three to four digits and a unit.

use std::time::Duration;

/// Shown for what is not known.
pub(super) const UNKNOWN: &str = "–";

/// `61 µs`, `100.3 ms`, `1.20 s`.
pub(super) fn time(ns: u64) -> String {
    let x = ns as f64;
    // Each bound is where the smaller unit would round up to the larger.
    match ns {
        0..=999 => format!("{ns} ns"),
        1_000..=9_949 => format!("{:.1} µs", x / 1e3),
        9_950..=999_499 => format!("{:.0} µs", x / 1e3),
        999_500..=9_994_999 => format!("{:.2} ms", x / 1e6),
        9_995_000..=999_949_999 => format!("{:.1} ms", x / 1e6),
        999_950_000..=99_994_999_999 => format!("{:.2} s", x / 1e9),
        _ => format!("{:.0} s", x / 1e9),
    }
}

/// A rate: one decimal below 1000.
pub(super) fn rate(per_second: f64) -> String {
    if per_second < 999.95 { format!("{per_second:.1}") } else { format!("{per_second:.0}") }
}

/// A part of a whole: `9 %`, `99.7 %`, `100 %`.
pub(super) fn percent(part: f64) -> String {
    let percent = part * 100.0;
    if (99.5..100.0).contains(&percent) || percent < 9.95 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    }
}

/// Decimal megabytes.
pub(super) fn memory(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// Memory of one connection: binary kilobytes, as pages are counted.
pub(super) fn small_memory(bytes: u64) -> String {
    format!("{:.1} KiB", bytes as f64 / 1024.0)
}

/// How often something happens, on average.
pub(super) fn count(n: f64) -> String {
    if n < 99.95 { format!("{n:.2}") } else { format!("{n:.0}") }
}

/// What was asked for, so without rounding: `4 s`, `1.5 s`, `250 ms`.
pub(super) fn length(duration: Duration) -> String {
    // One division, correctly rounded, so that the shortest digits are the ones that were asked for.
    let ns = duration.as_nanos() as f64;
    if duration < Duration::from_secs(1) { format!("{} ms", ns / 1e6) } else { format!("{} s", ns / 1e9) }
}

/// A round time beside an axis: `50 ms`, `2 s`.
pub(super) fn axis_time(ns: f64) -> String {
    let (value, unit) = match ns {
        0.0 => return "0".to_owned(),
        ns if ns < 1e3 => (ns, "ns"),
        ns if ns < 999.5e3 => (ns / 1e3, "µs"),
        ns if ns < 999.5e6 => (ns / 1e6, "ms"),
        ns => (ns / 1e9, "s"),
    };
    format!("{} {unit}", short(value))
}

/// A round number beside an axis: `0.5`, `20`, `50k`.
pub(super) fn axis_rate(n: f64) -> String {
    if n < 9_999.5 { short(n) } else { format!("{}k", short(n / 1e3)) }
}

/// A round ratio beside an axis: `0.5×`.
pub(super) fn times(ratio: f64) -> String {
    format!("{}×", short(ratio))
}

/// Three digits after the point at the most, and no zeros at the end.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The number that a cell shows, in nanoseconds, bytes or as it is; `None` for a cell without one. So the cells of one
/// column can be put in order whatever their units.
pub(super) fn magnitude(cell: &str) -> Option<f64> {
    let cell = cell.trim_start_matches('±');
    let end = cell.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(cell.len());
    let number: f64 = cell[..end].parse().ok()?;
    let unit = match cell[end..].trim() {
        "µs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "KiB" => 1024.0,
        "MB" => 1e6,
        _ => 1.0,
    };
    Some(number * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_change_their_unit_where_they_would_round_up_to_the_next() {
        for (ns, expected) in [
            (0, "0 ns"),
            (999, "999 ns"),
            (1_000, "1.0 µs"),
            (9_949, "9.9 µs"),
            (9_950, "10 µs"),
            (61_400, "61 µs"),
            (999_499, "999 µs"),
            (999_500, "1.00 ms"),
            (9_994_999, "9.99 ms"),
            (9_995_000, "10.0 ms"),
            (100_312_000, "100.3 ms"),
            (999_949_999, "999.9 ms"),
            (999_950_000, "1.00 s"),
            (1_204_000_000, "1.20 s"),
            (114_262_000_000, "114 s"),
        ] {
            assert_eq!(time(ns), expected, "{ns}");
        }
    }

    #[test]
    fn other_figures_keep_what_tells_them_apart() {
        assert_eq!(
            [rate(0.0), rate(99.74), rate(999.94), rate(999.96), rate(38_012.3)],
            ["0.0", "99.7", "999.9", "1000", "38012"]
        );
        assert_eq!(
            [percent(0.0312), percent(0.1), percent(0.99), percent(0.9969), percent(1.0)],
            ["3.1 %", "10 %", "99 %", "99.7 %", "100 %"]
        );
        assert_eq!(memory(2_204_000), "2.2 MB");
        assert_eq!(small_memory(2560), "2.5 KiB");
        assert_eq!([count(1.0), count(0.256), count(1234.5)], ["1.00", "0.26", "1234"]);
        assert_eq!(length(Duration::from_millis(250)), "250 ms");
        assert_eq!(length(Duration::from_micros(35_100)), "35.1 ms");
        assert_eq!(length(Duration::from_millis(1500)), "1.5 s");
        assert_eq!(length(Duration::from_secs(4)), "4 s");
    }

    #[test]
    fn axes_and_columns_are_in_order_across_units() {
        assert_eq!([50e6, 2e9, 1e6, 1e3].map(axis_time), ["50 ms", "2 s", "1 ms", "1 µs"]);
        assert_eq!([0.5, 20.0, 50_000.0].map(axis_rate), ["0.5", "20", "50k"]);
        assert_eq!(times(0.5), "0.5×");
        let cells = ["61 µs", "9.99 ms", "100.3 ms", "1.20 s"];
        assert!(cells.map(|cell| magnitude(cell).unwrap()).is_sorted());
        assert_eq!(["–", "n<1000", "threaded"].map(magnitude), [None; 3]);
        assert_eq!(["±0.3", "97 %", "9.0†", "2.0 KiB"].map(magnitude), [0.3, 97.0, 9.0, 2048.0].map(Some));
    }
}
