use polyserve::{handler, time::sleep};
use std::{rc::Rc, time::Duration};

#[handler]
async fn hello() -> String {
    let name = Rc::new("Ada");
    sleep(Duration::ZERO).await;
    format!("Hello {name}")
}

fn main() {}
