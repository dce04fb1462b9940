/// Says hello by name.
#[handler(GET, "/hello/{name}")]
pub(crate) async fn hello(name: String, Query(q): Query<Greeting>) -> Result<String, Failure> {
    Ok(format!("{} {name}", q.greeting?))
}

// ---- becomes ----

/// Says hello by name.
#[allow(non_camel_case_types)]
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
pub(crate) struct hello;
const _: () = {
    #[allow(dead_code, non_snake_case)]
    fn hello() {}
    #[allow(dead_code, non_snake_case)]
    fn name() {}
    #[allow(dead_code, non_snake_case)]
    fn q() {}
    impl hello {
        /// The function itself: calls it without a request, as a unit test does.
        pub(crate) async fn call(
            name: String,
            Query(q): Query<Greeting>,
        ) -> Result<String, Failure> {
            Ok(format!("{} {name}", q.greeting ?))
        }
        /// What is known about the function: its name, its place, its route.
        pub(crate) const META: ::polyserve::__private::Meta = {
            let mut __meta = ::polyserve::__private::Meta::new(
                "hello",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            );
            __meta.method = ::polyserve::__private::Option::Some("GET");
            __meta.path = ::polyserve::__private::Option::Some("/hello/{name}");
            __meta.arguments = &["name", "Query (q)"];
            __meta.is_async = true;
            __meta
        };
    }
    impl ::polyserve::__private::Handler for hello {
        fn meta(
            &self,
        ) -> ::polyserve::__private::Option<&'static ::polyserve::__private::Meta> {
            ::polyserve::__private::Option::Some(&<hello>::META)
        }
        fn check(&self, __start: &mut ::polyserve::__private::Start) {
            <Query<
                Greeting,
            > as ::polyserve::__private::FromRequest>::check(__start, &<hello>::META);
        }
        fn call(
            &self,
            mut __request: ::polyserve::__private::Request,
        ) -> ::polyserve::__private::Reply {
            let __argument0 = match ::polyserve::__private::path_argument::<
                String,
            >(&__request, "name") {
                ::polyserve::__private::Result::Err(__rejection) => {
                    return ::polyserve::__private::Reply::Ready(
                        ::polyserve::__private::IntoResponse::into_response(__rejection),
                    );
                }
                ::polyserve::__private::Result::Ok(__value) => __value,
            };
            let __argument1 = match <Query<
                Greeting,
            > as ::polyserve::__private::FromRequest>::from_request(&mut __request) {
                ::polyserve::__private::Extract::Ready(
                    ::polyserve::__private::Result::Err(__rejection),
                ) => {
                    return ::polyserve::__private::Reply::Ready(
                        ::polyserve::__private::IntoResponse::into_response(__rejection),
                    );
                }
                __extract => __extract,
            };
            ::polyserve::__private::Reply::pending(async move {
                let __argument1 = match __argument1.await {
                    ::polyserve::__private::Result::Ok(__value) => __value,
                    ::polyserve::__private::Result::Err(__rejection) => {
                        return ::polyserve::__private::IntoResponse::into_response(
                            __rejection,
                        );
                    }
                };
                ::polyserve::__private::IntoResponse::into_response(
                    <hello>::call(__argument0, __argument1).await,
                )
            })
        }
    }
};
