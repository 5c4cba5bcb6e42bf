//! How the query goes that a cell of a notebook waits for, whichever application runs it.

use std::{pin::pin, time::Duration};

use futures_util::{StreamExt, stream};
use upstream::{Upstream, UpstreamError};
use wire::Query;

use crate::{
    AppQueries, Applications, Error, Observed, OfApp, Selection, Whose,
    applications::{Apps, ListerState},
    queries::{Cell, Snapshot},
};

/// Applications in which a session is looked for, the newest running ones first: there may be any number.
const MOST_APPS: usize = 8;
/// Drivers that are called at once.
const AT_ONCE: usize = 2;
/// How long one of several drivers may take, so that all of them fit into one request. Its fetch goes on, and the next
/// request has the result.
const PATIENCE: Duration = Duration::from_secs(2);

/// See the module's sentence.
#[derive(Clone, Debug)]
pub struct CellQuery {
    /// The application that was asked for, or that has the cell's session.
    pub app_id: Option<String>,
    pub news: News,
}

/// What is known of the query.
#[derive(Clone, Debug)]
pub enum News {
    /// Nothing that is certain: there may be no such query, or its driver does not answer in time.
    Nothing,
    Runs,
    Ended(Box<Query>),
    /// The application has ended, or no process listens at its driver's address.
    SparkGone,
}

/// Looks for the query in one application, or for the cell's session in all active ones. A driver that is slow, busy or
/// starting is not gone.
///
/// # Errors
/// As [`Applications::last_good`]; or the driver's failure, if it is not gone and its queries are not known.
pub async fn find(
    applications: &Applications,
    queries: &AppQueries,
    (whose, max_age): (&Whose, Duration),
    asked: Option<&str>,
    cell: &Cell,
) -> Result<CellQuery, Error> {
    let apps = applications.last_good(whose, max_age).await?;
    let candidates = candidates(&apps.value, asked, cell);
    let mut is_gone = is_all(&apps, &candidates, asked);
    let mut failure = None;
    let patience = if candidates.len() > 1 { PATIENCE } else { Duration::MAX };
    let look = |app_id: String| async move {
        let moment = async { queries.moment(&Selection::of(applications, whose, max_age, Some(&app_id)).await?).await };
        let late = |_| Err(UpstreamError::timeout(Upstream::Driver, patience).into());
        (tokio::time::timeout(patience, moment).await.unwrap_or_else(late), app_id)
    };
    let mut looks = pin!(stream::iter(candidates).map(look).buffered(AT_ONCE));
    while let Some((moment, app_id)) = looks.next().await {
        match moment {
            Ok(Observed { value: OfApp { known: Some(known), .. }, age }) => {
                let error = age.failure.map(|failure| failure.error);
                if asked.is_some() || known.knows_session_of(cell) {
                    return Ok(CellQuery { app_id: Some(app_id), news: news(&known, cell, error.as_deref()) });
                }
                is_gone &= error.is_some_and(|error| is_absent(&error));
            }
            Ok(_) => is_gone = false,
            Err(Error::Upstream(error)) if is_absent(&error) => {}
            Err(error) => {
                is_gone = false;
                failure = Some(error);
            }
        }
    }
    match failure {
        Some(error) => Err(error),
        None => {
            let news = if is_gone { News::SparkGone } else { News::Nothing };
            Ok(CellQuery { app_id: asked.map(str::to_owned), news })
        }
    }
}

/// The applications that may run the query.
fn candidates(apps: &Apps, asked: Option<&str>, cell: &Cell) -> Vec<String> {
    let ids = |app: &wire::App| app.app_id.clone();
    match asked {
        Some(asked) => apps.active.iter().filter(|app| app.app_id == asked).map(ids).collect(),
        None if cell.session_id.is_some() => apps.active.iter().take(MOST_APPS).map(ids).collect(),
        None => apps.default_app().map(ids).into_iter().collect(),
    }
}

/// Whether no other application than the candidates can run the query; without any, it is sure to have ended.
fn is_all(Observed { value: apps, age }: &Observed<Apps>, candidates: &[String], asked: Option<&str>) -> bool {
    if asked.is_some() && !candidates.is_empty() {
        return true;
    }
    let is_current = age.failure.is_none() && apps.lister != ListerState::Starting;
    let has_all = apps.left_out == 0 && (asked.is_some() || apps.active.len() <= MOST_APPS);
    is_current && (has_all || asked.is_some_and(|asked| apps.has_finished(asked)))
}

/// What one driver says. What it said before it failed holds only for queries that had ended.
fn news(known: &Snapshot, cell: &Cell, error: Option<&UpstreamError>) -> News {
    if error.is_some_and(is_absent) {
        return News::SparkGone;
    }
    match known.of_cell(cell) {
        Some(query) if !query.state.is_open() => News::Ended(Box::new(query)),
        Some(_) if error.is_none() => News::Runs,
        _ => News::Nothing,
    }
}

/// Whether no process listens at the driver's address. One that only does not answer may be busy.
fn is_absent(error: &UpstreamError) -> bool {
    error.upstream == Upstream::Driver && error.is_absent()
}
