//! The handlers, in a file of their own: a variable that is called like one of them would mean it.

use polyserve::{
    Body, Bytes, ConnectInfo, Cookies, Form, Handler, HandlerExt, HeaderMap, Html, InternalError,
    IntoResponse, Json, Method, Path, Query, Redirect, Rejection, Request, Response, Router, Sse, State,
    StatusCode, TypedHeader, Uri, handler,
    headers::UserAgent,
    http::{HeaderName, HeaderValue, Version},
    routes,
    sse::Event,
    time::sleep,
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, num::ParseIntError, time::Duration};

pub(super) fn app() -> impl Handler {
    #[handler(GET, "/local")]
    fn local() -> &'static str {
        "local"
    }

    routes![
        plain,
        waiting,
        blocking,
        local,
        r#type,
        written,
        sum,
        files,
        name,
        wait,
        head,
        page,
        nested,
        text,
        text_later,
        text_blocking,
        bytes,
        slice,
        body,
        request,
        user,
        all,
        nothing,
        status,
        html,
        vec,
        static_bytes,
        cow,
        with_status,
        with_headers,
        with_array,
        some,
        own_error,
        internal_error,
        opaque,
        opaque_later,
        borrowed,
        response,
        stream,
        whole_path,
        form,
        agent,
        cookie,
        peer,
        state,
        maybe,
        tried,
        redirect,
        parts,
        events,
        wrapped.wrap(super::signed).wrap(super::awaited),
        layered.layer(tower_http::set_header::SetResponseHeaderLayer::overriding(
            HeaderName::from_static("x-layer"),
            HeaderValue::from_static("tower"),
        )),
    ]
    .nest("/nested/{in}", Router::new().mount(below))
    .development_404(false)
    .with_state(Greeting("hello"))
}

#[derive(Clone)]
pub(super) struct Greeting(&'static str);

#[handler(GET, "/plain")]
pub(super) fn plain() -> &'static str {
    "plain"
}

#[handler(GET, "/waiting")]
pub(super) async fn waiting() -> &'static str {
    sleep(Duration::from_millis(1)).await;
    "waiting"
}

#[handler(GET, "/blocking", blocking)]
pub(super) fn blocking() -> &'static str {
    "blocking"
}

#[handler(GET, "/type")]
pub(super) fn r#type() -> &'static str {
    r#type::META.name
}

macro_rules! written {
    ($name:ident, $path:literal, $parameter:ident: $type:ty) => {
        #[handler(GET, $path, crate = ::polyserve)]
        pub(super) fn $name($parameter: $type) -> String {
            format!("{} {}", stringify!($name), $parameter)
        }
    };
}
written!(written, "/written/{number}", number: u64);

#[handler(GET, "/sum/{a}/{b}")]
pub(super) fn sum(b: u8, mut a: u8) -> String {
    a += b;
    a.to_string()
}

#[handler(GET, "/files/{*path}", blocking)]
pub(super) fn files(path: &str) -> String {
    path.to_owned()
}

#[handler(GET, "/name/{name}")]
pub(super) fn name(name: String) -> String {
    name
}

#[handler(GET, "/wait/{name}/{id}")]
pub(super) async fn wait<'a>(name: &'a str, uri: &'a Uri, id: &u32) -> String {
    sleep(Duration::from_millis(1)).await;
    format!("{name} {id} {uri}")
}

#[handler(GET, "/head")]
pub(super) fn head(
    method: Method,
    uri: &Uri,
    version: Version,
    headers: &HeaderMap,
) -> Result<String, InternalError> {
    Ok(format!("{method} {uri} {version:?} {}", headers["host"].to_str()?))
}

#[derive(Deserialize)]
pub(super) struct Page {
    q: String,
    page: u32,
    #[serde(default)]
    tag: Vec<String>,
}

#[handler(GET, "/page")]
pub(super) fn page(Query(Page { q, page, tag }): Query<Page>) -> String {
    format!("{q} {page} {}", tag.join("+"))
}

