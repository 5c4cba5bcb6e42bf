//! A property: late and repeated ticks and runs leave the same content as those that come once and in order.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    sync::Arc,
};

use history_store::{Change, Component, DAY_MS, HOUR_MS, Run, Shape, SpanSeen, Store, SystemKey, Tick, Values};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use tokio::runtime::Runtime;

use super::kit::{BEGIN_MS, Place, STEP_MS};

/// Cases that share a database. What is too old is removed component by component, so in a database of a thousand cases
/// that would take most of the time; and a file has a cap, at which the oldest goes.
const SHARE: u32 = 20;

/// What is seen at a minute: numbers of two senders, if they see the application at all, and its state.
#[derive(Clone, Debug)]
struct Minute {
    minute: i64,
    of_first: Option<u8>,
    of_second: Option<u8>,
    is_waiting: bool,
    has_facts: bool,
}

/// What is recorded, and in which orders: one for each place.
#[derive(Clone, Debug)]
struct Case {
    minutes: Vec<Minute>,
    /// For each run, whether its end is seen too.
    runs: Vec<bool>,
    /// Parts of the whole, each for one change to record; those that are left follow in order.
    orders: Vec<Vec<prop::sample::Index>>,
}

fn case(places: usize) -> impl Strategy<Value = Case> {
    let seen = (prop::option::of(0_u8..9), prop::option::of(0_u8..9), any::<bool>(), any::<bool>());
    // A few around the end of an hour, where a late tick changes two, or many.
    let few = prop::collection::btree_map(57_i64..62, seen.clone(), 1..5);
    let minutes = prop_oneof![few, prop::collection::btree_map(0_i64..180, seen, 1..40)];
    let minutes = minutes.prop_map(|minutes| {
        let minute = |(minute, (of_first, of_second, is_waiting, has_facts))| Minute {
            minute,
            of_first,
            of_second,
            is_waiting,
            has_facts,
        };
        minutes.into_iter().map(minute).collect()
    });
    let order = prop::collection::vec(any::<prop::sample::Index>(), 0..120);
    let orders = prop::collection::vec(order, places);
    (minutes, prop::collection::vec(any::<bool>(), 0..6), orders).prop_map(|(minutes, runs, orders)| Case {
        minutes,
        runs,
        orders,
    })
}

impl Minute {
    /// The tick of one sender; both see the state.
    fn tick(&self, system: &SystemKey, sender: &str, value: Option<u8>) -> Tick {
        let at_ms = BEGIN_MS + self.minute * STEP_MS;
        let component = |kind: &str, value: u8| Component {
            kind: kind.into(),
            name: "it".into(),
            facts: if self.has_facts { format!("{{\"at\":{}}}", self.minute) } else { String::new() },
            values: Values::from([(sender.to_owned(), f64::from(value) / 3.0)]),
        };
        let span = SpanSeen {
            kind: "app".into(),
            name: "it".into(),
            state: if self.is_waiting { "waiting".into() } else { "running".into() },
            values: Values::from([("minute".to_owned(), self.minute as f64)]),
            once_at_ms: None,
        };
        Tick {
            system: system.clone(),
            at_ms,
            step_ms: STEP_MS,
            received_ms: at_ms,
            source: sender.to_owned(),
            components: value.into_iter().flat_map(|it| [component("system", it), component("app", it)]).collect(),
            spans: vec![span],
        }
    }
}

impl Case {
    /// Everything once, in order.
    fn changes(&self, system: &SystemKey) -> Vec<Change> {
        let ticks = self.minutes.iter().flat_map(|minute| {
            let ticks = [("first", minute.of_first), ("second", minute.of_second)];
            ticks.map(|(sender, value)| Change::Tick(minute.tick(system, sender, value)))
        });
        let runs = self.runs.iter().enumerate().flat_map(|(number, is_ended)| {
            let run = |state: &str, duration_ms| Change::Run {
                system: system.clone(),
                shape: Shape { version: 1, hash: "h".into(), made_from: "sql".into(), label: "select ?".into() },
                run: Box::new(Run {
                    app_id: "app-1".into(),
                    query_id: format!("q-{number}"),
                    submitted_ms: BEGIN_MS + i64::try_from(number).unwrap(),
                    duration_ms,
                    state: state.into(),
                    ..Run::default()
                }),
            };
            [Some(run("lost", 1)), is_ended.then(|| run("succeeded", 2))].into_iter().flatten()
        });
        ticks.chain(runs).collect()
    }

