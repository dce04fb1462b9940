use polyserve::handler;

trait Counter {
    #[handler]
    fn count() -> String;
}

fn main() {}
