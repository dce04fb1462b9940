use super::*;
use http::HeaderValue;

fn text(body: AnswerBody, connection: ConnectionField, fields: &[(&'static str, &'static str)]) -> String {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(*name, HeaderValue::from_static(value));
    }
    let mut out = Vec::new();
    head(&mut out, StatusCode::OK, &headers, body, connection, Instant::now());
    String::from_utf8(out).unwrap()
}

#[test]
fn a_head_has_the_handlers_fields_then_the_connections() {
    let fields = [("content-type", "text/plain"), ("x-a", "1"), ("date", "then")];
    assert_eq!(
        text(AnswerBody::Exact(5), ConnectionField::Close, &fields),
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-A: 1\r\nDate: then\r\n\
         Content-Length: 5\r\nConnection: close\r\n\r\n"
    );
}

#[test]
fn a_handler_does_not_speak_for_the_connection() {
    let fields = [
        ("connection", "upgrade"),
        ("transfer-encoding", "gzip"),
        ("content-length", "99"),
        ("keep-alive", "timeout=5"),
        ("upgrade", "h2c"),
        ("date", "then"),
    ];
    assert_eq!(
        text(AnswerBody::Chunked, ConnectionField::Unsaid, &fields),
        "HTTP/1.1 200 OK\r\nDate: then\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
}

#[test]
fn the_date_is_an_imf_fixdate() {
    let head = text(AnswerBody::None, ConnectionField::Unsaid, &[]);
    let date = head.lines().find_map(|line| line.strip_prefix("Date: ")).unwrap();
    assert!(httpdate::parse_http_date(date).is_ok(), "{date}");
}
