//! Why a request does not fit a handler's arguments.

use http::StatusCode;
use std::{error::Error, fmt};

/// Why a request is not answered as its client hoped: a status that names the kind of mistake, a sentence for
/// the client, and where in the request it is, as far as that is known.
///
/// As an answer it is plain text, `400 Bad Request: the query's `page` does not fit: ..`. It stays beside that
/// text in the response's extensions, so that one place per app can shape all of them:
/// [`with_rejections`](crate::HandlerExt::with_rejections).
///
/// ```
/// use polyserve_core::{IntoResponse, Rejection};
/// use http::StatusCode;
///
/// let rejection = Rejection::new(StatusCode::CONFLICT, "this name is taken").with_field("name");
/// assert_eq!(rejection.to_string(), "409 Conflict: this name is taken");
/// assert_eq!(rejection.clone().into_response().extensions().get(), Some(&rejection));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    status: StatusCode,
    message: String,
    field: Option<String>,
    position: Option<Position>,
}

/// Where in a body the mistake is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Position {
    /// In a text of lines, such as JSON. Both count from 1; the column counts bytes.
    Line {
        /// The line.
        line: usize,
        /// The byte of that line.
        column: usize,
    },
    /// So many bytes after the beginning.
    Byte(usize),
}

impl Rejection {
    /// A rejection with a sentence for the client, which may be empty: the status then speaks for itself.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Rejection {
        Rejection { status, message: message.into(), field: None, position: None }
    }

    /// Names the field, the parameter or the header that is wrong: `page`, or `users[0].age` in a nested value.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Rejection {
        self.field = Some(field.into());
        self
    }

    /// Says where in the body the mistake is.
    #[must_use]
    pub fn with_position(mut self, position: Position) -> Rejection {
        self.position = Some(position);
        self
    }

    /// The same with another status: what an answer became after it was rejected.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Rejection {
        self.status = status;
        self
    }

    /// The status it is answered with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What is wrong, and where.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The field, parameter or header that is wrong, if it is one.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Where in the body the mistake is, if it is there and the place is known.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        self.position
    }
}

/// `404 Not Found`, or with a message `400 Bad Request: the query string does not fit`.
impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.status.fmt(f)?;
        if self.message.is_empty() { Ok(()) } else { write!(f, ": {}", self.message) }
    }
}

impl Error for Rejection {}
