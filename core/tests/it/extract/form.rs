use super::{answer, taking, with_body};
use crate::wire::*;
use polyserve_core::{Form, Reply, handler_fn};
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize, Serialize)]
struct Login {
    name: String,
    age: Option<u8>,
    #[serde(default)]
    tag: Vec<String>,
}

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn a_form_is_read_or_refused_with_what_is_wrong() {
    let form = || taking(|Form(Login { name, age, tag }): Form<Login>| format!("{name} {age:?} {tag:?}"));
    let rows = [
        (FORM, "name=a+b%21&age=7", 200, "a b! Some(7) []"),
        (FORM, "name=a&tag=x&tag=y&more=1", 200, "a None [\"x\", \"y\"]"),
        ("Application/X-WWW-Form-URLEncoded; charset=utf-8", "name=%C3%A4", 200, "\u{e4} None []"),
        (FORM, "name=%FF", 200, "\u{fffd} None []"),
        (FORM, "", 422, "422 Unprocessable Entity: the form does not fit: missing field `name`\n"),
        (
            FORM,
            "name=a&age=300",
            422,
            "422 Unprocessable Entity: the form's `age` does not fit: number too large to fit in target type\n",
        ),
        (
            "application/json",
            "{}",
            415,
            "415 Unsupported Media Type: the request needs a form, sent as `Content-Type: \
             application/x-www-form-urlencoded`\n",
        ),
    ];
    for (content_type, body, status, expected) in rows {
        assert_eq!(answer(form, &with_body(content_type, body)), (status, expected.to_owned()), "{body}");
    }
    assert_eq!(answer(form, &post("name=a")).0, 415, "no content type at all");
    let mut peer = Peer::new(form());
    peer.send(
        [
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nContent-Type: ",
            FORM.as_bytes(),
            b"\r\n\r\nname=\xff",
        ]
        .concat(),
    );
    let text = peer.received();
    assert!(text.starts_with("HTTP/1.1 400") && text.ends_with("the form is not UTF-8: byte 5 is invalid\n"));
    let mut peer = Peer::with(form(), |app| app.limits.body = 4);
    peer.send(with_body(FORM, "name=a"));
    assert!(peer.received().starts_with("HTTP/1.1 413"));
}

#[test]
fn the_form_of_get_and_head_is_their_query_string() {
    let form = || taking(|form: Option<Form<Login>>| format!("{:?}", form.map(|Form(form)| form.name)));
    let get = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(answer(form, &get("/?name=a")), (200, "Some(\"a\")".to_owned()));
    assert_eq!(answer(form, &get("/")), (200, "None".to_owned()));
    let (status, text) = answer(form, &get("/?age=x"));
    assert_eq!(
        (status, &*text),
        (400, "400 Bad Request: the form's `age` does not fit: invalid digit found in string\n")
    );
}

#[test]
fn a_form_is_an_answer_too() {
    let login = || Form(Login { name: "a b".to_owned(), age: None, tag: vec!["x".into(), "\u{e4}".into()] });
    let (text, _) = converse(handler_fn(move |_| Reply::from(login())), GET);
    assert!(text.contains("Content-Type: application/x-www-form-urlencoded\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\nname=a+b&tag=x&tag=%C3%A4"), "{text}");
    let (text, _) = converse(handler_fn(|_| Reply::from(Form([[1]]))), GET);
    assert!(text.starts_with("HTTP/1.1 500"), "{text}");
}
