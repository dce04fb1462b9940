use polyserve::{Json, handler};

#[handler]
fn typed<T: Into<String>>(Json(text): Json<T>) -> String {
    text.into()
}

#[handler]
async fn sized<const N: usize>(_: Json<[u8; N]>) {}

#[handler]
fn opaque(text: impl Into<String>) -> String {
    text.into()
}

fn main() {
    let _: [&dyn polyserve::Handler; 3] = [&typed, &sized, &opaque];
}
