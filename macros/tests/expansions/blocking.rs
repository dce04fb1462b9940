#[handler(GET, "/files/{*path}", blocking)]
fn read(path: String) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}

// ---- becomes ----

#[allow(non_camel_case_types)]
#[::core::prelude::v1::derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug
)]
struct read;
const _: () = {
    use ::polyserve::__private as __polyserve;
    #[allow(dead_code, non_snake_case)]
    fn read() {}
    #[allow(dead_code, non_snake_case)]
    fn path() {}
    impl read {
        /// The function itself: calls it without a request, as a unit test does.
        #[allow(
            clippy::missing_const_for_fn,
            clippy::missing_errors_doc,
            clippy::missing_panics_doc,
            clippy::must_use_candidate
        )]
        fn call(path: String) -> Option<Vec<u8>> {
            std::fs::read(path).ok()
        }
        /// What is known about the function: its name, its place, its route.
        const META: __polyserve::Meta = {
            let mut __meta = __polyserve::Meta::new(
                "read",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            );
            __meta.method = __polyserve::Option::Some("GET");
            __meta.path = __polyserve::Option::Some("/files/{*path}");
            __meta.arguments = &["path"];
            __meta.blocking = true;
            __meta
        };
    }
    #[allow(unused_qualifications, clippy::async_yields_async)]
    const _: () = {
        #[automatically_derived]
        impl __polyserve::Handler for read {
            fn meta(&self) -> __polyserve::Option<&'static __polyserve::Meta> {
                __polyserve::Option::Some(&<read>::META)
            }
            fn reads_headers(&self) -> __polyserve::bool {
                false
            }
            fn call(&self, __request: __polyserve::Request) -> __polyserve::Reply {
                let __argument0 = match __polyserve::path_argument::<
                    String,
                >(&__request, "path") {
                    __polyserve::Result::Err(__rejection) => {
                        return __polyserve::Reply::Ready(
                            __polyserve::IntoResponse::into_response(__rejection),
                        );
                    }
                    __polyserve::Result::Ok(__value) => __value,
                };
                __polyserve::Reply::later(async move {
                    __polyserve::offload::run(move || __polyserve::IntoResponse::into_reply(
                            <read>::call(__argument0),
                        ))
                        .await
                })
            }
        }
    };
};
