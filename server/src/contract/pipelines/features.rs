//! `GET features`: which services answer. Only configured ones are asked; a request cannot name others.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{Json, extract::State};
use serde_json::{Value, json};
use tokio::time::timeout;
use url::Url;

use super::place::is_origin;
use crate::{
    export::Exports,
    http::{ApiError, Caller, Parameters},
};

/// Asks all at once.
pub(super) async fn get_features(
    State(exports): State<Arc<Exports>>,
    _: Caller,
    Parameters(asked): Parameters<HashMap<String, String>>,
) -> Result<Json<Value>, ApiError> {
    let given = |name: &str| asked.get(name).map(|given| given.trim()).filter(|given| !given.is_empty());
    let patience = patience(given("timeout_s"));
    let (airflow, gitea) = tokio::join!(
        airflow(&exports, given("airflow_api_url"), patience),
        gitea(&exports, given("gitea_api_url"), patience)
    );
    let is_up = |probe: &Value| probe["reachable"] == true;
    let standalone = !is_up(&airflow) && !is_up(&gitea);
    let ilum = if given("ilum_api_url").is_some() { blocked() } else { not_configured() };
    Ok(Json(json!({
        "airflow": airflow,
        "ilum": ilum,
        "gitea": gitea,
        "local_pyfile": { "reachable": true, "configured": true, "url": "" },
        "standalone": standalone,
    })))
}

/// Seconds, from 0.1 to 5; 1 if they cannot be read.
fn patience(given: Option<&str>) -> Duration {
    let seconds = given.and_then(|given| given.parse::<f64>().ok()).filter(|seconds| !seconds.is_nan());
    Duration::from_secs_f64(seconds.unwrap_or(1.0).clamp(0.1, 5.0))
}

async fn airflow(exports: &Exports, given: Option<&str>, patience: Duration) -> Value {
    let Some(api) = exports.airflow_api() else { return absent(given) };
    if given.is_some_and(|given| !is_origin(given, Some(&api.url))) {
        return blocked();
    }
    let checked = timeout(patience, exports.airflow_check()).await;
    let answer = match checked {
        Err(_) => Err(None),
        Ok(check) => match check.and_then(|check| check.error) {
            None => Ok(()),
            Some(error) => Err(Some(error.message)),
        },
    };
    probed(api.url.as_str(), answer)
}

async fn gitea(exports: &Exports, given: Option<&str>, patience: Duration) -> Value {
    let Some(git) = exports.git() else { return absent(given) };
    let url = Url::parse(git.url.as_str()).ok();
    if given.is_some_and(|given| !is_origin(given, url.as_ref())) {
        return blocked();
    }
    let answer = match timeout(patience, exports.git_check()).await {
        Err(_) => Err(None),
        Ok(Some(answer)) => answer.map_err(Some),
        Ok(None) => return not_configured(),
    };
    probed(git.url.as_str(), answer)
}

fn probed(url: &str, answer: Result<(), Option<String>>) -> Value {
    match answer {
        Ok(()) => json!({ "reachable": true, "configured": true, "url": url }),
        Err(error) => {
            let error = error.unwrap_or_else(|| "timeout".to_owned());
            json!({ "reachable": false, "configured": true, "url": url, "error": error })
        }
    }
}

/// Nothing is configured; an address in the request changes nothing.
fn absent(given: Option<&str>) -> Value {
    if given.is_some() { blocked() } else { not_configured() }
}

fn not_configured() -> Value {
    json!({ "reachable": false, "configured": false, "url": "" })
}

/// The address is not the configured one, so it was not called.
fn blocked() -> Value {
    json!({ "reachable": false, "configured": false, "url": "", "error": "blocked" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_kept_within_bounds() {
        for (given, seconds) in [
            (Some("99"), 5.0),
            (Some("0"), 0.1),
            (Some("-3"), 0.1),
            (Some("2.5"), 2.5),
            (Some("abc"), 1.0),
            (Some("nan"), 1.0),
            (Some("inf"), 5.0),
            (None, 1.0),
        ] {
            assert_eq!(patience(given), Duration::from_secs_f64(seconds), "{given:?}");
        }
    }
}
