//! Spark's history server: applications that have ended, read by the driver's own paths.

use std::{sync::Arc, time::Duration};

use upstream::{Upstream, Weight, discovery::DriverApi, driver::ApplicationRow, rows::FirstRows};
use wire::Executors;

use crate::{
    AppExecutors, AppQueries, AppStages, Chosen, DriverCall, DriverKey, Drivers, Error, Limits, Observed, Selection,
    Tasks, UrlTemplate, Whose,
    applications::{Apps, ListerState, app_of_driver, is_completed},
    cached::{Cached, Retry},
    is_app_id,
    queries::QueryRun,
};

/// How many applications to request. The API cannot filter by user, so a person's own may lie far down the list; an
/// entry has about 500 bytes.
const LISTED: u32 = 2_000;
/// How many of a person's are kept: twice what an answer shows, because some may be remembered anyway.
const KEPT: usize = 200;
/// How long its lists are remembered. It reads new logs every ten seconds itself.
const LIFETIME: Duration = Duration::from_secs(30);

/// See the module's sentence.
#[derive(Debug)]
pub struct HistoryServer {
    drivers: Arc<Drivers>,
    lists: Cached<Whose, Vec<EndedApp>>,
    entries: Cached<DriverKey, Entry>,
    executors: Arc<AppExecutors>,
    queries: AppQueries,
}

/// One application, if it is known there.
#[derive(Debug)]
struct Entry(Option<ApplicationRow>);

impl Weight for Entry {
    fn weight_bytes(&self) -> usize {
        self.0.as_ref().map_or(0, Weight::weight_bytes)
    }
}

/// An application that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedApp {
    pub app_id: String,
    pub name: String,
    /// Milliseconds since 1970; 0 if unknown.
    pub started_at_ms: i64,
    pub ended_at_ms: i64,
    /// Who started its driver.
    pub user: String,
}

impl Weight for EndedApp {
    fn weight_bytes(&self) -> usize {
        self.app_id.weight_bytes() + self.name.weight_bytes() + self.user.weight_bytes()
    }
}

/// What is read of one application.
#[derive(Debug)]
pub struct EndedAppDetail {
    pub executors: Executors,
    /// Its newest queries, newest first.
    pub runs: Vec<QueryRun>,
}

impl HistoryServer {
    #[must_use]
    pub fn new(api: DriverApi, url: UrlTemplate, limits: &Limits, tasks: &Tasks) -> Self {
        let executors = Arc::new(AppExecutors::new(limits, tasks));
        let stages = Arc::new(AppStages::new(Arc::clone(&executors), limits, tasks));
        let of_lists = limits.cache(Upstream::HistoryServer, Some("ended applications"), LIFETIME);
        let of_entries = limits.cache(Upstream::HistoryServer, Some("an ended application"), LIFETIME);
        Self {
            drivers: Arc::new(Drivers::new(api, Some(url), limits, tasks)),
            lists: Cached::new(of_lists, tasks.clone()),
            entries: Cached::new(of_entries, tasks.clone()),
            queries: AppQueries::new(stages, Arc::clone(&executors), limits, tasks),
            executors,
        }
    }

    /// The applications that ended last, the last one first; where people have names, only those that this person has
    /// started.
    ///
    /// # Errors
    /// The history server's failure.
    pub async fn list(&self, whose: &Whose) -> Result<Arc<Vec<EndedApp>>, Error> {
        let asked = self.drivers.of_history(whose);
        let user = whose.user().map(|user| user.name().to_owned());
        let seen = self.lists.fresh(whose, |_| async move {
            match asked {
                Some((api, base)) => Ok(own(&api.ended(&base, LISTED).await?, user.as_deref())),
                None => Ok(Vec::new()),
            }
        });
        Ok(seen.await?.value)
    }

    /// One application that has ended; none if it is not known there, or runs.
    ///
    /// # Errors
    /// The history server's failure.
    pub async fn find(&self, whose: &Whose, app_id: &str) -> Result<Option<EndedApp>, Error> {
        Ok(self.entry(whose, app_id).await?.value.0.as_ref().and_then(ended))
    }

    /// Its executors, and its newest `most` queries.
    ///
    /// # Errors
    /// The history server's failure.
    pub async fn detail(&self, whose: &Whose, app_id: &str, most: usize) -> Result<EndedAppDetail, Error> {
        let selection = self.entry(whose, app_id).await?.map(|entry| Selection {
            apps: Apps::none(whose, ListerState::Answers),
            chosen: entry.0.as_ref().map(|row| Chosen { app: app_of_driver(row), call: self.call(whose, app_id) }),
        });
        let (executors, moment) = tokio::try_join!(self.executors.list(&selection), self.queries.moment(&selection))?;
        let runs = moment.value.known.map(|known| known.runs(most)).unwrap_or_default();
        Ok(EndedAppDetail { executors: executors.value, runs })
    }

    async fn entry(&self, whose: &Whose, app_id: &str) -> Result<Observed<Arc<Entry>>, Error> {
        let key = DriverKey { whose: whose.clone(), app_id: app_id.to_owned() };
        let (asked, app_id) = (self.drivers.of_history(whose), app_id.to_owned());
        let seen = self.entries.fresh(&key, |_| async move {
            match asked {
                Some((api, base)) => Ok(Entry(api.application(&base, &app_id).await?)),
                None => Ok(Entry(None)),
            }
        });
        Ok(seen.await?.into())
    }

    fn call(&self, whose: &Whose, app_id: &str) -> DriverCall {
        DriverCall {
            drivers: Arc::clone(&self.drivers),
            key: DriverKey { whose: whose.clone(), app_id: app_id.to_owned() },
            master: None,
            max_age: LIFETIME,
            retry: Retry::Usual,
        }
    }
}

/// Keeps one user's applications, or all if the site has no users. Who may see them is decided where they are shown.
fn own(rows: &FirstRows<ApplicationRow>, user: Option<&str>) -> Vec<EndedApp> {
    let ended = rows.iter().filter(|row| is_app_id(&row.id)).filter_map(ended);
    ended.filter(|app| user.is_none_or(|user| user == app.user)).take(KEPT).collect()
}

fn ended(row: &ApplicationRow) -> Option<EndedApp> {
    let attempt = row.attempts.first().filter(|_| is_completed(row))?;
    let app = app_of_driver(row);
    Some(EndedApp {
        app_id: app.app_id,
        name: app.name,
        started_at_ms: app.started_at_ms,
        ended_at_ms: attempt.end_time.0,
        user: attempt.spark_user.clone(),
    })
}
