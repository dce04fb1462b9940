#![deny(warnings)]

use polyserve::{Handler, InternalError, IntoResponse, Json, Response, StatusCode, Uri, handler};

struct OutOfStock;

impl IntoResponse for OutOfStock {
    fn into_response(self) -> Response {
        StatusCode::CONFLICT.into_response()
    }
}

impl From<std::num::ParseIntError> for OutOfStock {
    fn from(_: std::num::ParseIntError) -> OutOfStock {
        OutOfStock
    }
}

#[handler]
fn opaque() -> impl IntoResponse {
    (StatusCode::CREATED, "created")
}

#[handler(GET, "/{amount}")]
async fn own_error(amount: &str) -> Result<impl IntoResponse, OutOfStock> {
    let amount: u32 = amount.parse()?;
    Ok(Json(amount))
}

#[handler(blocking)]
fn any_error() -> Result<Option<String>, InternalError> {
    Ok(Some(std::fs::read_to_string("/nowhere")?))
}

#[handler]
fn never() -> ! {
    panic!("it never answers")
}

#[handler]
async fn never_later(_: Uri) -> ! {
    panic!("it never answers")
}

#[handler(blocking)]
fn never_blocking(_: &str) -> ! {
    panic!("it never answers")
}

fn main() {
    let _: [&dyn Handler; 6] = [&opaque, &own_error, &any_error, &never, &never_later, &never_blocking];
    assert_eq!(opaque::call().into_response().status(), 201);
}
