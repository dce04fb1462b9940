#[handler(PUT, "/notes/{title}")]
async fn keep<'a>(title: &'a str, body: &[u8], headers: &HeaderMap) -> Json<Note> {
    Json(Note::new(title, body, headers).await)
}

// ---- becomes ----

#[allow(non_camel_case_types)]
#[::core::prelude::v1::derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug
)]
struct keep;
const _: () = {
    use ::polyserve::__private as __polyserve;
    #[allow(dead_code, non_snake_case)]
    fn keep() {}
    #[allow(dead_code, non_snake_case)]
    fn title() {}
    #[allow(dead_code, non_snake_case)]
    fn body() {}
    #[allow(dead_code, non_snake_case)]
    fn headers() {}
    impl keep {
        /// The function itself: calls it without a request, as a unit test does.
        #[allow(
            clippy::missing_const_for_fn,
            clippy::missing_errors_doc,
            clippy::missing_panics_doc,
            clippy::must_use_candidate
        )]
        async fn call<'a>(
            title: &'a str,
            body: &[u8],
            headers: &HeaderMap,
        ) -> Json<Note> {
            Json(Note::new(title, body, headers).await)
        }
        /// What is known about the function: its name, its place, its route.
        const META: __polyserve::Meta = {
            let mut __meta = __polyserve::Meta::new(
                "keep",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            );
            __meta.method = __polyserve::Option::Some("PUT");
            __meta.path = __polyserve::Option::Some("/notes/{title}");
            __meta.arguments = &["title", "body", "headers"];
            __meta.is_async = true;
            __meta
        };
    }
    #[allow(unused_qualifications, clippy::async_yields_async)]
    const _: () = {
        const _: () = ::core::assert!(
            ! < < HeaderMap as __polyserve::Lend > ::Owner as __polyserve::FromRequest >
            ::TAKES_BODY || __polyserve::count(& [< < [u8] as __polyserve::Lend > ::Owner
            as __polyserve::FromRequest > ::TAKES_BODY, < < HeaderMap as
            __polyserve::Lend > ::Owner as __polyserve::FromRequest > ::TAKES_BODY]) ==
            1, "{}",
            "`keep` takes the request body twice, but it can be read only once: an argument before this one takes it already, so remove one of the two"
        );
        #[automatically_derived]
        impl __polyserve::Handler for keep {
            fn meta(&self) -> __polyserve::Option<&'static __polyserve::Meta> {
                __polyserve::Option::Some(&<keep>::META)
            }
            fn reads_headers(&self) -> __polyserve::bool {
                <<[u8] as __polyserve::Lend>::Owner as __polyserve::FromRequest>::READS_HEADERS
                    || <<HeaderMap as __polyserve::Lend>::Owner as __polyserve::FromRequest>::READS_HEADERS
            }
            fn check(&self, __start: &mut __polyserve::Start) {
                <<[u8] as __polyserve::Lend>::Owner as __polyserve::FromRequest>::check(
                    __start,
                    &<keep>::META,
                );
                <<HeaderMap as __polyserve::Lend>::Owner as __polyserve::FromRequest>::check(
                    __start,
                    &<keep>::META,
                );
            }
            fn call(&self, mut __request: __polyserve::Request) -> __polyserve::Reply {
                let __argument0 = match __polyserve::path_argument::<
                    <str as __polyserve::Lend>::Owner,
                >(&__request, "title") {
                    __polyserve::Result::Err(__rejection) => {
                        return __polyserve::Reply::Ready(
                            __polyserve::IntoResponse::into_response(__rejection),
                        );
                    }
                    __polyserve::Result::Ok(__value) => __value,
                };
                let __argument1 = match <<[u8] as __polyserve::Lend>::Owner as __polyserve::FromRequest>::from_request(
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
                let __argument2 = match <<HeaderMap as __polyserve::Lend>::Owner as __polyserve::FromRequest>::from_request(
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
                __polyserve::Reply::later(async move {
                    let __argument1 = match __argument1.await {
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
                        <keep>::call(
                                <str as __polyserve::Lend>::lend(&__argument0),
                                <[u8] as __polyserve::Lend>::lend(&__argument1),
                                <HeaderMap as __polyserve::Lend>::lend(&__argument2),
                            )
                            .await,
                    )
                })
            }
        }
    };
};
