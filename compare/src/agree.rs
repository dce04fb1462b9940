//! Whether two answers are the same answer.
//!
//! Header names compare without case and header order counts only among lines of one name. `Date` names the moment, and
//! `Connection` and `Keep-Alive` describe the connection, not the answer: these three are left out.

use crate::response::Content;

/// A response as a client sees it: without its transfer coding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Content,
}

impl Answer {
    /// What of it a server in front of another has to pass on.
    pub(crate) fn without_headers(&self) -> Self {
        Self { headers: Vec::new(), ..self.clone() }
    }
}

/// Not part of what the server says about the resource.
const IGNORED: [&str; 3] = ["connection", "date", "keep-alive"];
/// Body bytes shown from a little before the first difference.
const CONTEXT: usize = 40;

/// Each difference as a line of text; none if the answers are the same.
pub(crate) fn differences(
    (left_name, left): (&str, &Answer),
    (right_name, right): (&str, &Answer),
) -> Vec<String> {
    let mut found = Vec::new();
    let mut differ = |what: &str, left: &str, right: &str| {
        found.push(format!("{what}: {left_name} sends {left}, {right_name} sends {right}"));
    };
    if left.status != right.status {
        differ("status", &left.status.to_string(), &right.status.to_string());
    }
    let mut names: Vec<&str> = [left, right]
        .iter()
        .flat_map(|answer| &answer.headers)
        .map(|(name, _)| name.as_str())
        .filter(|name| !IGNORED.contains(name))
        .collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let (left, right) = (values(left, name), values(right, name));
        if left != right {
            differ(&format!("header {name}"), &show_values(&left), &show_values(&right));
        }
    }
    if left.body != right.body {
        let (left, right) = (&left.body, &right.body);
        match first_difference(left.beginning(), right.beginning()) {
            Some(at) => {
                differ(&format!("body at byte {at}"), &show_body(left, at), &show_body(right, at));
            }
            None => {
                let what = format!("body after its first {} bytes", left.beginning().len());
                differ(&what, &show_whole(left), &show_whole(right));
            }
        }
    }
    found
}

fn first_difference(left: &[u8], right: &[u8]) -> Option<usize> {
    let differs = left.iter().zip(right).position(|(left, right)| left != right);
    differs.or_else(|| (left.len() != right.len()).then_some(left.len().min(right.len())))
}

fn values<'a>(answer: &'a Answer, wanted: &str) -> Vec<&'a [u8]> {
    let headers = answer.headers.iter();
    headers.filter(|(name, _)| name == wanted).map(|(_, value)| value.as_slice()).collect()
}

fn show_values(values: &[&[u8]]) -> String {
    match values {
        [] => "none".to_owned(),
        values => {
            let quoted = values.iter().map(|value| format!("\"{}\"", value.escape_ascii()));
            quoted.collect::<Vec<_>>().join(" and ")
        }
    }
}

/// The bytes around the difference, with how many there are in all.
fn show_body(body: &Content, at: usize) -> String {
    let kept = body.beginning();
    let from = at.saturating_sub(CONTEXT / 4);
    let to = (from + CONTEXT).min(kept.len());
    let before = if from > 0 { "…" } else { "" };
    let after = if (to as u64) < body.len() { "…" } else { "" };
    let shown = kept.get(from..to).unwrap_or_default().escape_ascii();
    format!("{before}\"{shown}\"{after} ({} bytes in all)", body.len())
}

fn show_whole(body: &Content) -> String {
    format!("{} bytes with the checksum {:08x}", body.len(), body.checksum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        Answer {
            status,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
                .collect(),
            body: body.as_bytes().into(),
        }
    }

    fn compare(left: &Answer, right: &Answer) -> Vec<String> {
        differences(("a", left), ("b", right))
    }

    #[test]
    fn order_of_names_and_headers_of_the_moment_do_not_count() {
        let left = answer(200, &[("x", "1"), ("y", "2"), ("date", "today")], "same");
        let right = answer(200, &[("connection", "close"), ("y", "2"), ("x", "1")], "same");
        assert_eq!(compare(&left, &right), [""; 0]);
    }

    #[test]
    fn order_counts_among_lines_of_one_name() {
        let left = answer(200, &[("x", "1"), ("x", "2")], "");
        let right = answer(200, &[("x", "2"), ("x", "1")], "");
        assert_eq!(compare(&left, &right), ["header x: a sends \"1\" and \"2\", b sends \"2\" and \"1\""]);
    }

    #[test]
    fn each_difference_is_named() {
        let left = answer(200, &[("server", "one")], "hello world, this is a long body that goes on and on");
        let right = answer(201, &[], "hello world, thus is a long body");
        assert_eq!(
            compare(&left, &right),
            [
                "status: a sends 200, b sends 201",
                "header server: a sends \"one\", b sends none",
                "body at byte 15: a sends …\" world, this is a long body that goes on\"… (52 bytes in all), \
                 b sends …\" world, thus is a long body\" (32 bytes in all)",
            ]
        );
    }

    #[test]
    fn a_body_that_ends_early_differs_where_it_ends() {
        let left = answer(200, &[], "");
        let right = answer(200, &[], "x\n");
        assert_eq!(
            compare(&left, &right),
            ["body at byte 0: a sends \"\" (0 bytes in all), b sends \"x\\n\" (2 bytes in all)"]
        );
    }

    #[test]
    fn bodies_that_differ_beyond_what_is_kept_differ() {
        let mut left = answer(200, &[], "");
        left.body.push(&vec![b'x'; 5 << 20]);
        let mut right = left.clone();
        left.body.push(b"a");
        right.body.push(b"b");
        let [difference] = &compare(&left, &right)[..] else {
            panic!("one difference, not {:?}", compare(&left, &right));
        };
        assert!(
            difference.starts_with("body after its first 4194304 bytes: a sends 5242881 bytes with"),
            "{difference}"
        );
        right = left.clone();
        assert_eq!(compare(&left, &right), [""; 0]);
    }
}
