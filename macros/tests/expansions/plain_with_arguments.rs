#[handler(POST, "/users/{id}", crate = my::server)]
fn store(Json(user): Json<User>, mut id: u32, headers: HeaderMap) -> StatusCode {
    StatusCode::CREATED
}

// ---- becomes ----

#[allow(non_camel_case_types)]
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
struct store;
const _: () = {
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
        fn call(Json(user): Json<User>, mut id: u32, headers: HeaderMap) -> StatusCode {
            StatusCode::CREATED
        }
        /// What is known about the function: its name, its place, its route.
        const META: my::server::__private::Meta = {
            let mut __meta = my::server::__private::Meta::new(
                "store",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            );
            __meta.method = my::server::__private::Option::Some("POST");
            __meta.path = my::server::__private::Option::Some("/users/{id}");
            __meta.arguments = &["Json (user)", "id", "headers"];
            __meta
        };
    }
    const _: () = ::core::assert!(
        ! < HeaderMap as my::server::__private::FromRequest > ::TAKES_BODY ||
        my::server::__private::count(& [< Json < User > as
        my::server::__private::FromRequest > ::TAKES_BODY, < HeaderMap as
        my::server::__private::FromRequest > ::TAKES_BODY]) == 1,
        "`store` takes the request body twice, but it can be read only once: an argument before this one takes it already, so remove one of the two"
    );
    impl my::server::__private::Handler for store {
        fn meta(
            &self,
        ) -> my::server::__private::Option<&'static my::server::__private::Meta> {
            my::server::__private::Option::Some(&<store>::META)
        }
        fn check(&self, __start: &mut my::server::__private::Start) {
            <Json<
                User,
            > as my::server::__private::FromRequest>::check(__start, &<store>::META);
            <HeaderMap as my::server::__private::FromRequest>::check(
                __start,
                &<store>::META,
            );
        }
        fn call(
            &self,
            mut __request: my::server::__private::Request,
        ) -> my::server::__private::Reply {
            let __argument0 = match <Json<
                User,
            > as my::server::__private::FromRequest>::from_request(&mut __request) {
                my::server::__private::Extract::Ready(
                    my::server::__private::Result::Err(__rejection),
                ) => {
                    return my::server::__private::Reply::Ready(
                        my::server::__private::IntoResponse::into_response(__rejection),
                    );
                }
                __extract => __extract,
            };
            let __argument1 = match my::server::__private::path_argument::<
                u32,
            >(&__request, "id") {
                my::server::__private::Result::Err(__rejection) => {
                    return my::server::__private::Reply::Ready(
                        my::server::__private::IntoResponse::into_response(__rejection),
                    );
                }
                my::server::__private::Result::Ok(__value) => __value,
            };
            let __argument2 = match <HeaderMap as my::server::__private::FromRequest>::from_request(
                &mut __request,
            ) {
                my::server::__private::Extract::Ready(
                    my::server::__private::Result::Err(__rejection),
                ) => {
                    return my::server::__private::Reply::Ready(
                        my::server::__private::IntoResponse::into_response(__rejection),
                    );
                }
                __extract => __extract,
            };
            let __ready = __argument0.is_ready() && __argument2.is_ready();
            let __work = async move {
                let __argument0 = match __argument0.await {
                    my::server::__private::Result::Ok(__value) => __value,
                    my::server::__private::Result::Err(__rejection) => {
                        return my::server::__private::IntoResponse::into_response(
                            __rejection,
                        );
                    }
                };
                let __argument2 = match __argument2.await {
                    my::server::__private::Result::Ok(__value) => __value,
                    my::server::__private::Result::Err(__rejection) => {
                        return my::server::__private::IntoResponse::into_response(
                            __rejection,
                        );
                    }
                };
                my::server::__private::IntoResponse::into_response(
                    <store>::call(__argument0, __argument1, __argument2),
                )
            };
            if __ready {
                my::server::__private::at_once(__work)
            } else {
                my::server::__private::Reply::pending(__work)
            }
        }
    }
};
