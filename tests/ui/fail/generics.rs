use polyserve::handler;

#[handler]
fn typed<T: Into<String>>(text: T) -> String {
    text.into()
}

#[handler]
async fn borrowed<'a>(text: &'a str) -> String {
    text.to_owned()
}

#[handler]
fn bounded() where String: Clone {}

#[handler]
fn opaque(text: impl Into<String>) -> String {
    text.into()
}

fn main() {
    let _: [&dyn polyserve::Handler; 4] = [&typed, &borrowed, &bounded, &opaque];
}
