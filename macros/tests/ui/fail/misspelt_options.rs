use polyserve::handler;

#[handler(bloking)]
fn held() {}

#[handler(GTE, "/")]
fn got() {}

#[handler(crat = polyserve)]
fn renamed() {}

fn main() {}
