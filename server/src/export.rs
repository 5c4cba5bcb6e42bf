//! Export: a notebook becomes a job that runs without its author.

pub(crate) mod interpreter;
pub(crate) mod write;
