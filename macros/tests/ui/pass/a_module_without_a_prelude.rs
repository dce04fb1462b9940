#![deny(warnings)]

mod bare {
    #![no_implicit_prelude]

    #[::polyserve::handler]
    pub fn plain() {}

    #[::polyserve::handler(POST, "/{name}")]
    pub async fn waiting(name: &str, body: ::std::string::String) -> ::std::string::String {
        body + name
    }

    #[::polyserve::handler(blocking)]
    pub fn blocking(_: &[u8]) -> ::core::result::Result<(), ::polyserve::InternalError> {
        ::core::result::Result::Ok(())
    }
}

mod shadowed {
    mod polyserve {}
    pub(crate) use ::polyserve as web;

    #[web::handler]
    pub(super) fn outside() {}

    #[web::handler(crate = super::shadowed::web)]
    pub(super) fn named() {}
}

fn main() {
    let _: [&dyn polyserve::Handler; 5] =
        [&bare::plain, &bare::waiting, &bare::blocking, &shadowed::outside, &shadowed::named];
}