    /// Everything at least once, in this order; means are computed in the middle and at the end.
    fn recorded(&self, system: &SystemKey, order: &[prop::sample::Index]) -> Vec<Change> {
        let mut all = self.changes(system);
        let mut is_left = vec![true; all.len()];
        let mut recorded = Vec::new();
        for index in order {
            let index = index.index(all.len());
            is_left[index] = false;
            recorded.push(self.changes(system).swap_remove(index));
        }
        let tend = || Change::Tend { now_ms: BEGIN_MS + 5 * HOUR_MS };
        // While much has not arrived for the first time.
        recorded.insert(recorded.len().min(all.len()) / 2, tend());
        let mut left = is_left.into_iter();
        all.retain(|_| left.next() == Some(true));
        recorded.extend(all);
        recorded.push(tend());
        recorded
    }
}

/// Records it all, and reads what is then there.
async fn content(place: &Place, owner: &str, changes: Vec<Change>) -> BTreeMap<String, Vec<String>> {
    let mut kit = place.open().await;
    for change in changes {
        let is_tended = matches!(change, Change::Tend { .. });
        kit.record(change).await;
        if is_tended {
            // What is queued together is written first, and then tended.
            kit.settled().await;
            kit = place.open().await;
        }
    }
    kit.settled().await;
    let kit = place.open().await;
    let content = read(&kit.store, owner).await;
    kit.settled().await;
    content
}

async fn read(store: &Store, owner: &str) -> BTreeMap<String, Vec<String>> {
    let mut content = BTreeMap::new();
    for kind in ["system", "app"] {
        if let Some(it) = store.component(owner, kind, "it").await.unwrap() {
            content.insert(format!("{kind} facts"), vec![format!("{} {}", it.facts, it.last_seen_ms)]);
            for step_ms in [0, HOUR_MS, DAY_MS] {
                let points = store.points(it.component_id, step_ms, (0, i64::MAX), 10_000).await.unwrap();
                content.insert(
                    format!("{kind} points {step_ms}"),
                    points.iter().map(|point| format!("{point:?}")).collect(),
                );
            }
        }
    }
    let spans = store.spans(owner, "app", "", 1_000).await.unwrap();
    content.insert("spans".into(), spans.iter().map(|span| format!("{span:?}")).collect());
    let runs = store.runs(owner, 1_000).await.unwrap();
    content.insert("runs".into(), runs.iter().map(|row| format!("{} {:?}", row.label, row.run)).collect());
    content
}

/// Tries so many cases, each in an order of its own in each of the places, which `places` makes; a file gets everything
/// once and in order. The places work at the same time.
pub fn all(cases: u32, runtime: &Runtime, places: impl Fn() -> Vec<Place>) {
    let made = || -> Vec<Arc<Place>> { [Place::file()].into_iter().chain(places()).map(Arc::new).collect() };
    // Each case has an owner of its own, also while proptest looks for a smaller one that fails.
    let (tried, shared) = (Cell::new(0), RefCell::new(made()));
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let orders = shared.borrow().len() - 1;
    runner
        .run(&case(orders), |case| {
            let number: u32 = tried.replace(tried.get() + 1);
            if number > 0 && number.is_multiple_of(SHARE) {
                shared.replace(made());
            }
            let owner = format!("owner-{number}");
            let system = SystemKey { owner: owner.clone(), name: "spark".into(), kind: "spark".into() };
            let mut once = case.changes(&system);
            once.push(Change::Tend { now_ms: BEGIN_MS + 5 * HOUR_MS });
            let recorded = case.orders.iter().map(|order| case.recorded(&system, order));
            let at_work: Vec<_> = [once]
                .into_iter()
                .chain(recorded)
                .zip(shared.borrow().iter())
                .map(|(changes, place)| {
                    let (place, owner) = (Arc::clone(place), owner.clone());
                    runtime.spawn(async move { content(&place, &owner, changes).await })
                })
                .collect();
            let mut contents = at_work.into_iter().map(|work| runtime.block_on(work).unwrap());
            let expected = contents.next().unwrap();
            for found in contents {
                prop_assert_eq!(&found, &expected);
            }
            Ok(())
        })
        .unwrap();
}