#[derive(Deserialize)]
pub(super) struct Pair {
    first: Wrapped,
    second: u8,
}

#[derive(Deserialize)]
pub(super) struct Wrapped(u8);

#[handler(GET, "/nested")]
pub(super) async fn nested(
    Query(Pair { first: Wrapped(first), second }): Query<Pair>,
    _: HeaderMap,
) -> String {
    format!("{first} {second}")
}

#[handler(POST, "/text")]
pub(super) fn text(text: String) -> String {
    text
}

#[handler(POST, "/text-later")]
pub(super) async fn text_later(text: &str) -> String {
    sleep(Duration::from_millis(1)).await;
    text.to_owned()
}

#[handler(POST, "/text-blocking", blocking)]
pub(super) fn text_blocking(text: &str) -> String {
    text.to_owned()
}

#[handler(POST, "/bytes")]
pub(super) fn bytes(bytes: Bytes) -> String {
    bytes.len().to_string()
}

#[handler(POST, "/slice")]
pub(super) fn slice(slice: &[u8]) -> Vec<u8> {
    [&slice[..2], b"x"].concat()
}

#[handler(POST, "/body")]
pub(super) fn body(body: Body) -> Body {
    body
}

#[handler(POST, "/request")]
pub(super) async fn request(request: Request) -> Result<String, InternalError> {
    let start = format!("{} {} ", request.method(), request.uri());
    let whole = request.into_body().bytes().await?;
    Ok(start + std::str::from_utf8(&whole)?)
}

#[derive(Deserialize, Serialize)]
pub(super) struct User {
    #[serde(default)]
    id: u32,
    name: String,
}

#[handler(PUT, "/user/{id}")]
pub(super) fn user(Json(user): Json<User>, id: u32) -> Json<User> {
    Json(User { id, ..user })
}

#[handler(PATCH, "/all/{name}")]
pub(super) async fn all(
    Json(numbers): &Json<Vec<u8>>,
    name: &str,
    Query(pairs): Query<Vec<(String, u8)>>,
    method: Method,
    _unused: HeaderMap,
) -> String {
    sleep(Duration::from_millis(1)).await;
    format!("{numbers:?} {name} {} {method}", pairs[0].1)
}

#[handler(GET, "/nothing")]
pub(super) async fn nothing() {}

#[handler(GET, "/status")]
pub(super) fn status() -> StatusCode {
    StatusCode::IM_A_TEAPOT
}

#[handler(GET, "/html")]
pub(super) fn html() -> Html<&'static str> {
    Html("<p>html</p>")
}

#[handler(GET, "/vec")]
pub(super) fn vec() -> Vec<u8> {
    b"vec".to_vec()
}

#[handler(GET, "/static-bytes")]
pub(super) fn static_bytes() -> &'static [u8] {
    b"static"
}

#[handler(GET, "/cow")]
pub(super) fn cow() -> Cow<'static, str> {
    Cow::Borrowed("cow")
}

#[handler(GET, "/with-status")]
pub(super) fn with_status() -> (StatusCode, &'static str) {
    (StatusCode::CREATED, "created")
}

#[handler(GET, "/with-headers")]
pub(super) fn with_headers() -> (StatusCode, HeaderMap, String) {
    (StatusCode::ACCEPTED, HeaderMap::new(), "headers".to_owned())
}

#[handler(GET, "/with-array")]
pub(super) fn with_array() -> ([(HeaderName, HeaderValue); 1], &'static str) {
    ([(HeaderName::from_static("x-form"), HeaderValue::from_static("array"))], "array")
}

#[handler(GET, "/some/{id}")]
pub(super) fn some(id: u32) -> Option<String> {
    (id > 0).then(|| id.to_string())
}

pub(super) struct Refused;

impl From<ParseIntError> for Refused {
    fn from(_: ParseIntError) -> Refused {
        Refused
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        StatusCode::CONFLICT.into_response()
    }
}

