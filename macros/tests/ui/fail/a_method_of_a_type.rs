use polyserve::handler;

struct Counter(u32);

impl Counter {
    #[handler]
    fn count(&self) -> String {
        self.0.to_string()
    }
}

fn main() {
    Counter(1).count();
}
