use polyserve::handler;

#[handler(POST, "/{id}")]
async fn hello(id: Id, user: User) -> Answer {
    todo!()
}

fn main() {}
