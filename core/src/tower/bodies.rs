//! Any body as polyserve's.

use super::BoxError;
use crate::Body;
use bytes::Bytes;
use http_body::Body as HttpBody;
use std::any::Any;

/// A body that is polyserve's already stays what it is: whole if it was whole, and with its limit.
pub(super) fn into_body<B>(body: B) -> Body
where
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let mut body = Some(body);
    let ours = (&mut body as &mut dyn Any).downcast_mut::<Option<Body>>().and_then(Option::take);
    ours.or_else(|| body.map(Body::new)).unwrap_or_default()
}
