use polyserve::{Json, Query, handler};

struct Page {
    number: u32,
}

struct User;

#[handler(GET, "/users")]
fn list(Query(page): Query<Page>) -> String {
    page.number.to_string()
}

#[handler(PUT, "/user")]
async fn store(Json(_): Json<User>) {}

#[handler(GET, "/user")]
fn get() -> Json<User> {
    Json(User)
}

fn main() {}
