//! The guide's programs compile, and what they assert holds.

#[doc = include_str!("../docs/guide/middleware.md")]
struct Middleware;

#[doc = include_str!("../docs/guide/responses.md")]
struct Responses;

#[doc = include_str!("../docs/guide/routes.md")]
struct Routes;
