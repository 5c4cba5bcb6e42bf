//! All that can be asked about one of the two queries.

use wire::{Environment, QueryPlans, QueryStages};
use yew::{Callback, hook, use_reducer};

use super::chosen::QueryRef;
use kit::api::Api;
use kit::loaded::Loaded;
use kit::poll::{Poll, Pollers, use_poll};
use kit::question::escaped;

/// The answers about one query.
#[derive(Clone)]
pub struct Side {
    pub query: Loaded<QueryStages>,
    pub plans: Loaded<QueryPlans>,
    pub environment: Loaded<Environment>,
}

/// Asks while `shown`, which needs an application that Spark lists; for the settings only where they may differ.
#[hook]
pub fn use_side(api: &Api, pollers: &Pollers, query: &QueryRef, shown: bool, with_settings: bool) -> Side {
    let stages = use_reducer(Loaded::<QueryStages>::default);
    let plans = use_reducer(Loaded::<QueryPlans>::default);
    let environment = use_reducer(Loaded::<Environment>::default);
    let app = ["?app=", &escaped(&query.app_id)].concat();
    let path = ["panel/queries/", &escaped(&query.query_id)].concat();
    let poll = |route: String, shown: bool| Poll {
        api: api.clone(),
        pollers: pollers.clone(),
        route: route.into(),
        shown,
        ..Poll::default()
    };
    let dispatcher = stages.dispatcher();
    use_poll(poll([&*path, &app].concat(), shown), Callback::from(move |news| dispatcher.dispatch(news)));
    let dispatcher = plans.dispatcher();
    use_poll(poll([&*path, "/plan", &app].concat(), shown), Callback::from(move |news| dispatcher.dispatch(news)));
    let dispatcher = environment.dispatcher();
    let settings = poll(["panel/environment", &app].concat(), shown && with_settings);
    use_poll(settings, Callback::from(move |news| dispatcher.dispatch(news)));
    Side { query: (*stages).clone(), plans: (*plans).clone(), environment: (*environment).clone() }
}
