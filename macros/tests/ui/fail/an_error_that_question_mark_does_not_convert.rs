use polyserve::{IntoResponse, Response, StatusCode, handler};

struct OutOfStock;

impl IntoResponse for OutOfStock {
    fn into_response(self) -> Response {
        StatusCode::CONFLICT.into_response()
    }
}

#[handler(GET, "/{amount}")]
async fn order(amount: &str) -> Result<String, OutOfStock> {
    let amount: u32 = amount.parse()?;
    Ok(amount.to_string())
}

fn main() {}
