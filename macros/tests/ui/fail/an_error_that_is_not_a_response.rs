use polyserve::{IntoResponse, handler};

struct OutOfStock;

#[handler]
async fn order() -> Result<impl IntoResponse, OutOfStock> {
    Ok("ordered")
}

fn main() {}
