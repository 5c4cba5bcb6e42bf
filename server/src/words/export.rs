//! Sentences about exported notebooks.

use std::fmt::Display;

use notebook_job::{Finding, Sentence};

use super::{Said, errors::Explained, say};

pub(crate) fn not_converted(reason: &impl Display) -> Explained {
    Explained {
        error: say!("The notebook cannot be exported: %1.", reason),
        hint: say!("Change what the sentence names, and try again."),
    }
}

pub(crate) fn no_files() -> Explained {
    Explained {
        error: say!("This monitor reads no files of the notebook server."),
        hint: say!(
            "It must be started by Jupyter for one person, or with SPARK_MONITOR_NOTEBOOKS, the folder that Jupyter shows."
        ),
    }
}

/// What keeps a job from being made, and how that is mended.
pub(crate) fn blocked(finding: &Finding) -> Explained {
    let said = |sentence: &Sentence| Said::sentence(sentence.template, None, sentence.values.clone());
    Explained {
        error: say!("Something in the notebook must be mended or decided first.").then(said(&finding.message)),
        hint: said(&finding.fix),
    }
}
