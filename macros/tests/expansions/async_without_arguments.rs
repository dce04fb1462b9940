#[handler]
async fn hello() -> &'static str {
    sleep(Duration::from_millis(100)).await;
    "hello"
}

// ---- becomes ----

#[allow(non_camel_case_types)]
#[::core::prelude::v1::derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug
)]
struct hello;
const _: () = {
    use ::polyserve::__private as __polyserve;
    #[allow(dead_code, non_snake_case)]
    fn hello() {}
    impl hello {
        /// The function itself: calls it without a request, as a unit test does.
        #[allow(
            clippy::missing_const_for_fn,
            clippy::missing_errors_doc,
            clippy::missing_panics_doc,
            clippy::must_use_candidate
        )]
        async fn call() -> &'static str {
            sleep(Duration::from_millis(100)).await;
            "hello"
        }
        /// What is known about the function: its name, its place, its route.
        const META: __polyserve::Meta = {
            let mut __meta = __polyserve::Meta::new(
                "hello",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            );
            __meta.is_async = true;
            __meta
        };
    }
    #[allow(unused_qualifications, clippy::async_yields_async)]
    const _: () = {
        fn __answer() -> __polyserve::Reply {
            __polyserve::Reply::later(async move {
                __polyserve::IntoResponse::into_reply(<hello>::call().await)
            })
        }
        #[automatically_derived]
        impl __polyserve::Handler for hello {
            fn meta(&self) -> __polyserve::Option<&'static __polyserve::Meta> {
                __polyserve::Option::Some(&<hello>::META)
            }
            fn reads_headers(&self) -> __polyserve::bool {
                false
            }
            fn call(&self, _: __polyserve::Request) -> __polyserve::Reply {
                __answer()
            }
            fn call_raw(&self, _: __polyserve::RawRequest<'_>) -> __polyserve::Reply {
                __answer()
            }
        }
    };
};
