use polyserve::handler;

#[handler]
const fn constant() {}

#[handler]
unsafe fn trusting() {}

#[handler]
extern "C" fn foreign() {}

#[handler]
unsafe extern "C" fn all(_: ...) {}

fn main() {}
