use polyserve::{Handler, handler};

#[handler(GET, "/users/{id}")]
fn user(id: u32) -> String {
    // Its own name is free, ..
    let user = id.to_string();
    user
}

#[handler(POST, "/users")]
fn create(user: String) -> String {
    // .. and so are those of its arguments, ..
    user
}

#[handler(GET, "/newest")]
fn newest() -> String {
    // .. but this one means the handler.
    let user = "ada".to_owned();
    user
}

fn main() {
    let _: [&dyn Handler; 3] = [&user, &create, &newest];
}
