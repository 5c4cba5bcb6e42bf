//! `snapshot`: the panel's visible views in one answer. Queries, their stages and the executors are those of one
//! moment.

mod asked_views;
mod facts;
mod views;

use axum::response::Response;
use monitor::{Observed, OfApp, Selection, queries::Snapshot as Moment};
use wire::{ErrorBody, Snapshot};

use super::{apps, cluster, executors, findings, history, poll::Poll, queries, selected, stages};
use crate::http::{ApiError, AskedApp};
use asked_views::{AskedViews, Wanted};
use facts::Facts;
use views::Views;

/// The views of one application, in the order in which they are made.
const OF_APP: [&str; 5] = ["queries", "stages", "query", "findings", "executors"];

/// What the panel shows, in one answer instead of one for each view.
#[utoipa::path(get, path = "/snapshot", tag = "panel",
    params(
        ("views" = Option<String>, Query, description = "Comma-separated: `cluster`, `apps`, `executors`, `stages`, \
            `queries`, `findings`, `history`; all when both this and `query` are absent"),
        ("query" = Option<String>, Query, description = "A query with its stages, as `panel/queries` names it"),
        ("app" = Option<String>, Query, description = "Application id; the newest active one when absent"),
    ),
    responses(
        (status = 200, description = "The views; one that failed says why in its place", body = Snapshot),
        (status = "default", description = "What went wrong with all of them", body = ErrorBody),
))]
pub(crate) async fn get_snapshot(
    facts: Facts,
    poll: Poll,
    asked: AskedApp,
    asked_views: AskedViews,
) -> Result<Response, ApiError> {
    let Facts { applications, executors, samples, .. } = &facts;
    applications.check_lister()?;
    asked.checked()?;
    let wanted = asked_views.checked()?;
    poll.whose().await?;
    let of = format!("{:?} {:?}", asked.checked()?, wanted.query_id);
    let (mut views, mut of_app) = (Views::new(&poll, of.clone()), Views::new(&poll, of));
    let of_cluster = async {
        if wanted.wants("cluster") {
            views.add("cluster", cluster::observe(applications, executors, samples, &poll).await);
        }
        if wanted.wants("apps") {
            views.add("apps", apps::observe(applications, &poll).await);
        }
    };
    // A driver that hangs must not take the other views with it.
    let driver = add_of_app(&mut of_app, &facts, &poll, &asked, wanted);
    let driver = tokio::time::timeout(poll.panel.patience, driver);
    let ((), in_time) = tokio::join!(of_cluster, driver);
    if in_time.is_err() {
        let late = OF_APP.into_iter().filter(|name| wanted.wants(name) && !of_app.has(name)).collect::<Vec<_>>();
        late.into_iter().for_each(|name| of_app.fail(name, &ApiError::request_timeout()));
    }
    views.join(of_app);
    // Last, so that it contains what the others have just recorded.
    if wanted.wants("history") {
        views.add("history", history::observe(applications, samples, &poll, &asked).await);
    }
    views.answer()
}

/// Adds the views of one application.
async fn add_of_app(views: &mut Views<'_>, facts: &Facts, poll: &Poll, asked: &AskedApp, wanted: &Wanted) {
    let names = OF_APP.into_iter().filter(|name| wanted.wants(name));
    if names.clone().next().is_none() {
        return;
    }
    match selected::select(&facts.applications, poll, asked).await {
        Ok(selection) => add_selected(views, facts, poll, asked, wanted, &selection).await,
        Err(error) => names.for_each(|name| views.fail(name, &error)),
    }
}

async fn add_selected(
    views: &mut Views<'_>,
    facts: &Facts,
    poll: &Poll,
    asked: &AskedApp,
    wanted: &Wanted,
    selection: &Observed<Selection>,
) {
    let has_moment = ["queries", "stages", "query", "findings"].into_iter().any(|name| wanted.wants(name));
    let moment = if has_moment { Some(facts.queries.moment(selection).await.map_err(ApiError::from)) } else { None };
    if let Some(moment) = &moment {
        add_moment(views, facts, poll, wanted, selection, moment).await;
    }
    // Later, because the stages have just brought the executors of the same moment.
    if wanted.wants("executors") {
        let new = moment.iter().flatten().find(|moment| moment.age.failure.is_none());
        let running = new.map_or(0, |moment| moment.value.running_tasks());
        let Facts { executors, samples, .. } = facts;
        views.add("executors", executors::observe(executors, samples, poll, asked, selection, running).await);
    }
    // Last, because they ask for more, and a driver that is slow with it must not make the others late.
    if let (true, Some(moment)) = (wanted.wants("findings"), &moment) {
        views.add(
            "findings",
            match moment {
                Ok(moment) => findings::observe(&facts.findings, poll, selection, moment).await,
                Err(error) => Err(error.clone()),
            },
        );
    }
}

/// Adds the queries and their stages.
async fn add_moment(
    views: &mut Views<'_>,
    facts: &Facts,
    poll: &Poll,
    wanted: &Wanted,
    selection: &Observed<Selection>,
    moment: &Result<Observed<OfApp<Moment>>, ApiError>,
) {
    if wanted.wants("queries") {
        views.add(
            "queries",
            match moment {
                Ok(moment) => Ok(queries::with_rate(poll, facts.queries.list(selection, moment).await)),
                Err(error) => Err(error.clone()),
            },
        );
    }
    if wanted.wants("stages") {
        let stages = match moment {
            Ok(moment) => Ok(moment.clone().map(|moment| moment.stages())),
            // Perhaps only the list of queries cannot be read.
            Err(_) => facts.stages.list(selection).await.map_err(ApiError::from),
        };
        views.add("stages", stages.map(|seen| stages::with_rate(poll, seen)));
    }
    if let Some(query_id) = &wanted.query_id {
        let query = moment.clone().map(|moment| moment.map(|moment| moment.query(query_id)));
        views.add("query", query.map(|seen| queries::one_with_rate(poll, seen)));
    }
}
