#[handler(GET, "/files/{*path}", blocking)]
fn read(path: String) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}

// ---- becomes ----

#[allow(non_camel_case_types)]
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
struct read;
const _: () = {
    #[allow(dead_code, non_snake_case)]
    fn read() {}
    #[allow(dead_code, non_snake_case)]
    fn path() {}
    impl read {
        /// The function itself: calls it without a request, as a unit test does.
        fn call(path: String) -> Option<Vec<u8>> {
            std::fs::read(path).ok()
        }
        /// What is known about the function: its name, its place, its route.
        const META: ::polyserve::__private::Meta = {
            let mut __meta = ::polyserve::__private::Meta::new(
                "read",
                ::core::module_path!(),
                ::core::file!(),
                ::core::line!(),
            );
            __meta.method = ::polyserve::__private::Option::Some("GET");
            __meta.path = ::polyserve::__private::Option::Some("/files/{*path}");
            __meta.arguments = &["path"];
            __meta.blocking = true;
            __meta
        };
    }
    impl ::polyserve::__private::Handler for read {
        fn meta(
            &self,
        ) -> ::polyserve::__private::Option<&'static ::polyserve::__private::Meta> {
            ::polyserve::__private::Option::Some(&<read>::META)
        }
        fn call(
            &self,
            __request: ::polyserve::__private::Request,
        ) -> ::polyserve::__private::Reply {
            let __argument0 = match ::polyserve::__private::path_argument::<
                String,
            >(&__request, "path") {
                ::polyserve::__private::Result::Err(__rejection) => {
                    return ::polyserve::__private::Reply::Ready(
                        ::polyserve::__private::IntoResponse::into_response(__rejection),
                    );
                }
                ::polyserve::__private::Result::Ok(__value) => __value,
            };
            ::polyserve::__private::Reply::pending(async move {
                ::polyserve::__private::offload::run(move || ::polyserve::__private::IntoResponse::into_response(
                        <read>::call(__argument0),
                    ))
                    .await
            })
        }
    }
};
