//! What is found out before the first request.

use crate::{Handler, Meta};
use std::{
    any::{TypeId, type_name},
    error::Error,
    fmt,
};

/// Collects what can never work, while every handler of an app looks at what it needs.
///
/// A runtime calls [`Start::check`]; handlers and extractors report to the `Start` that they are given.
#[derive(Debug, Default)]
pub struct Start {
    provided: Vec<TypeId>,
    mistakes: Vec<String>,
    /// What the paths of what is being checked are below.
    prefix: String,
}

impl Start {
    /// Whether `handler` can be served.
    ///
    /// # Errors
    /// Every mistake, a line each.
    pub fn check(handler: &dyn Handler) -> Result<(), StartError> {
        let mut start = Start::default();
        handler.check(&mut start);
        if start.mistakes.is_empty() { Ok(()) } else { Err(StartError(start.mistakes.join("\n"))) }
    }

    /// Reports what is wrong, where, and what to do.
    pub fn mistake(&mut self, message: impl Into<String>) {
        self.mistakes.push(message.into());
    }

    /// Checks what is mounted below `prefix`.
    pub(crate) fn below(&mut self, prefix: &str, inside: impl FnOnce(&mut Start)) {
        let outside = self.prefix.len();
        self.prefix.push_str(prefix);
        inside(self);
        self.prefix.truncate(outside);
    }

    /// What is in front of the paths of what is being checked.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Checks what is inside something that provides a state of type `T`.
    pub fn providing<T: 'static>(&mut self, inside: impl FnOnce(&mut Start)) {
        self.provided.push(TypeId::of::<T>());
        inside(self);
        self.provided.pop();
    }

    /// Reports it when nobody around `handler` provides a state of type `T`.
    pub fn needs<T: 'static>(&mut self, handler: &Meta) {
        if !self.provided.contains(&TypeId::of::<T>()) {
            let name = type_name::<T>();
            self.mistake(format!(
                "{handler} takes `State<{name}>`, but nobody provides a `{name}`: add `.with_state(..)` to it or to \
                 the routes around it"
            ));
        }
    }
}

/// Why an app cannot be served at all; found before the first request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartError(String);

impl StartError {
    /// An error that says what is wrong, where, and what to do.
    pub fn new(message: impl Into<String>) -> StartError {
        StartError(message.into())
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for StartError {}
