/// Says hello.
#[handler]
pub fn hello() -> &'static str {
    "hello"
}

// ---- becomes ----

/// Says hello.
#[allow(non_camel_case_types)]
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
pub struct hello;
const _: () = {
    #[allow(dead_code, non_snake_case)]
    fn hello() {}
    impl hello {
        /// The function itself: calls it without a request, as a unit test does.
        pub fn call() -> &'static str {
            "hello"
        }
        /// What is known about the function: its name, its place, its route.
        pub const META: ::polyserve::__private::Meta = ::polyserve::__private::Meta::new(
            "hello",
            ::core::module_path!(),
            ::core::file!(),
            ::core::line!(),
        );
    }
    impl ::polyserve::__private::Handler for hello {
        fn meta(
            &self,
        ) -> ::polyserve::__private::Option<&'static ::polyserve::__private::Meta> {
            ::polyserve::__private::Option::Some(&<hello>::META)
        }
        fn call(
            &self,
            _: ::polyserve::__private::Request,
        ) -> ::polyserve::__private::Reply {
            ::polyserve::__private::Reply::Ready(
                ::polyserve::__private::IntoResponse::into_response(<hello>::call()),
            )
        }
    }
};
