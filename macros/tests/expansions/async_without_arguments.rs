#[handler]
async fn hello() -> &'static str {
    sleep(Duration::from_millis(100)).await;
    "hello"
}

// ---- becomes ----

#[allow(non_camel_case_types)]
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
struct hello;
const _: () = {
    #[allow(dead_code, non_snake_case)]
    fn hello() {}
    impl hello {
        /// The function itself: calls it without a request, as a unit test does.
        async fn call() -> &'static str {
            sleep(Duration::from_millis(100)).await;
            "hello"
        }
        /// What is known about the function: its name, its place, its route.
        const META: ::polyserve::__private::Meta = {
            let mut __meta = ::polyserve::__private::Meta::new(
                "hello",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            );
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
        fn call(
            &self,
            _: ::polyserve::__private::Request,
        ) -> ::polyserve::__private::Reply {
            ::polyserve::__private::Reply::pending(async move {
                ::polyserve::__private::IntoResponse::into_response(
                    <hello>::call().await,
                )
            })
        }
    }
};
