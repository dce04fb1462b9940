/// Says hello by name.
#[handler(GET, "/hello/{name}")]
pub(crate) async fn hello(name: String, Query(q): Query<Greeting>) -> Result<String, Failure> {
    Ok(format!("{} {name}", q.greeting?))
}
