//! Links to Spark's own pages, where an administrator says that the person's browser can reach them.

use std::collections::BTreeMap;

use monitor::{UrlTemplate, Whose};
use upstream::user::User;
use url::Url;
use wire::{App, Queries, Query, QueryKind, QueryStages, Stage, Stages};

/// The address of the driver's web UI as the person's browser reaches it, if it does.
#[derive(Debug)]
pub(crate) struct Links(Option<UrlTemplate>);

impl Links {
    pub fn new(template: Option<UrlTemplate>) -> Self {
        Self(template)
    }

    /// The pages of one application, if it is known whose it is.
    fn of(&self, whose: Option<&Whose>, app: Option<&App>) -> Option<Pages> {
        self.pages(whose?.user(), &app?.app_id)
    }

    fn pages(&self, user: Option<&User>, app_id: &str) -> Option<Pages> {
        self.0.as_ref()?.fill(user, Some(app_id)).map(Pages)
    }

    /// The application, with the link to its page.
    pub(super) fn of_app(&self, whose: Option<&Whose>, app: Option<App>) -> Option<App> {
        let link = self.of(whose, app.as_ref()).map(|pages| pages.page(&[], &[]));
        app.map(|app| App { link, ..app })
    }

    /// The queries and their stages, each with the link to its page.
    pub(super) fn of_queries(&self, whose: Option<&Whose>, mut queries: Queries) -> Queries {
        if let Some(pages) = self.of(whose, queries.app.as_ref()) {
            let sessions = queries.sessions.iter().map(|session| (&*session.session_id, &*session.user));
            let users: BTreeMap<&str, &str> = sessions.collect();
            for query in queries.running.iter_mut().chain(&mut queries.recent) {
                let user = query.session_id.as_deref().and_then(|id| users.get(id)).copied();
                pages.add_to(query, user.unwrap_or_default());
            }
        }
        Queries { app: self.of_app(whose, queries.app), ..queries }
    }

    /// One query and its stages, each with the link to its page.
    pub(super) fn of_query(&self, whose: Option<&Whose>, mut query: QueryStages) -> QueryStages {
        if let Some(pages) = self.of(whose, query.app.as_ref()) {
            let user = &query.user;
            query.query.iter_mut().for_each(|query| pages.add_to(query, user));
            pages.add_to_all(&mut query.stages);
        }
        QueryStages { app: self.of_app(whose, query.app), ..query }
    }

    /// The stages, each with the link to its page.
    pub(super) fn of_stages(&self, whose: Option<&Whose>, mut stages: Stages) -> Stages {
        if let Some(pages) = self.of(whose, stages.app.as_ref()) {
            pages.add_to_all(&mut stages.active);
        }
        Stages { app: self.of_app(whose, stages.app), ..stages }
    }
}

/// The web UI of one application.
struct Pages(Url);

impl Pages {
    /// A page below the web UI; Spark's pages have a slash before their parameters.
    fn page(&self, folders: &[&str], parameters: &[(&str, &str)]) -> String {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(folders).push("");
        }
        if !parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        url.into()
    }

    /// Spark has a page for an SQL execution and for a job; an operation is on the page of its Connect session, which
    /// Spark 4.3 finds only with the session's user, who is often empty.
    fn of_query(&self, query: &Query, user: &str) -> Option<String> {
        let id = |prefix| query.query_id.strip_prefix(prefix);
        match query.kind {
            QueryKind::Operation => {
                let id = query.session_id.as_deref()?;
                Some(self.page(&["connect", "session"], &[("id", id), ("userId", user)]))
            }
            QueryKind::Sql => Some(self.page(&["SQL", "execution"], &[("id", id("sql-")?)])),
            QueryKind::Job => Some(self.page(&["jobs", "job"], &[("id", id("job-")?)])),
        }
    }

    fn of_stage(&self, stage: &Stage) -> String {
        let (id, attempt) = (stage.stage_id.to_string(), stage.stage_attempt_id.to_string());
        self.page(&["stages", "stage"], &[("id", &id), ("attempt", &attempt)])
    }

    fn add_to(&self, query: &mut Query, user: &str) {
        query.link = self.of_query(query, user);
        self.add_to_all(&mut query.active_stages);
        self.add_to_all(&mut query.spilled);
    }

    fn add_to_all<'a>(&self, stages: impl IntoIterator<Item = &'a mut Stage>) {
        for stage in stages {
            stage.link = Some(self.of_stage(stage));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_below_the_configured_address_and_ids_cannot_leave_their_parameter() {
        for url in ["https://hub/proxy/{app_id}", "https://hub/proxy/{app_id}/"] {
            let links = Links::new(Some(UrlTemplate::parse(url, None).unwrap()));
            let pages = links.pages(None, "app-1").unwrap();
            assert_eq!(pages.page(&[], &[]), "https://hub/proxy/app-1/");
            assert_eq!(
                pages.page(&["connect", "session"], &[("id", "a&b=\"/../")]),
                "https://hub/proxy/app-1/connect/session/?id=a%26b%3D%22%2F..%2F"
            );
        }
        assert!(Links::new(None).pages(None, "app-1").is_none());
    }
}
