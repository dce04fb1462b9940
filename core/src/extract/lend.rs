//! Arguments that a handler borrows.

use bytes::Bytes;

/// What stands behind the `&` of an argument: the value is made for the handler and lent to it.
///
/// Everything that may be an argument may also be borrowed. Text and bytes are what cannot be owned as
/// they are: `&str` borrows a `String`, and `&[u8]` borrows [`Bytes`]. Implement it for an unsized type of
/// your own.
#[diagnostic::on_unimplemented(
    message = "`&{Self}` cannot be an argument of a handler",
    label = "this cannot be borrowed from a request",
    note = "`&T` borrows any `T` that may be an argument; `&str` and `&[u8]` are borrowed from a `String` and from `Bytes`"
)]
pub trait Lend {
    /// What is made of the request, and kept until the handler has answered.
    type Owner;

    /// What the handler sees of it.
    fn lend(owner: &Self::Owner) -> &Self;
}

#[diagnostic::do_not_recommend]
impl<T> Lend for T {
    type Owner = T;

    fn lend(owner: &T) -> &T {
        owner
    }
}

#[diagnostic::do_not_recommend]
impl Lend for str {
    type Owner = String;

    fn lend(owner: &String) -> &str {
        owner
    }
}

#[diagnostic::do_not_recommend]
impl Lend for [u8] {
    type Owner = Bytes;

    fn lend(owner: &Bytes) -> &[u8] {
        owner
    }
}
