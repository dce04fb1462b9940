//! What somebody meant who wrote a name that does not exist.

/// The first of `known` that is one slip of the finger, or two in a longer name, from `written`.
pub(crate) fn similar<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let slips = if written.chars().count() > 4 { 2 } else { 1 };
    known.into_iter().find(|known| known.len() > 1 && distance(written, known) <= slips)
}

/// How many letters are missing, too many, others, or changed places with their neighbours (the distance of
/// Damerau and Levenshtein, for strings without overlapping swaps).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<_>, Vec<_>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::similar;

    #[test]
    fn slips_of_the_finger_are_understood() {
        let known = ["GET", "POST", "blocking", "n"];
        for (written, expected) in [
            ("bloking", Some("blocking")),
            ("blokcing", Some("blocking")),
            ("blockinng", Some("blocking")),
            ("GTE", Some("GET")),
            ("PSOT", Some("POST")),
            ("async", None),
            ("FETCH", None),
            ("block", None),
            ("m", None),
            ("", None),
        ] {
            assert_eq!(similar(written, known), expected, "{written}");
        }
    }
}
