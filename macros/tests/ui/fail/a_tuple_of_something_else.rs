use polyserve::{StatusCode, handler};

#[handler]
fn a_number() -> (u16, &'static str) {
    (404, "a number is not a status")
}

#[handler]
fn the_other_way_round() -> (&'static str, StatusCode) {
    ("the answer comes last", StatusCode::NOT_FOUND)
}

fn main() {}
