//! Asks for two queries while they are shown, and compares what is known.

use wire::past::PastRun;
use yew::{Callback, Html, Properties, component};

use super::chosen::QueryRef;
use super::pair_view::{One, pair_view};
use super::side::use_side;
use kit::api::Api;
use kit::poll::Pollers;

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct PairPaneProps {
    pub api: Api,
    pub pollers: Pollers,
    /// The page is visible.
    pub shown: bool,
    pub first: QueryRef,
    pub second: QueryRef,
    /// Whether Spark lists the application of each; none until that is known.
    pub is_listed: [Option<bool>; 2],
    /// What the history has of each.
    pub runs: [Option<PastRun>; 2],
    /// Whether there is a history; none until it has answered.
    pub has_history: Option<bool>,
    pub on_open_query: Callback<QueryRef>,
}

#[component]
pub fn PairPane(props: &PairPaneProps) -> Html {
    let (api, pollers) = (&props.api, &props.pollers);
    let [is_listed, other_is_listed] = props.is_listed.map(|is_listed| props.shown && is_listed == Some(true));
    let with_settings = props.first.app_id != props.second.app_id && is_listed && other_is_listed;
    let first = use_side(api, pollers, &props.first, is_listed, with_settings);
    let second = use_side(api, pollers, &props.second, other_is_listed, with_settings);
    let [run, other_run] = &props.runs;
    let [is_listed, other_is_listed] = props.is_listed;
    let one = |query, side, run, is_listed| One { query, side, run, is_listed, has_history: props.has_history };
    pair_view(
        &one(&props.first, &first, run.as_ref(), is_listed),
        &one(&props.second, &second, other_run.as_ref(), other_is_listed),
        &props.on_open_query,
    )
}
