//! What may stand in front of an answer.

use crate::{Cookies, IntoResponse, Response, TypedHeader};
use headers::Header;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

/// What may stand in front of an answer in a tuple: `(StatusCode::CREATED, cookies, "made")`. The last of a tuple
/// is the answer, and up to seven parts before it change it, from the left to the right.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in front of an answer",
    label = "this is not a part of a response",
    note = "parts are `StatusCode`, `HeaderMap`, `[(HeaderName, HeaderValue); N]`, `TypedHeader<H>` and `Cookies`; the last of a tuple is the answer",
    note = "for a type of your own, implement `ResponsePart`"
)]
pub trait ResponsePart {
    /// Adds itself to the answer.
    fn add_to(self, response: &mut Response);
}

impl ResponsePart for StatusCode {
    fn add_to(self, response: &mut Response) {
        *response.status_mut() = self;
    }
}

/// The headers replace those of the same name that the answer brings.
impl ResponsePart for HeaderMap {
    fn add_to(self, response: &mut Response) {
        response.headers_mut().extend(self);
    }
}

/// The headers replace those of the same name that the answer brings.
impl<const N: usize> ResponsePart for [(HeaderName, HeaderValue); N] {
    fn add_to(self, response: &mut Response) {
        for (name, value) in self {
            response.headers_mut().insert(name, value);
        }
    }
}

/// It replaces a field of the same name, apart from `Set-Cookie`, which is added.
impl<H: Header> ResponsePart for TypedHeader<H> {
    fn add_to(self, response: &mut Response) {
        let mut values = Vec::new();
        self.0.encode(&mut values);
        let headers = response.headers_mut();
        if *H::name() != header::SET_COOKIE {
            headers.remove(H::name());
        }
        for value in values {
            headers.append(H::name(), value);
        }
    }
}

/// What was added or removed, as `Set-Cookie`.
impl ResponsePart for Cookies {
    fn add_to(self, response: &mut Response) {
        self.set(response);
    }
}

/// `None` changes nothing.
impl<P: ResponsePart> ResponsePart for Option<P> {
    fn add_to(self, response: &mut Response) {
        if let Some(part) = self {
            part.add_to(response);
        }
    }
}

macro_rules! parts_before_an_answer {
    ($($part:ident)+) => {
        impl<$($part: ResponsePart,)+ T: IntoResponse> IntoResponse for ($($part,)+ T) {
            #[expect(non_snake_case, reason = "a variable for each type parameter")]
            fn into_response(self) -> Response {
                let ($($part,)+ answer) = self;
                let mut response = answer.into_response();
                $($part.add_to(&mut response);)+
                response
            }
        }
    };
}

parts_before_an_answer!(A);
parts_before_an_answer!(A B);
parts_before_an_answer!(A B C);
parts_before_an_answer!(A B C D);
parts_before_an_answer!(A B C D E);
parts_before_an_answer!(A B C D E F);
parts_before_an_answer!(A B C D E F G);

/// 200 with this field and an empty body.
impl<H: Header> IntoResponse for TypedHeader<H> {
    fn into_response(self) -> Response {
        (self, ()).into_response()
    }
}

/// 200 with what was added or removed, and an empty body.
impl IntoResponse for Cookies {
    fn into_response(self) -> Response {
        (self, ()).into_response()
    }
}
