use polyserve::{handler, time::sleep};
use std::time::Duration;

async fn name() -> String {
    sleep(Duration::ZERO).await;
    "Ada".to_owned()
}

#[handler]
fn returned() -> impl Future<Output = String> {
    name()
}

#[handler]
async fn forgotten() -> String {
    name()
}

fn main() {}
