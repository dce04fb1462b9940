#[handler(GET, "/files/{*path}", blocking)]
fn read(path: String) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}
