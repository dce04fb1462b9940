#[handler]
async fn hello() -> &'static str {
    sleep(Duration::from_millis(100)).await;
    "hello"
}
