//! `panel/history`: usage during the last minutes.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use monitor::{Applications, Observed, Samples, clock, samples::TasksOf};
use wire::{Answer, ErrorBody, History};

use super::{poll::Poll, rate::Rate};
use crate::http::{ApiError, AskedApp};

/// Used cores and memory of the cluster, and active tasks of one application, during the last ten minutes.
#[utoipa::path(get, path = "/panel/history", tag = "panel",
    params(("app" = Option<String>, Query, description = "Application id; the newest active ones when absent")),
    responses(
        (status = 200, description = "The last minutes, oldest first", body = Answer<History>),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_history(
    State(applications): State<Arc<Applications>>,
    State(samples): State<Arc<Samples>>,
    poll: Poll,
    asked: AskedApp,
) -> Result<Response, ApiError> {
    poll.answer(async || observe(&applications, &samples, &poll, &asked).await).await
}

pub(super) async fn observe(
    applications: &Applications,
    samples: &Samples,
    poll: &Poll,
    asked: &AskedApp,
) -> Result<(Observed<History>, Rate), ApiError> {
    applications.check_lister()?;
    let app_id = asked.checked()?.map(str::to_owned);
    let whose = poll.whose().await?;
    let rate = poll.panel.rates.slow();
    // An application that nobody has viewed has no samples here. No upstream is asked whether it exists.
    let history = samples.of(&TasksOf { whose, app_id }, clock::now_ms(), rate.next_ms);
    Ok((Observed::remembered(history), rate))
}