#[handler(GET, "/own-error/{amount}")]
pub(super) async fn own_error(amount: &str) -> Result<impl IntoResponse, Refused> {
    let amount: u32 = amount.parse()?;
    Ok(amount.to_string())
}

#[handler(GET, "/internal-error", blocking)]
pub(super) fn internal_error() -> Result<String, InternalError> {
    Ok(std::fs::read_to_string("/there/is/no/such/file")?)
}

#[handler(GET, "/opaque")]
pub(super) fn opaque() -> impl IntoResponse {
    "opaque"
}

#[handler(GET, "/opaque-later/{name}")]
pub(super) async fn opaque_later(name: &str) -> impl IntoResponse {
    name.to_owned()
}

#[handler(POST, "/borrowed")]
pub(super) fn borrowed(Json(numbers): &Json<Vec<u32>>) -> Option<Json<&u32>> {
    numbers.first().map(Json)
}

#[handler(GET, "/response")]
pub(super) fn response() -> Response {
    let mut response = "gone".into_response();
    *response.status_mut() = StatusCode::GONE;
    response
}

#[handler(GET, "/stream")]
pub(super) fn stream() -> Body {
    Body::stream(|mut out| async move {
        for part in ["in ", "parts"] {
            sleep(Duration::from_millis(1)).await;
            out.send(part).await;
        }
        Ok(())
    })
}

#[handler(GET, "/whole-path/{name}/{id}")]
pub(super) fn whole_path(Path((name, id)): Path<(String, u8)>) -> String {
    format!("{name} {id}")
}

#[handler(GET, "/form")]
pub(super) fn form(Form(pairs): Form<Vec<(String, u8)>>) -> String {
    format!("{pairs:?}")
}

#[handler(GET, "/agent")]
pub(super) fn agent(TypedHeader(agent): &TypedHeader<UserAgent>) -> String {
    agent.to_string()
}

#[handler(GET, "/cookie")]
pub(super) async fn cookie(cookies: Cookies) -> (Cookies, String) {
    let value = cookies.get("seen").map_or("never", |cookie| cookie.value()).to_owned();
    (cookies.add(("seen", "again")), value)
}

#[handler(GET, "/peer")]
pub(super) async fn peer(ConnectInfo(peer): ConnectInfo) -> String {
    peer.ip().to_string()
}

#[handler(GET, "/state")]
pub(super) fn state(State(Greeting(greeting)): State<Greeting>) -> &'static str {
    greeting
}

#[handler(POST, "/maybe")]
pub(super) fn maybe(json: Option<Json<u8>>, nobody: Option<State<u8>>) -> String {
    format!("{:?} {}", json.map(|Json(number)| number), nobody.is_some())
}

#[handler(POST, "/tried")]
pub(super) async fn tried(json: Result<Json<u8>, Rejection>) -> Result<String, Rejection> {
    json.map(|Json(number)| number.to_string())
        .map_err(|rejection| rejection.with_status(StatusCode::CONFLICT))
}

#[handler(GET, "/redirect")]
pub(super) fn redirect() -> Redirect {
    Redirect::see_other("/plain")
}

#[handler(GET, "/parts")]
pub(super) fn parts() -> impl IntoResponse {
    (StatusCode::CREATED, [("x-id", "7")], Some([("x-other", "8")]), Html("parts"))
}

#[handler(GET, "/events")]
pub(super) fn events() -> Sse {
    Sse::stream(|mut events| async move {
        events.send(Event::data("one").id("1")).await;
        sleep(Duration::from_millis(1)).await;
        events.send(Event::data("two")).await;
    })
}

#[handler(GET, "/wrapped")]
pub(super) fn wrapped() -> &'static str {
    "wrapped"
}

#[handler(GET, "/layered")]
pub(super) async fn layered() -> &'static str {
    "layered"
}

#[handler(GET, "/below/{name}")]
pub(super) fn below(Path((within, name)): Path<(String, String)>) -> String {
    format!("{within} {name}")
}
