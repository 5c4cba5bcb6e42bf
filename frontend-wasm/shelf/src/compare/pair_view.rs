//! The HTML of a comparison: both queries, then their numbers, operators and settings, what differs first.

use wire::past::PastRun;
use wire::{Query, QueryStages};
use yew::{Callback, Html, classes, html};

use super::chosen::QueryRef;
use super::facts::{Facts, fact_rows};
use super::operators::{is_incomplete, operator_rows};
use super::row::Row;
use super::settings::setting_rows;
use super::side::Side;
use kit::format;
use kit::i18n::{CompareMessage, PageMessage, Tell, tr};
use kit::language;
use kit::parts::notice::{loading, muted, problem_notice, stale_line};

/// One of the two queries, with all that is known of it.
pub struct One<'a> {
    pub query: &'a QueryRef,
    pub side: &'a Side,
    /// What the history has of it.
    pub run: Option<&'a PastRun>,
    /// Whether Spark lists its application; none until that is known.
    pub is_listed: Option<bool>,
    /// Whether there is a history; none until it has answered.
    pub has_history: Option<bool>,
}

pub fn pair_view(first: &One<'_>, second: &One<'_>, on_open: &Callback<QueryRef>) -> Html {
    let (facts, other) = (first.facts(), second.facts());
    let is_known = facts.is_known() && other.is_known();
    html! {
        <>
            <div class="sparkMonitor-Compare-sides">
                { card(CompareMessage::First, first, &facts, on_open) }
                { card(CompareMessage::Second, second, &other, on_open) }
            </div>
            if is_known {
                <section>
                    <h3>{ tr(CompareMessage::Numbers) }</h3>
                    { table(CompareMessage::FactColumn, CompareMessage::Numbers, &fact_rows(&facts, &other)) }
                    if facts.run.is_none() || other.run.is_none() {
                        { muted(match first.has_history {
                            Some(false) => CompareMessage::HistoryOff,
                            _ => CompareMessage::HistoryOnly,
                        }) }
                    }
                </section>
                <section>
                    <h3>{ tr(PageMessage::Plan) }</h3>
                    { operators(first, second) }
                </section>
                <section>
                    <h3>{ tr(CompareMessage::SettingsTitle) }</h3>
                    { settings(first, second) }
                </section>
            }
        </>
    }
}

impl<'a> One<'a> {
    fn facts(&self) -> Facts<'a> {
        Facts { spark: self.side.query.body().and_then(Facts::of), run: self.run }
    }

    /// Whether nothing more will come: neither from Spark nor from the history.
    fn is_settled(&self) -> bool {
        let has_asked = self.is_listed == Some(false) || !self.side.query.is_loading();
        has_asked && self.has_history.is_some()
    }
}

/// What is said of one query.
fn card(title: CompareMessage<'static>, one: &One<'_>, facts: &Facts<'_>, on_open: &Callback<QueryRef>) -> Html {
    let content = match (facts.spark, facts.run) {
        (Some((all, query)), _) => of_spark(one, all, query, facts, on_open),
        (None, Some(run)) => html! {
            <>
                <p class="sparkMonitor-Compare-name" dir="auto">{ &run.label }</p>
                <p>{ head(facts) }</p>
                if one.is_settled() {
                    { muted(CompareMessage::FromHistory) }
                }
            </>
        },
        (None, None) => match one.side.query.trouble() {
            Some(trouble) if one.side.query.body().is_none() => problem_notice(&trouble.problem),
            _ if one.is_settled() => muted(CompareMessage::NotRemembered),
            _ => loading(),
        },
    };
    html! {
        <section class="sparkMonitor-Compare-side" aria-label={tr(title)}>
            <h3>{ tr(title) }</h3>
            { content }
        </section>
    }
}

fn of_spark(one: &One<'_>, all: &QueryStages, query: &Query, facts: &Facts<'_>, on_open: &Callback<QueryRef>) -> Html {
    let name = if query.name.is_empty() { &query.query_id } else { &query.name };
    let subject = one.query.clone();
    // A name is the beginning of the text, so one of them is enough.
    let text = query.sql.as_ref().unwrap_or(name);
    html! {
        <>
            { one.side.query.trouble().map(|trouble| stale_line(&trouble)) }
            if text != name {
                <p class="sparkMonitor-Compare-name" dir="auto">{ name }</p>
            }
            <pre tabindex="0" dir="auto">{ text }</pre>
            <p>{ head(facts) }</p>
            if one.is_listed == Some(false) {
                { muted(CompareMessage::AppEnded) }
            } else if query.state.is_open() {
                { muted(CompareMessage::StillRuns) }
            }
            if all.stages_not_shown > 0 && facts.run.is_none() {
                { muted(CompareMessage::StagesMissing { stages: all.stages_not_shown.into() }) }
            }
            <button
                type="button" class="sparkMonitor-Button" onclick={on_open.reform(move |_| subject.clone())}
            >
                { tr(CompareMessage::OpenPage) }
            </button>
        </>
    }
}

