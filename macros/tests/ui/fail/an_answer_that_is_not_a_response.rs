use polyserve::handler;

struct User;

#[handler]
fn plain() -> User {
    User
}

#[handler]
async fn waiting() -> Result<User, String> {
    Ok(User)
}

#[handler(blocking)]
fn blocking(_body: String) -> User {
    User
}

fn main() {}
