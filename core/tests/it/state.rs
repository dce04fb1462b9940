use crate::{logged, wire::*};
use http::Method;
use polyserve_core::{
    FromRequest, Handler, HandlerExt, IntoResponse, Meta, Rejection, Reply, Request, Router, Start, State,
};
use std::{any::type_name, marker::PhantomData};

#[derive(Debug, Clone, PartialEq)]
struct Db(&'static str);

#[derive(Debug, Clone, PartialEq)]
struct Mail(u8);

/// What the macro makes of a function of one argument.
struct Function<E>(Meta, fn(E) -> String, PhantomData<fn(E)>);

impl<E> Handler for Function<E>
where
    E: FromRequest + 'static,
    E::Rejection: 'static,
{
    fn call(&self, mut request: Request) -> Reply {
        let (extracted, answer) = (E::from_request(&mut request), self.1);
        Reply::pending(async move {
            match extracted.await {
                Ok(value) => answer(value).into_response(),
                Err(rejection) => rejection.into_response(),
            }
        })
    }

    fn check(&self, start: &mut Start) {
        E::check(start, &self.0);
    }
}

fn function<E>(name: &'static str, line: u32, answer: fn(E) -> String) -> Function<E> {
    Function(Meta::new(name, "app", "src/main.rs", line), answer, PhantomData)
}

fn db() -> Function<State<Db>> {
    function("db", 3, |State(Db(name))| name.to_owned())
}

fn mail() -> Function<State<Mail>> {
    function("mail", 9, |State(Mail(number))| number.to_string())
}

fn body(handler: impl Handler) -> String {
    let (text, _) = converse(handler, GET);
    text.split_once("\r\n\r\n").unwrap().1.to_owned()
}

#[test]
fn a_handler_takes_what_was_provided() {
    assert_eq!(body(db().with_state(Db("one"))), "one");
    assert_eq!(body(Router::new().route(Method::GET, "/", db()).with_state(Db("one"))), "one");
    // Two of different types stand side by side; of one type the inner one counts.
    assert_eq!(body(db().with_state(Db("one")).with_state(Mail(2))), "one");
    assert_eq!(body(db().with_state(Db("inner")).with_state(Db("outer"))), "inner");
}

#[test]
fn what_nobody_provides_is_said_at_the_start() {
    let name = type_name::<Db>();
    let missing = |handler: &dyn Handler| Start::check(handler).unwrap_err().to_string();
    assert_eq!(
        missing(&db()),
        format!(
            "db (src/main.rs:3) takes `State<{name}>`, but nobody provides a `{name}`: add `.with_state(..)` to it \
             or to the routes around it"
        )
    );
    let app = Router::new().route(Method::GET, "/db", db()).route(Method::GET, "/mail", mail());
    let all = missing(&app);
    assert_eq!(all.lines().count(), 2, "all of them at once: {all}");
    assert!(all.contains("db (src/main.rs:3)") && all.contains("mail (src/main.rs:9)"), "{all}");
    let app = app.with_state(Db("one"));
    assert!(missing(&app).starts_with("mail (src/main.rs:9)"));
    assert!(Start::check(&app.with_state(Mail(1))).is_ok());
    // Beside is not around.
    let beside =
        Router::new().route(Method::GET, "/a", db().with_state(Db("one"))).route(Method::GET, "/b", db());
    assert_eq!(missing(&beside).lines().count(), 1);
    // A reference to it is another type.
    assert!(Start::check(&db().with_state(std::sync::Arc::new(Db("one")))).is_err());
}

#[test]
fn an_optional_state_needs_nobody() {
    let optional = || function("maybe", 5, |db: Option<State<Db>>| format!("{db:?}"));
    let fallible = || function("try", 6, |db: Result<State<Db>, Rejection>| db.is_ok().to_string());
    assert!(Start::check(&optional()).is_ok() && Start::check(&fallible()).is_ok());
    assert_eq!(body(optional()), "None");
    assert_eq!(body(optional().with_state(Db("one"))), "Some(State(Db(\"one\")))");
    assert_eq!(body(fallible()), "false");
    // But what it needs itself is needed by an `Option` of it as well.
    struct Needy;
    impl FromRequest for Needy {
        type Rejection = Rejection;
        fn check(start: &mut Start, handler: &Meta) {
            State::<Db>::check(start, handler);
        }
        fn from_request(_: &mut Request) -> polyserve_core::extract::Extract<Needy, Rejection> {
            Ok(Needy).into()
        }
    }
    assert!(Start::check(&function("needy", 7, |_: Option<Needy>| String::new())).is_err());
}

#[test]
fn a_host_that_never_checked_answers_500_and_the_log_names_the_type() {
    logged::logged();
    assert_eq!(body(db()), "500 Internal Server Error\n");
    let lines = logged::logged();
    assert!(lines.len() == 1 && lines[0].contains(type_name::<Db>()), "{lines:?}");
}

#[test]
fn whatever_else_is_in_the_extensions_is_no_state() {
    let handler = db();
    let app = polyserve_core::handler_fn(move |mut request: Request| {
        request.extensions_mut().insert(Db("from elsewhere"));
        handler.call(request)
    });
    logged::logged();
    assert_eq!(body(app), "500 Internal Server Error\n");
}

#[test]
fn a_handler_with_a_state_is_mounted_where_it_was() {
    struct Known;
    impl Handler for Known {
        fn call(&self, _: Request) -> Reply {
            Reply::from("known")
        }
        fn meta(&self) -> Option<&'static Meta> {
            const META: Meta = {
                let mut meta = Meta::new("known", "app", "src/main.rs", 1);
                meta.method = Some("GET");
                meta.path = Some("/known");
                meta
            };
            Some(&META)
        }
    }
    let app = polyserve_core::routes![Known.with_state(Db("one")).with_rejections(Rejection::clone)];
    let paths: Vec<_> = app.routes().map(|route| route.path.unwrap()).collect();
    assert_eq!(paths, ["/known"]);
    let outer = app.with_state(Mail(1)).with_rejections(Rejection::clone);
    assert_eq!(Handler::routes(&outer)[0].path.as_deref(), Some("/known"));
}