/// Its state, its duration, and when it began.
fn head(facts: &Facts<'_>) -> String {
    let begun = facts.begun_at_ms().map(|at_ms| tr(PageMessage::Begun { time: &language::time(at_ms) }));
    let words = [facts.state(), facts.duration_ms().map(format::duration), begun];
    words.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn operators(first: &One<'_>, second: &One<'_>) -> Html {
    let (Some(one), Some(other)) = (first.side.plans.body(), second.side.plans.body()) else {
        let waits = |one: &One<'_>| one.is_listed != Some(false) && one.side.plans.is_loading();
        return if waits(first) || waits(second) { loading() } else { muted(CompareMessage::PlansNotKnown) };
    };
    if one.state.is_none() || other.state.is_none() {
        return muted(CompareMessage::PlansNotKnown);
    }
    let rows = operator_rows(one, other);
    html! {
        <>
            if rows.is_empty() {
                { muted(CompareMessage::NoPlans) }
            } else {
                { table(CompareMessage::OperatorColumn, PageMessage::Plan, &rows) }
            }
            if is_incomplete(one) || is_incomplete(other) {
                { muted(CompareMessage::PlansIncomplete) }
            }
        </>
    }
}

fn settings(first: &One<'_>, second: &One<'_>) -> Html {
    if first.query.app_id == second.query.app_id {
        return muted(CompareMessage::SameApp);
    }
    let (Some(one), Some(other)) = (first.side.environment.body(), second.side.environment.body()) else {
        let is_listed = first.is_listed == Some(true) && second.is_listed == Some(true);
        let waits = |one: &One<'_>| one.side.environment.is_loading();
        let is_loading = is_listed && (waits(first) || waits(second));
        return if is_loading { loading() } else { muted(CompareMessage::SettingsNotKnown) };
    };
    let (rows, same) = setting_rows(one, other);
    html! {
        <>
            if !rows.is_empty() {
                { table(PageMessage::SettingName, CompareMessage::SettingsTitle, &rows) }
            }
            { muted(CompareMessage::SettingsSame { settings: same }) }
            { muted(PageMessage::SettingsOfStart) }
            if one.is_cut || other.is_cut {
                { muted(CompareMessage::SettingsCut) }
            }
        </>
    }
}

fn table(column: impl Tell, label: impl Tell, rows: &[Row]) -> Html {
    let head =
        [tr(column), tr(CompareMessage::First), tr(CompareMessage::Second), tr(CompareMessage::DifferenceColumn)];
    html! {
        <div class="sparkMonitor-Table-scroll" tabindex="0" role="group" aria-label={tr(label)}>
            <table class="sparkMonitor-Table">
                <thead><tr>{ for head.into_iter().map(|name| html! { <th scope="col">{ name }</th> }) }</tr></thead>
                <tbody>{ for rows.iter().map(line) }</tbody>
            </table>
        </div>
    }
}

fn line(row: &Row) -> Html {
    let value = |(value, column): (&Option<String>, CompareMessage<'static>)| match value {
        Some(value) => html! { <td data-label={tr(column)}>{ value }</td> },
        None => html! {
            <td class="sparkMonitor-Muted" data-label={tr(column)}>{ tr(CompareMessage::NotKnown) }</td>
        },
    };
    let class = classes!(if row.differs() { "sparkMonitor-mod-differs" } else { "sparkMonitor-Muted" });
    html! {
        <tr key={row.name.clone()}>
            <th scope="row">{ &row.name }</th>
            { for row.values.iter().zip([CompareMessage::First, CompareMessage::Second]).map(value) }
            <td {class}>{ row.words() }</td>
        </tr>
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::samples::{plans, run, stages};
    use super::*;
    use kit::{drawn, samples};
    use wire::{Environment, QueryPlans, QueryState};

    fn side(query: Option<QueryStages>, plans: Option<QueryPlans>) -> Side {
        let mut side = Side { query: Default::default(), plans: Default::default(), environment: Default::default() };
        if let Some(query) = query {
            side.query = side.query.after(Ok(samples::answer(query)), 0);
        }
        if let Some(plans) = plans {
            side.plans = side.plans.after(Ok(samples::answer(plans)), 0);
        }
        side
    }

    fn named(app_id: &str) -> QueryRef {
        QueryRef { app_id: app_id.to_owned(), query_id: "sql-1".to_owned() }
    }

    async fn drawn(first: &One<'_>, second: &One<'_>) -> String {
        drawn::text(pair_view(first, second, &Callback::noop())).await
    }

    #[tokio::test]
    async fn two_queries_of_an_application_are_compared_line_by_line() {
        let (query, known) = (named("app-1"), Some(QueryPlans { state: Some(QueryState::Succeeded), ..plans(vec![]) }));
        let (fast, slow) = (side(Some(stages(1_000, 0)), known.clone()), side(Some(stages(9_000, 0)), known));
        let one = |side| One { query: &query, side, run: None, is_listed: Some(true), has_history: Some(true) };
        let text = drawn(&one(&fast), &one(&slow)).await;
        assert!(text.contains("duration\n1s\n9s\n9.0 times as much\n"), "{text}");
        assert!(text.contains("Both ran in the same application"), "{text}");
        assert!(text.contains("known from the history"), "{text}");
    }

    #[tokio::test]
    async fn of_a_run_that_only_the_history_has_it_says_what_is_not_known() {
        let (here, past, seen, none) = (named("app-1"), named("app-0"), run(), side(None, None));
        let known = side(Some(stages(9_000, 0)), Some(plans(vec![])));
        let first =
            One { query: &past, side: &none, run: Some(&seen), is_listed: Some(false), has_history: Some(true) };
        let second = One { query: &here, side: &known, run: None, is_listed: Some(true), has_history: Some(true) };
        let text = drawn(&first, &second).await;
        assert!(text.contains("neither its stages nor its plan"), "{text}");
        assert!(text.contains("state\nfailed\nsucceeded\ndifferent"), "{text}");
        assert!(text.contains("can be compared only while Spark remembers the plans"), "{text}");
        assert!(text.contains("settings can be compared only while both applications run"), "{text}");
    }

    #[tokio::test]
    async fn of_an_application_that_ends_meanwhile_the_last_values_stay_and_are_called_so() {
        let (query, known) = (named("app-1"), side(Some(stages(1_000, 0)), Some(plans(vec![]))));
        let one = |is_listed| One { query: &query, side: &known, run: None, is_listed, has_history: Some(true) };
        assert!(!drawn(&one(Some(true)), &one(Some(true))).await.contains("has ended"));
        let text = drawn(&one(Some(false)), &one(Some(true))).await;
        assert!(text.contains("Its application has ended") && text.contains("Numbers"), "{text}");
    }

    #[tokio::test]
    async fn a_query_that_nobody_remembers_is_not_compared() {
        let (here, past, none) = (named("app-1"), named("app-0"), side(None, None));
        let known = side(Some(stages(9_000, 0)), None);
        let first = One { query: &past, side: &none, run: None, is_listed: Some(false), has_history: Some(false) };
        let second = One { query: &here, side: &known, run: None, is_listed: Some(true), has_history: Some(false) };
        let text = drawn(&first, &second).await;
        assert!(text.contains("Spark no longer remembers this query"), "{text}");
        assert!(!text.contains("Numbers"), "{text}");
        let waiting = One { has_history: None, ..first };
        assert!(!drawn(&waiting, &second).await.contains("no longer remembers"), "the history may still have it");
    }

    #[tokio::test]
    async fn settings_of_two_applications_are_compared_while_both_run() {
        let setting = |value: &str| Environment {
            settings: vec![wire::Setting { name: "spark.executor.memory".to_owned(), value: Some(value.to_owned()) }],
            ..Environment::default()
        };
        let with = |value| {
            let mut side = side(Some(stages(1_000, 0)), None);
            side.environment = side.environment.after(Ok(samples::answer(setting(value))), 0);
            side
        };
        let (here, there, small, large) = (named("app-1"), named("app-2"), with("1g"), with("4g"));
        let first = One { query: &here, side: &small, run: None, is_listed: Some(true), has_history: Some(true) };
        let second = One { query: &there, side: &large, run: None, is_listed: Some(true), has_history: Some(true) };
        let text = drawn(&first, &second).await;
        assert!(text.contains("spark.executor.memory\n1g\n4g\ndifferent"), "{text}");
    }
}
