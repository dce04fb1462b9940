#[handler(GET, "/hello")]
fn hello(name: String) -> ! {
    panic!("{name}")
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
    #[allow(dead_code, non_snake_case)]
    fn name() {}
    impl hello {
        /// The function itself: calls it without a request, as a unit test does.
        #[allow(
            clippy::missing_const_for_fn,
            clippy::missing_errors_doc,
            clippy::missing_panics_doc,
            clippy::must_use_candidate
        )]
        fn call(name: String) -> ! {
            panic!("{name}")
        }
        /// What is known about the function: its name, its place, its route.
        const META: __polyserve::Meta = {
            let mut __meta = __polyserve::Meta::new(
                "hello",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            );
            __meta.method = __polyserve::Option::Some("GET");
            __meta.path = __polyserve::Option::Some("/hello");
            __meta.arguments = &["name"];
            __meta
        };
    }
    #[allow(unused_qualifications, clippy::async_yields_async)]
    const _: () = {
        const _: () = {
            #[allow(unused_imports)]
            use __polyserve::NotInPath as _;
            ::core::assert!(
                ! (< String as __polyserve::FromRequest > ::TAKES_BODY && <
                __polyserve::InPath < String >> ::POSSIBLE), "{}",
                "`name` is not in the path, so it would be the body, and a `GET` request has none: write \"/hello/{name}\" as the path; who expects a body nevertheless takes `Bytes`"
            );
        };
        #[automatically_derived]
        impl __polyserve::Handler for hello {
            fn meta(&self) -> __polyserve::Option<&'static __polyserve::Meta> {
                __polyserve::Option::Some(&<hello>::META)
            }
            fn reads_headers(&self) -> __polyserve::bool {
                <String as __polyserve::FromRequest>::READS_HEADERS
            }
            fn check(&self, __start: &mut __polyserve::Start) {
                <String as __polyserve::FromRequest>::check(__start, &<hello>::META);
            }
            fn call(&self, mut __request: __polyserve::Request) -> __polyserve::Reply {
                let __argument0 = match <String as __polyserve::FromRequest>::from_request(
                    &mut __request,
                ) {
                    __polyserve::Extract::Ready(
                        __polyserve::Result::Err(__rejection),
                    ) => {
                        return __polyserve::Reply::Ready(
                            __polyserve::IntoResponse::into_response(__rejection),
                        );
                    }
                    __extract => __extract,
                };
                let __ready = __argument0.is_ready();
                let __work = async move {
                    let __argument0 = match __argument0.await {
                        __polyserve::Result::Ok(__value) => __value,
                        __polyserve::Result::Err(__rejection) => {
                            return __polyserve::IntoResponse::into_reply(__rejection);
                        }
                    };
                    <hello>::call(__argument0)
                };
                if __ready {
                    __polyserve::at_once(__work)
                } else {
                    __polyserve::Reply::later(__work)
                }
            }
        }
    };
};
