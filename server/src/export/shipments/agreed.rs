//! What was asked, converted again: only what a person was shown is delivered.

use notebook_job::File;
use serde_json::{Value, json};
use wire::export::{ConversionOptions, ExportTarget, NewShipment};

use super::{Destination, errors};
use crate::{
    config::StandaloneSite,
    export::{
        Exports,
        airflow::shipped::marked,
        conversion::{self, Asked, Converted},
        errors as of_export,
        places::CellMap,
        runs::check_parameters,
        standalone::{follow::Submission, request::create_request},
        turn::Turn,
    },
    http::ApiError,
};

/// Longest path, bytes; Linux has no longer ones.
const LONGEST_PATH: usize = 4096;
/// Longest message of a commit, characters.
const LONGEST_MESSAGE: usize = 2_000;

/// A job that may be delivered.
pub(super) struct Agreed {
    pub converted: Converted,
    /// The files as they will be delivered.
    pub files: Vec<File>,
    /// What is submitted then; none if the job does not run on a standalone cluster, or not now.
    pub submission: Option<Submission>,
    /// What has a secret besides the notebook, without its text. Empty unless the person lets secrets out.
    pub secrets: Vec<String>,
}

/// Converts it again.
///
/// # Errors
/// When the job is not the one that was shown, is blocked, or is for nothing that a job is delivered to.
pub(super) async fn agreed(exports: &Exports, new: &NewShipment, turn: Turn) -> Result<Agreed, ApiError> {
    let ConversionOptions { target, allow_secrets, .. } = new.options;
    if target == ExportTarget::Local {
        return Err(errors::no_workflow());
    }
    if target == ExportTarget::Standalone && new.unpause {
        return Err(errors::nothing_paused());
    }
    if new.path.len() > LONGEST_PATH || new.path.contains(char::is_control) {
        return Err(errors::bad_path(LONGEST_PATH));
    }
    if new.message.chars().count() > LONGEST_MESSAGE {
        return Err(errors::long_message(LONGEST_MESSAGE));
    }
    if (new.trigger || new.unpause) && target != ExportTarget::Standalone {
        exports.airflow().map_err(|_| errors::nothing_triggers())?;
    }
    let name = new.path.rsplit('/').next().unwrap_or_default().to_owned();
    let asked = Asked { name, notebook: new.notebook.clone().into_bytes(), options: new.options.clone() };
    let converted = conversion::convert(asked, exports.connection(), turn).await.map_err(of_export::refused)?;
    if converted.hash() != new.hash {
        return Err(errors::changed());
    }
    let converted = of_export::unblocked(converted)?;
    check_parameters(&new.parameters, &converted.job.parameters)?;
    let secrets = with_secrets(new);
    if !allow_secrets && !secrets.is_empty() {
        return Err(errors::secret());
    }
    let files = marked(converted.files.clone());
    let submission = match exports.destination(target)? {
        Destination::Standalone(standalone) if new.trigger => Some(submission(&standalone.site, &converted, new)?),
        _ => None,
    };
    Ok(Agreed { converted, files, submission, secrets })
}

fn submission(site: &StandaloneSite, converted: &Converted, new: &NewShipment) -> Result<Submission, ApiError> {
    let map = converted.files.iter().find(|file| file.name == "job.cells.json");
    let cells = map.and_then(|map| CellMap::read(&map.content).ok()).ok_or_else(errors::no_workflow)?;
    let parameters = new.parameters.clone().into_iter().collect();
    let request = create_request(site, &converted.dag_id, converted.job.text.as_bytes(), &parameters);
    Ok(Submission { dag_id: converted.dag_id.clone(), rest_url: site.rest_url.to_string(), request, cells })
}

/// What has a secret besides the notebook.
fn with_secrets(new: &NewShipment) -> Vec<String> {
    let texts = [("path", &new.path), ("message", &new.message)];
    let texts = texts.into_iter().filter(|(_, text)| without_secret(text).is_none()).map(|(what, _)| what.to_owned());
    // With its name, because `password` says what the value is.
    let has_secret = |(name, value): &(&String, &Value)| without_secret(&json!({ *name: value }).to_string()).is_none();
    let values = new.parameters.iter().filter(has_secret).map(|(name, _)| format!("parameter {name}"));
    texts.chain(values).collect()
}

/// The text, if it has no secret.
pub(super) fn without_secret(text: &str) -> Option<&str> {
    Some(text).filter(|text| notebook_job::secrets_in_text(text).is_empty())
}
