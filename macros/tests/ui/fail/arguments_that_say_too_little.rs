use polyserve::handler;

#[handler]
fn inferred(text: _) {}

#[handler]
fn conditional(#[cfg(test)] text: String) {}

fn main() {}
