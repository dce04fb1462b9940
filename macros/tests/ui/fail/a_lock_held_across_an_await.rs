use polyserve::{handler, time::sleep};
use std::{sync::Mutex, time::Duration};

static VISITS: Mutex<u32> = Mutex::new(0);

#[handler]
async fn visit() -> String {
    let Ok(mut visits) = VISITS.lock() else { return String::new() };
    *visits += 1;
    sleep(Duration::ZERO).await;
    visits.to_string()
}

fn main() {}
