//! No other protocol is spoken: `Upgrade` is passed over.

use super::{
    bytes::{fields, post},
    case::{Case, ends, family, ok, rows},
    hyper::Reason::AsksAnyway,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9110 7.8" {
            "an upgrade without its option in Connection is passed over" => ok("[]").without("upgrade"), fields("Upgrade: h2c");
            "an upgrade of a request with a body is passed over" => ok("hello"), post("Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 5", "hello");
            "an upgrade of a client that asks for the end is passed over" => ends(200), fields("Connection: upgrade, close\r\nUpgrade: websocket");
            "an upgrade of HTTP/1.0 is passed over" => ends(200), "GET /hello HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
            "an upgrade that expects 100 Continue is passed over" => ok("hello").but_hyper(AsksAnyway),
                post("Connection: upgrade\r\nUpgrade: h2c\r\nExpect: 100-continue\r\nContent-Length: 5", "hello");
            "an upgrade to HTTP/2 with its settings is passed over" => ok("[]").without("upgrade"),
                fields("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA");
            "a handshake of WebSocket is answered as any GET" => ok("[]").without("upgrade"),
                fields("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
            "two upgrades are passed over" => ok("[]"), fields("Connection: upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket");
            "an empty upgrade is passed over" => ok("[]"), fields("Connection: upgrade\r\nUpgrade:");
        }
    };
    let protocols = [
        "h2c",
        "h2",
        "HTTP/2.0",
        "websocket",
        "TLS/1.0",
        "TLS/1.2, HTTP/1.1",
        "IRC/6.9, RTA/x11",
        "connect-udp",
        "foo",
    ];
    cases.extend(family(
        "RFC 9110 7.8",
        "an upgrade is passed over",
        protocols.map(|protocol| {
            let request = fields(format!("Connection: upgrade\r\nUpgrade: {protocol}"));
            (format!("an upgrade to `{protocol}` is passed over"), ok("[]").without("upgrade"), request)
        }),
    ));
    cases
}
