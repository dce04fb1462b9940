#![deny(warnings)]

use polyserve::{Handler, handler};

macro_rules! echo {
    ($visibility:vis $name:ident: $type:ty, $path:literal) => {
        #[handler(POST, $path)]
        $visibility async fn $name(parameter: u8, body: $type, again: u8) -> $type {
            let _ = (parameter, again);
            body
        }
    };
}

echo!(pub(crate) text: String, "/text/{parameter}/{again}");
echo!(body: polyserve::Body, "/body/{parameter}/{again}");

fn main() {
    let _: [&dyn Handler; 2] = [&text, &body];
}
