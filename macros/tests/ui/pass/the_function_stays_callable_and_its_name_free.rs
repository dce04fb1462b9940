#![deny(warnings)]

use polyserve::handler;

/// The name of the handler may be that of an argument and of a variable in it.
#[handler(GET, "/{user}")]
fn user(user: String) -> String {
    let user = user.to_uppercase();
    user
}

mod nested {
    use polyserve::handler;

    #[handler]
    pub(crate) fn visible() -> &'static str {
        "visible"
    }
}

fn main() {
    assert_eq!(user::call("ada".to_owned()), "ADA");
    assert_eq!(nested::visible::call(), "visible");
    let _ = [user, user.clone()];
    let _: [&dyn polyserve::Handler; 2] = [&user, &nested::visible];
    assert_eq!(format!("{user:?}"), "user");
}
