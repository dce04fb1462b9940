use polyserve::handler;

struct Counter;

impl Counter {
    #[handler]
    fn count() -> &'static str {
        "1"
    }
}

fn main() {}
