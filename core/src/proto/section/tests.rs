use super::*;

const FRAMING: Framing =
    Framing { length: super::super::framing::BodyLength::None, expects_continue: false, persists: true };

/// A section of one field, read as the parser does.
fn read(value: &str, remembered: bool) -> (Bytes, Fields) {
    let text = format!("a: {value}\r\n\r\n");
    let input = Bytes::from(format!("line{text}"));
    let field = [(4..5, 7..7 + value.len())].into_iter();
    (input, Fields::new(4, field, remembered.then_some((text.as_bytes(), FRAMING))))
}

fn is_known(value: &str) -> bool {
    known(format!("{value}: a: {value}\r\n\r\nGET").as_bytes(), value.len() + 2).is_some()
}

#[test]
fn a_section_that_comes_again_is_known_with_its_fields() {
    drop(read("one", true));
    let input = Bytes::from_static(b"GET / HTTP/1.1\r\na: one\r\n\r\nmore");
    let fields = known(&input, 16).unwrap();
    assert_eq!((fields.framing(), fields.length(), fields.count()), (FRAMING, b"a: one\r\n\r\n".len(), 1));
    assert_eq!(fields.collect(&input)["a"], "one");
    // It is in use: nobody else finds it before it is back.
    assert!(!is_known("one"));
    drop(fields);
    assert!(is_known("one"));
}

#[test]
fn a_section_is_known_by_all_of_its_text() {
    drop(read("one", true));
    for other in ["two", "on", "ones", "One", ""] {
        assert!(!is_known(other), "{other}");
    }
    assert!(known(b"a: one\r\n\r", 0).is_none());
}

#[test]
fn what_is_not_to_be_remembered_is_not() {
    let (input, fields) = read("secret", false);
    assert_eq!(fields.collect(&input)["a"], "secret");
    drop(fields);
    assert!(!is_known("secret"));
    let long = "x".repeat(LONGEST);
    drop(read(&long, true));
    assert!(!is_known(&long));
}

#[test]
fn what_comes_again_outlives_what_does_not() {
    drop(read("often", true));
    for number in 0..10 * REMEMBERED {
        assert!(is_known("often"), "after {number} others");
        drop(read(&number.to_string(), true));
    }
    assert!(!is_known("0"));
}

#[test]
fn many_fields_are_not_kept() {
    let field = (0..1, 1..2);
    drop(Fields::new(0, vec![field; KEPT_FIELDS + 1].into_iter(), Some((b"many", FRAMING))));
    assert!(known(b"many", 0).is_none());
}

#[test]
fn one_inside_of_another_takes_nothing_from_it() {
    let (input, outer) = read("outer", true);
    drop(read("inner", true));
    assert!(is_known("inner"));
    assert_eq!(outer.collect(&input)["a"], "outer");
    drop(outer);
    assert!(is_known("outer") && is_known("inner"));
}

#[test]
fn a_section_with_credentials_is_read_anew_each_time() {
    let limits = crate::Limits::default();
    for (field, is_remembered) in [
        ("X-Harmless: 1", true),
        ("Cookie: session=1", false),
        ("cookie: session=1", false),
        ("Authorization: Basic YTpi", false),
        ("Proxy-Authorization: Basic YTpi", false),
    ] {
        let text = format!("Host: a\r\n{field}\r\n\r\n");
        let request = Bytes::from(format!("GET / HTTP/1.1\r\n{text}"));
        drop(super::super::head::parse(&request, 0, &limits).unwrap().unwrap());
        assert_eq!(known(text.as_bytes(), 0).is_some(), is_remembered, "{field}");
    }
}
