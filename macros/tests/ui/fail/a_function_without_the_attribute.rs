use polyserve::Handler;

fn serve(_: impl Handler) {}

async fn hello() -> &'static str {
    "hello"
}

fn main() {
    serve(hello);
}
