use super::{answer, taking};
use crate::{logged, wire::*};
use core::net::SocketAddr;
use polyserve_core::{
    App, ConnectInfo, Connection, Cookies, Handler, IntoResponse, Reply, Request, TypedHeader,
    cookie::{Cookie, time::Duration},
    handler_fn,
    headers::{Authorization, CacheControl, authorization::Bearer},
    time::sleep,
};
use std::sync::Arc;

fn with_fields(fields: &str) -> String {
    format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n")
}

#[test]
fn a_header_field_is_parsed_or_refused_by_name() {
    let token = || taking(|TypedHeader(who): TypedHeader<Authorization<Bearer>>| who.token().to_owned());
    let rows = [
        ("Authorization: Bearer me\r\n", 200, "me"),
        ("", 400, "400 Bad Request: the header field `authorization` is missing\n"),
        (
            "Authorization: Basic me\r\n",
            400,
            "400 Bad Request: the header field `authorization` is malformed\n",
        ),
        (
            "Authorization: Bearer \u{e4}\r\n",
            400,
            "400 Bad Request: the header field `authorization` is malformed\n",
        ),
    ];
    for (fields, status, expected) in rows {
        assert_eq!(answer(token, &with_fields(fields)), (status, expected.to_owned()), "{fields}");
    }
}

/// The lines of an answer's head that begin so, in the order they came in.
fn lines(answer: Reply, beginning: &str) -> Vec<String> {
    let answer = std::sync::Mutex::new(Some(answer));
    let (text, _) = converse(handler_fn(move |_| answer.lock().unwrap().take().unwrap()), GET);
    text.lines().filter(|line| line.starts_with(beginning)).map(str::to_owned).collect()
}

#[test]
fn a_header_field_stands_in_front_of_an_answer() {
    let no_store = || TypedHeader(CacheControl::new().with_no_store());
    assert_eq!(lines(Reply::from((no_store(), "x")), "Cache"), ["Cache-Control: no-store"]);
    let twice = (TypedHeader(CacheControl::new().with_private()), no_store(), "x");
    assert_eq!(lines(Reply::from(twice), "Cache"), ["Cache-Control: no-store"], "from the left to the right");
    assert_eq!(lines(Reply::from(no_store()), "Cache"), ["Cache-Control: no-store"]);
    let many = (http::StatusCode::CREATED, Some(no_store()), None::<Cookies>, "x");
    assert_eq!(lines(Reply::from(many), "HTTP"), ["HTTP/1.1 201 Created"]);
}

#[test]
fn cookies_are_read_as_far_as_they_can_be() {
    let cookies = || {
        taking(|cookies: Cookies| {
            let mut all: Vec<_> = cookies.iter().map(|c| format!("{}={}", c.name(), c.value())).collect();
            all.sort();
            all.join("|")
        })
    };
    let rows = [
        ("", ""),
        ("Cookie: a=1\r\n", "a=1"),
        ("Cookie: a=1; b=2;c=3\r\nCookie: d=4\r\n", "a=1|b=2|c=3|d=4"),
        ("Cookie: a=b%20c%3Bd; %C3%A4=1\r\n", "a=b c;d|\u{e4}=1"),
        ("Cookie: a=; b==; c=\"quoted\"\r\n", "a=|b==|c=\"quoted\""),
        // What cannot be read is left out, and the rest is not.
        ("Cookie: a=1; nothing; =2; ;;b=3; c=%FF; d=%zz\r\n", "a=1|b=3|d=%zz"),
        // The more specific path's comes first (RFC 6265 section 5.4).
        ("Cookie: a=inner; a=outer\r\nCookie: a=more\r\n", "a=inner"),
    ];
    for (fields, expected) in rows {
        assert_eq!(answer(cookies, &with_fields(fields)), (200, expected.to_owned()), "{fields}");
    }
    let mut peer = Peer::new(cookies());
    peer.send(b"GET / HTTP/1.1\r\nHost: a\r\nCookie: a=\xff; b=2\r\n\r\n");
    assert!(peer.received().ends_with("\r\n\r\nb=2"));
}

/// What is sent back by a handler that does this to its cookies.
fn set(change: fn(Cookies) -> Cookies) -> Vec<String> {
    let handler = asynchronous(move |mut request: Request| {
        let cookies = <Cookies as polyserve_core::FromRequest>::from_request(&mut request);
        async move { (change(cookies.await.unwrap()), "x").into_response() }
    });
    let (text, _) = converse(handler, with_fields("Cookie: kept=1; changed=1; gone=1\r\n"));
    text.lines().filter_map(|line| line.strip_prefix("Set-Cookie: ")).map(str::to_owned).collect()
}

