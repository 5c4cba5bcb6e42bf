//! What was asked, converted again: only what a person was shown is delivered.

use notebook_job::File;
use wire::export::{ConversionOptions, ExportTarget, NewShipment};

use super::errors;
use crate::{
    export::{
        Exports,
        airflow::shipped::marked,
        conversion::{self, Asked, Converted},
        errors as of_export,
        turn::Turn,
    },
    http::ApiError,
};

/// A job that may be delivered.
pub(super) struct Agreed {
    pub converted: Converted,
    /// The files as they will be delivered.
    pub files: Vec<File>,
}

/// Converts it again.
///
/// # Errors
/// When the job is not the one that was shown, is blocked, or is not for Airflow.
pub(super) async fn agreed(exports: &Exports, new: &NewShipment, turn: Turn) -> Result<Agreed, ApiError> {
    let ConversionOptions { target, allow_secrets, .. } = new.options;
    if target == ExportTarget::Local {
        return Err(errors::no_workflow());
    }
    let name = new.path.rsplit('/').next().unwrap_or_default().to_owned();
    let asked = Asked { name, notebook: new.notebook.clone().into_bytes(), options: new.options.clone() };
    let converted = conversion::convert(asked, exports.connection(), turn).await.map_err(of_export::refused)?;
    if converted.hash() != new.hash {
        return Err(errors::changed());
    }
    if converted.job.is_blocked() {
        return Err(of_export::blocked());
    }
    let known = |name: &String| converted.job.parameters.iter().any(|one| one.name == *name);
    if let Some(name) = new.parameters.keys().find(|name| !known(name)) {
        return Err(errors::unknown_parameter(name));
    }
    let values = serde_json::to_string(&new.parameters).unwrap_or_default();
    let texts = [new.path.as_str(), new.message.as_str(), values.as_str()];
    if !allow_secrets && texts.iter().any(|text| !notebook_job::secrets_in_text(text).is_empty()) {
        return Err(errors::secret());
    }
    let files = marked(converted.files.clone());
    Ok(Agreed { converted, files })
}
