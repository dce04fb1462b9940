#[handler(POST, "/users/{id}", crate = my::server)]
fn store(Json(user): Json<User>, mut id: u32, headers: HeaderMap) -> StatusCode {
    StatusCode::CREATED
}

// ---- becomes ----

#[allow(non_camel_case_types)]
#[::core::prelude::v1::derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug
)]
struct store;
const _: () = {
    use my::server::__private as __polyserve;
    #[allow(dead_code, non_snake_case)]
    fn store() {}
    #[allow(dead_code, non_snake_case)]
    fn user() {}
    #[allow(dead_code, non_snake_case)]
    fn id() {}
    #[allow(dead_code, non_snake_case)]
    fn headers() {}
    impl store {
        /// The function itself: calls it without a request, as a unit test does.
        #[allow(
            clippy::missing_const_for_fn,
            clippy::missing_errors_doc,
            clippy::missing_panics_doc,
            clippy::must_use_candidate
        )]
        fn call(Json(user): Json<User>, mut id: u32, headers: HeaderMap) -> StatusCode {
            StatusCode::CREATED
        }
        /// What is known about the function: its name, its place, its route.
        const META: __polyserve::Meta = {
            let mut __meta = __polyserve::Meta::new(
                "store",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            );
            __meta.method = __polyserve::Option::Some("POST");
            __meta.path = __polyserve::Option::Some("/users/{id}");
            __meta.arguments = &["Json (user)", "id", "headers"];
            __meta
        };
    }
    #[allow(unused_qualifications, clippy::async_yields_async)]
    const _: () = {
        const _: () = ::core::assert!(
            ! < HeaderMap as __polyserve::FromRequest > ::TAKES_BODY ||
            __polyserve::count(& [< Json < User > as __polyserve::FromRequest >
            ::TAKES_BODY, < HeaderMap as __polyserve::FromRequest > ::TAKES_BODY]) == 1,
            "{}",
            "`store` takes the request body twice, but it can be read only once: an argument before this one takes it already, so remove one of the two"
        );
        #[automatically_derived]
        impl __polyserve::Handler for store {
            fn meta(&self) -> __polyserve::Option<&'static __polyserve::Meta> {
                __polyserve::Option::Some(&<store>::META)
            }
            fn reads_headers(&self) -> __polyserve::bool {
                <Json<User> as __polyserve::FromRequest>::READS_HEADERS
                    || <HeaderMap as __polyserve::FromRequest>::READS_HEADERS
            }
            fn check(&self, __start: &mut __polyserve::Start) {
                <Json<User> as __polyserve::FromRequest>::check(__start, &<store>::META);
                <HeaderMap as __polyserve::FromRequest>::check(__start, &<store>::META);
            }
            fn call(&self, mut __request: __polyserve::Request) -> __polyserve::Reply {
                let __argument0 = match <Json<
                    User,
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
                let __argument1 = match __polyserve::path_argument::<
                    u32,
                >(&__request, "id") {
                    __polyserve::Result::Err(__rejection) => {
                        return __polyserve::Reply::Ready(
                            __polyserve::IntoResponse::into_response(__rejection),
                        );
                    }
                    __polyserve::Result::Ok(__value) => __value,
                };
                let __argument2 = match <HeaderMap as __polyserve::FromRequest>::from_request(
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
                let __ready = __argument0.is_ready() && __argument2.is_ready();
                let __work = async move {
                    let __argument0 = match __argument0.await {
                        __polyserve::Result::Ok(__value) => __value,
                        __polyserve::Result::Err(__rejection) => {
                            return __polyserve::IntoResponse::into_reply(__rejection);
                        }
                    };
                    let __argument2 = match __argument2.await {
                        __polyserve::Result::Ok(__value) => __value,
                        __polyserve::Result::Err(__rejection) => {
                            return __polyserve::IntoResponse::into_reply(__rejection);
                        }
                    };
                    __polyserve::IntoResponse::into_reply(
                        <store>::call(__argument0, __argument1, __argument2),
                    )
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
