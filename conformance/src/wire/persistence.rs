//! Which requests end their connection, and how the answer says so.

use super::{
    bytes::{fields, post},
    case::{Case, Outcome, ends, family, goes_on, ok, rows},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9112 9.3" {
            "HTTP/1.1 goes on without a word" => ok("[]").without("connection"), fields("A:");
            "HTTP/1.0 ends and says so" => ends(200).with("connection", "close"), "GET /hello HTTP/1.0\r\n\r\n";
            "HTTP/1.0 that asks to go on goes on and is told so" => goes_on(200).with("connection", "keep-alive"), old("Connection: keep-alive");
            "HTTP/1.0 that asks to go on in capitals goes on" => goes_on(200), old("Connection: Keep-Alive");
            "HTTP/1.0 with the field Keep-Alive alone ends" => ends(200), old("Keep-Alive: timeout=5");
            "HTTP/1.0 that asks to go on and to end ends" => ends(200), old("Connection: keep-alive, close");
            "HTTP/1.0 that asks to go on in a list goes on" => goes_on(200), old("Connection: te, keep-alive");
            "HTTP/1.0 with Proxy-Connection ends" => ends(200), old("Proxy-Connection: keep-alive");
            "an error of the handler does not end the connection" => goes_on(404).without("connection"), "GET /absent HTTP/1.1\r\nHost: test\r\n\r\n";
            "two requests, the first of HTTP/1.0, go on" => goes_on(200).after(200),
                "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /hello HTTP/1.1\r\nHost: test\r\n\r\n";
            "a body of a client that asks for the end is read" => ends(200).body("hello"), post("Connection: close\r\nContent-Length: 5", "hello");
            "HEAD of a client that asks for the end is the last" => ends(200).answering_head(), "HEAD /hello HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
            "a handler that sleeps answers a client that asks for the end" => ends(200).body("slept"), "GET /sleepy HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
            "a stream for a client that asks for the end is whole" => ends(200).body("onetwo"), "GET /parts HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
        }
        "RFC 9110 7.6.1" {
            "a name in Connection is passed over" => ok("[b]"), fields("Connection: a\r\nA: b");
            "Host in Connection is still the host" => ok("[]"), fields("Connection: host");
        }
    };
    cases.extend(connection_values(
        "Connection with close among its options ends the connection",
        &[
            "close",
            "Close",
            "CLOSE",
            " close ",
            "\tclose\t",
            "close, keep-alive",
            "keep-alive, close",
            "keep-alive,close",
            "te, close",
            "close,",
            ",close",
            ", ,close, ,",
            "upgrade, close",
            "a,b,c,close,d",
            "close, close",
            "close ,te",
            "close\t,te",
        ],
        || ends(200),
    ));
    cases.extend(connection_values(
        "Connection without close among its options does not end it",
        &[
            "",
            "keep-alive",
            "Keep-Alive",
            "te",
            "closed",
            "xclose",
            "close-",
            "clos",
            "\"close\"",
            "close;a=b",
            "close=1",
            "not close",
            "c lose",
            ",",
            "upgrade",
            "x-close",
        ],
        || goes_on(200),
    ));
    cases.extend(rows! {
        "RFC 9112 9.6" {
            "close in the second of two fields ends the connection" => ends(200), fields("Connection: keep-alive\r\nConnection: close");
            "close in the first of two fields ends the connection" => ends(200), fields("Connection: close\r\nConnection: keep-alive");
        }
    });
    cases
}

fn connection_values(
    title: &'static str,
    values: &'static [&str],
    outcome: fn() -> Outcome,
) -> impl IntoIterator<Item = Case> {
    family(
        "RFC 9112 9.6",
        title,
        values.iter().map(|value| {
            let name = format!("Connection with the value `{}`", value.escape_debug());
            (name, outcome(), fields(format!("Connection: {value}")))
        }),
    )
}

/// A request of HTTP/1.0 with one field.
fn old(field: &str) -> String {
    format!("GET /hello HTTP/1.0\r\n{field}\r\n\r\n")
}
