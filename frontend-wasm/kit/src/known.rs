//! The state of views after sample answers, for tests.

use wire::{ErrorBody, ErrorCode};

use crate::loaded::Loaded;
use crate::problem::Problem;
use crate::samples::{OBSERVED_AT_MS, answer};

pub fn refused(code: ErrorCode, error: &str, hint: &str) -> Problem {
    let (error, hint, request_id) = (error.to_owned(), hint.to_owned(), "r-1".to_owned());
    let (error_sentences, hint_sentences) = Default::default();
    ErrorBody { error, error_sentences, code, hint, hint_sentences, request_id }.into()
}

pub fn loaded<T>(body: T) -> Loaded<T> {
    Loaded::default().after(Ok(answer(body)), OBSERVED_AT_MS)
}
