//! Several mistakes of one handler, reported together.

use quote::ToTokens;
use syn::Error;

/// What is wrong with a handler, each mistake at its own place in the source.
#[derive(Default)]
pub(crate) struct Mistakes(Option<Error>);

impl Mistakes {
    /// A mistake at all of `place`.
    pub(crate) fn at(&mut self, place: impl ToTokens, sentence: impl Into<String>) {
        self.add(Error::new_spanned(place, sentence.into()));
    }

    pub(crate) fn add(&mut self, mistake: Error) {
        match &mut self.0 {
            Some(mistakes) => mistakes.combine(mistake),
            None => self.0 = Some(mistake),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// `value`, unless something is wrong.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Error> {
        match self.0 {
            Some(mistakes) => Err(mistakes),
            None => Ok(value),
        }
    }
}