#[test]
fn cookies_that_changed_are_sent_and_no_others() {
    assert!(set(|cookies| cookies).is_empty());
    assert_eq!(
        set(|cookies| cookies.add(Cookie::new("new", "1")).add(("changed", "2")).add(("also", "3"))),
        ["also=3", "changed=2", "new=1"]
    );
    assert_eq!(set(|cookies| cookies.add(("a", "b c;\r\n\u{e4}"))), ["a=b%20c%3B%0D%0A%C3%A4"]);
    let built = |cookies: Cookies| {
        cookies
            .add(Cookie::build(("a", "1")).path("/").secure(true).http_only(true).max_age(Duration::hours(1)))
    };
    assert_eq!(set(built), ["a=1; HttpOnly; Secure; Path=/; Max-Age=3600"]);
    let gone = set(|cookies| cookies.remove(Cookie::build("gone").path("/")).remove("never there"));
    assert!(gone.len() == 1 && gone[0].starts_with("gone=; Path=/; Max-Age=0; Expires="), "{gone:?}");
    assert!(set(|cookies| cookies.add(("new", "1")).remove("new")).is_empty());
}

#[test]
fn a_cookie_that_cannot_stand_in_a_field_is_not_sent() {
    logged::logged();
    let sent = set(|cookies| {
        cookies
            .add(Cookie::build(("a", "1")).path("/x; Domain=evil"))
            .add(Cookie::build(("b", "1")).domain("x\r\nX: y"))
            .add(("c", "1"))
    });
    assert_eq!(sent, ["c=1"]);
    let lines = logged::logged();
    assert!(lines.len() == 2 && lines[0].contains("the cookie `a` is not sent"), "{lines:?}");
}

const PEER: &str = "192.0.2.7:4711";

/// A peer whose host knows its address.
fn known(handler: impl Handler) -> Peer {
    let clock = FakeClock::new();
    let app = Arc::new(App::new(handler, clock.clone()));
    let mut peer = Peer::of(app.clone(), clock.clone());
    peer.connection =
        Connection::new(app, polyserve_core::time::Clock::now(&clock)).with_peer(PEER.parse().unwrap());
    peer
}

#[test]
fn the_peers_address_is_what_the_host_says() {
    let whoami = || taking(|ConnectInfo(peer): ConnectInfo| peer.to_string());
    let mut peer = known(whoami());
    peer.send(GET.repeat(2));
    assert_eq!(peer.received().matches(PEER).count(), 2, "each request of the connection");
    // A handler that is called from a future, as behind a middleware that waits.
    let inner = Arc::new(whoami());
    let later = asynchronous(move |request| {
        let inner = inner.clone();
        async move {
            sleep(seconds(1)).await;
            inner.call(request).await
        }
    });
    let mut peer = known(later);
    peer.send(GET);
    peer.wait(seconds(1));
    assert!(peer.received().ends_with(PEER));
}

#[test]
fn the_address_of_one_connection_is_not_told_to_the_next() {
    let whoami = || taking(|peer: Option<ConnectInfo>| format!("{peer:?}"));
    known(whoami()).send(GET);
    assert_eq!(answer(whoami, GET), (200, "None".to_owned()));
    let panics = || handler_fn(|_| panic!("in the handler"));
    known(panics()).send(GET);
    assert_eq!(answer(whoami, GET), (200, "None".to_owned()));
}

#[test]
fn an_address_that_nobody_knows_is_500_and_logged() {
    logged::logged();
    let whoami = || taking(|ConnectInfo(peer): ConnectInfo| peer.to_string());
    assert_eq!(answer(whoami, GET), (500, "500 Internal Server Error\n".to_owned()));
    assert!(logged::logged()[0].contains("`Connection::with_peer`"));
}

#[test]
fn an_address_in_the_extensions_counts() {
    let whoami = taking(|ConnectInfo(peer): ConnectInfo| peer.to_string());
    let forwarded: SocketAddr = "[2001:db8::1]:80".parse().unwrap();
    let mut peer = known(handler_fn(move |mut request: Request| {
        request.extensions_mut().insert(ConnectInfo(forwarded));
        whoami.call(request)
    }));
    peer.send(GET);
    assert!(peer.received().ends_with("[2001:db8::1]:80"));
}
