//! What a person chose for a conversion.

use std::collections::{BTreeMap, BTreeSet};

use python_source::Version;

/// How a notebook is converted.
#[derive(Clone, Debug)]
pub struct Options {
    /// The Python that will run the job.
    pub python: Version,
    /// Code cells that are left out.
    pub skip: BTreeSet<usize>,
    /// What becomes of commands of the shell.
    pub shell: Shell,
    /// What becomes of the commands at single lines, by code cell and by the line in it, from 1.
    pub lines: BTreeMap<(usize, usize), Shell>,
    /// Secrets are noted only, and do not keep the job from being written.
    pub allow_secrets: bool,
}

/// What becomes of `!command` and `%%bash`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shell {
    /// A person must choose.
    #[default]
    Ask,
    /// They run as child processes.
    Translate,
    /// They are removed.
    Drop,
}
