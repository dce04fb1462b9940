//! One event, as lines of text.

use std::{fmt, time::Duration};

/// One event of a stream. Its `Display` is what is sent.
///
/// No text can end its line and begin another field: data and comments are split into lines of their own. In names
/// and ids, which are one line, line ends and NUL are left out.
///
/// ```
/// use polyserve_core::sse::Event;
///
/// let event = Event::data("two\nlines").event("news").id("7");
/// assert_eq!(event.to_string(), "event: news\nid: 7\ndata: two\ndata: lines\n\n");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use = "an event does nothing until it is sent"]
pub struct Event {
    comment: Option<String>,
    name: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
    data: Option<String>,
}

impl Event {
    /// An event with data, which a page receives as `message`. Line ends, `\r` among them, arrive as `\n`.
    pub fn data(data: impl Into<String>) -> Event {
        Event { data: Some(data.into()), ..Event::default() }
    }

    /// An event whose data is a value as JSON.
    ///
    /// # Errors
    /// When the value cannot be written as JSON, such as a map whose keys are not strings.
    pub fn json(value: &impl serde::Serialize) -> Result<Event, serde_json::Error> {
        serde_json::to_string(value).map(Event::data)
    }

    /// A comment, which clients ignore. It may carry an [`id`](Event::id) or [`retry`](Event::retry).
    pub fn comment(comment: impl Into<String>) -> Event {
        Event { comment: Some(comment.into()), ..Event::default() }
    }

    /// The name that a page listens for, instead of `message`.
    pub fn event(self, name: impl Into<String>) -> Event {
        Event { name: Some(in_one_line(name.into())), ..self }
    }

    /// What the client sends in `Last-Event-ID` when it connects again. An empty one makes it send none.
    pub fn id(self, id: impl Into<String>) -> Event {
        Event { id: Some(in_one_line(id.into())), ..self }
    }

    /// How long the client waits before it connects again, in whole milliseconds.
    pub fn retry(self, after: Duration) -> Event {
        Event { retry: Some(after), ..self }
    }
}

/// A client drops an id with NUL in it (section 9.2.6).
fn in_one_line(mut text: String) -> String {
    text.retain(|c| !matches!(c, '\r' | '\n' | '\0'));
    text
}

/// Writes `text` as lines of `field`. `\r\n`, `\n` and `\r` all end a line (section 9.2.5).
fn write_lines(f: &mut fmt::Formatter<'_>, field: &str, text: &str) -> fmt::Result {
    let mut rest = text;
    while let Some(end) = rest.find(['\r', '\n']) {
        writeln!(f, "{field}: {}", &rest[..end])?;
        let length = if rest[end..].starts_with("\r\n") { 2 } else { 1 };
        rest = &rest[end + length..];
    }
    writeln!(f, "{field}: {rest}")
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(comment) = &self.comment {
            write_lines(f, "", comment)?;
        }
        if let Some(name) = &self.name {
            writeln!(f, "event: {name}")?;
        }
        if let Some(id) = &self.id {
            writeln!(f, "id: {id}")?;
        }
        if let Some(retry) = self.retry {
            writeln!(f, "retry: {}", retry.as_millis())?;
        }
        if let Some(data) = &self.data {
            write_lines(f, "data", data)?;
        }
        f.write_str("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn an_event_is_lines_and_an_empty_one() {
        let rows = [
            (Event::data("x"), "data: x\n\n"),
            (Event::data(""), "data: \n\n"),
            (Event::data(" x"), "data:  x\n\n"),
            (
                Event::data("a\nb\r\nc\rd\n\re\n"),
                "data: a\ndata: b\ndata: c\ndata: d\ndata: \ndata: e\ndata: \n\n",
            ),
            (Event::comment("one\ntwo"), ": one\n: two\n\n"),
            (Event::comment("").retry(Duration::from_micros(1_500_999)), ": \nretry: 1500\n\n"),
            (
                Event::data("x").event("news").id("7").retry(Duration::from_secs(1)),
                "event: news\nid: 7\nretry: 1000\ndata: x\n\n",
            ),
            (Event::default(), "\n"),
            (Event::json(&[1, 2]).unwrap(), "data: [1,2]\n\n"),
        ];
        for (event, expected) in rows {
            assert_eq!(event.to_string(), expected, "{event:?}");
        }
    }

    #[test]
    fn no_text_gets_out_of_its_field() {
        const TEXT: &str = "x\ndata: y\r\rid: z\0\n\nevent: w";
        let event = Event::data(TEXT).event(TEXT).id(TEXT).to_string();
        let fields: Vec<_> = event.lines().map(|line| line.split_once(": ")).collect();
        let data = ["x", "data: y", "", "id: z\0", "", "event: w"].map(|line| Some(("data", line)));
        let once = Some(("event", "xdata: yid: zevent: w"));
        assert_eq!(fields[..1], [once]);
        assert_eq!(fields[1], Some(("id", "xdata: yid: zevent: w")));
        assert_eq!(fields[2..8], data);
        assert_eq!(fields[8..], [None]);
        assert!(!event.contains('\r') && event.ends_with("\n\n"));
        assert!(Event::comment(TEXT).to_string().trim_end().lines().all(|line| line.starts_with(": ")));
    }

    #[test]
    fn what_json_cannot_say_is_an_error() {
        assert!(Event::json(&HashMap::from([((1, 2), 3)])).is_err());
    }
}
