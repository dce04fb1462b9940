#[handler(POST, "/users/{id}", crate = my::server)]
fn store(Json(user): Json<User>, mut id: u32, headers: HeaderMap) -> StatusCode {
    StatusCode::CREATED
}
