/// Says hello by name.
#[handler(GET, "/hello/{name}")]
pub(crate) async fn hello(name: String, Query(q): Query<Greeting>) -> Result<String, Failure> {
    Ok(format!("{} {name}", q.greeting?))
}

// ---- becomes ----

/// Says hello by name.
#[allow(non_camel_case_types)]
#[::core::prelude::v1::derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug
)]
pub(crate) struct hello;
const _: () = {
    use ::polyserve::__private as __polyserve;
    #[allow(dead_code, non_snake_case)]
    fn hello() {}
    #[allow(dead_code, non_snake_case)]
    fn name() {}
    #[allow(dead_code, non_snake_case)]
    fn q() {}
    impl hello {
        /// The function itself: calls it without a request, as a unit test does.
        #[allow(
            clippy::missing_const_for_fn,
            clippy::missing_errors_doc,
            clippy::missing_panics_doc,
            clippy::must_use_candidate
        )]
        pub(crate) async fn call(
            name: String,
            Query(q): Query<Greeting>,
        ) -> Result<String, Failure> {
            Ok(format!("{} {name}", q.greeting ?))
        }
        /// What is known about the function: its name, its place, its route.
        pub(crate) const META: __polyserve::Meta = {
            let mut __meta = __polyserve::Meta::new(
                "hello",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            );
            __meta.method = __polyserve::Option::Some("GET");
            __meta.path = __polyserve::Option::Some("/hello/{name}");
            __meta.arguments = &["name", "Query (q)"];
            __meta.is_async = true;
            __meta
        };
    }
    #[allow(unused_qualifications, clippy::async_yields_async)]
    const _: () = {
        #[automatically_derived]
        impl __polyserve::Handler for hello {
            fn meta(&self) -> __polyserve::Option<&'static __polyserve::Meta> {
                __polyserve::Option::Some(&<hello>::META)
            }
            fn reads_headers(&self) -> __polyserve::bool {
                <Query<Greeting> as __polyserve::FromRequest>::READS_HEADERS
            }
            fn check(&self, __start: &mut __polyserve::Start) {
                <Query<
                    Greeting,
                > as __polyserve::FromRequest>::check(__start, &<hello>::META);
            }
            fn call(&self, mut __request: __polyserve::Request) -> __polyserve::Reply {
                let __argument0 = match __polyserve::path_argument::<
                    String,
                >(&__request, "name") {
                    __polyserve::Result::Err(__rejection) => {
                        return __polyserve::Reply::Ready(
                            __polyserve::IntoResponse::into_response(__rejection),
                        );
                    }
                    __polyserve::Result::Ok(__value) => __value,
                };
                let __argument1 = match <Query<
                    Greeting,
                > as __polyserve::FromRequest>::from_request(&mut __request) {
                    __polyserve::Extract::Ready(
                        __polyserve::Result::Err(__rejection),
                    ) => {
                        return __polyserve::Reply::Ready(
                            __polyserve::IntoResponse::into_response(__rejection),
                        );
                    }
                    __extract => __extract,
                };
                __polyserve::Reply::later(async move {
                    let __argument1 = match __argument1.await {
                        __polyserve::Result::Ok(__value) => __value,
                        __polyserve::Result::Err(__rejection) => {
                            return __polyserve::IntoResponse::into_reply(__rejection);
                        }
                    };
                    __polyserve::IntoResponse::into_reply(
                        <hello>::call(__argument0, __argument1).await,
                    )
                })
            }
        }
    };
};
