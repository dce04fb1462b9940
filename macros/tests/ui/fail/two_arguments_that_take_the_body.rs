#![allow(unused_variables)]

use polyserve::{Json, Query, handler};

#[handler(POST, "/{id}")]
async fn both(
    text: String,
    id: u32,
    Query(_): Query<Vec<(String, String)>>,
    Json(numbers): Json<Vec<u32>>,
) {
}

fn main() {}
