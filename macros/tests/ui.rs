//! `#[handler]` as its user meets it: what must compile, and the errors for what must not.
//!
//! A file in `ui/fail` is one mistake, and its `.stderr` what the compiler says about it. After a change,
//! `TRYBUILD=overwrite cargo test -p polyserve-macros --test ui` writes these anew: read them as somebody who has never seen
//! the crate. They hold for the Rust version of this workspace; another may word its part differently.

#[test]
fn handlers_that_compile() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/ui/fail/*.rs");
}
