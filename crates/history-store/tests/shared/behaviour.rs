//! What holds on every engine.

use std::sync::atomic::Ordering;

use history_store::{Change, Component, DAY_MS, HOUR_MS, Lease, RunRow, SpanSeen, SystemKey, Texts, Tick};

use super::kit::{BEGIN_MS, Place, STEP_MS, means, run, system, tick};

/// Calls a macro with the names of all behaviours.
macro_rules! each {
    ($call:ident) => {
        $call! {
            two_days_become_hours_and_days_and_a_night_without_samples_is_a_gap,
            a_late_tick_ends_what_held_into_the_next_hour,
            what_is_too_old_goes_and_a_run_is_written_once,
            a_clock_that_jumps_ahead_for_a_moment_removes_nothing,
            a_person_forgets_what_is_theirs_and_the_clocks_return_forgets_nothing_new,
            an_end_that_was_seen_replaces_a_lost_run_and_never_the_other_way_round,
            an_executors_end_that_a_second_sidecar_sees_later_happened_once,
            two_programs_that_write_the_same_systems_at_once_lose_nothing,
            of_two_programs_one_has_the_lease_until_it_falls_silent,
            names_are_trimmed_cut_and_told_apart_by_every_letter,
            what_is_asked_for_is_found_and_nothing_else,
            the_greatest_value_is_found_in_means_when_its_sample_is_gone
        }
    };
}
pub(crate) use each;

pub async fn two_days_become_hours_and_days_and_a_night_without_samples_is_a_gap(place: Place) {
    let kit = place.open().await;
    for minute in 0..2 * 24 * 60 {
        // No sidecar runs from ten to eleven.
        if minute / 60 % 24 != 10 {
            kit.record(Change::Tick(tick(BEGIN_MS + minute * STEP_MS, if minute % 2 == 0 { 2.0 } else { 4.0 }))).await;
        }
        if minute % 60 == 59 {
            kit.record(Change::Tend { now_ms: BEGIN_MS + (minute + 1) * STEP_MS }).await;
            // The queue is bounded, so let it be written.
            while kit.store.size().await.unwrap().newest_ms < Some(BEGIN_MS + (minute - 60) * STEP_MS) {
                tokio::task::yield_now().await;
            }
        }
    }
    kit.record(Change::Tend { now_ms: BEGIN_MS + 2 * DAY_MS + HOUR_MS }).await;
    kit.settled().await;
    let kit = place.open().await;
    let hours = means(&kit.store, HOUR_MS).await;
    assert_eq!(hours.len(), 2 * 24 + 1, "the last values hold a minute and a half into the next hour");
    assert_eq!(hours[0], (BEGIN_MS, HOUR_MS, r#"{"cores_used":[3.0,2.0,4.0,4.0]}"#.into()));
    assert_eq!((hours[10].0, hours[10].1), (BEGIN_MS + 10 * HOUR_MS, STEP_MS * 3 / 2));
    let days = means(&kit.store, DAY_MS).await;
    let covered: Vec<i64> = days.iter().map(|day| day.1).collect();
    let silent = HOUR_MS - STEP_MS * 3 / 2;
    assert_eq!(covered[..2], [DAY_MS - silent, DAY_MS - silent]);
}

pub async fn a_late_tick_ends_what_held_into_the_next_hour(place: Place) {
    let gone = Tick { components: Vec::new(), spans: Vec::new(), ..tick(BEGIN_MS + HOUR_MS, 1.0) };
    let mut hours = Vec::new();
    for tick in [tick(BEGIN_MS + HOUR_MS - STEP_MS, 1.0), gone] {
        let kit = place.open().await;
        kit.record(Change::Tick(tick)).await;
        kit.record(Change::Tend { now_ms: BEGIN_MS + 3 * HOUR_MS }).await;
        kit.settled().await;
        let kit = place.open().await;
        hours.push(means(&kit.store, HOUR_MS).await.len());
        kit.settled().await;
    }
    assert_eq!(hours, [2, 1]);
}

pub async fn what_is_too_old_goes_and_a_run_is_written_once(place: Place) {
    let kit = place.open().await;
    kit.record(Change::Tick(tick(BEGIN_MS, 1.0))).await;
    kit.record(run("old", BEGIN_MS)).await;
    kit.record(Change::Tend { now_ms: BEGIN_MS + DAY_MS }).await;
    kit.settled().await;
    let kit = place.open().await;
    for _ in 0..2 {
        kit.record(run("new", BEGIN_MS + 80 * DAY_MS)).await;
    }
    // Samples of before say that the clock is right.
    kit.record(Change::Tick(tick(BEGIN_MS + 91 * DAY_MS - 20 * STEP_MS, 1.0))).await;
    kit.record(Change::Tend { now_ms: BEGIN_MS + 91 * DAY_MS }).await;
    kit.settled().await;
    let kit = place.open().await;
    let ids: Vec<String> = kit.store.runs("ann", 10).await.unwrap().into_iter().map(|row| row.run.query_id).collect();
    assert_eq!(ids, ["new"]);
    assert!(kit.store.runs("bob", 10).await.unwrap().is_empty(), "another person's");
    for (step_ms, kept) in [(0, 1), (HOUR_MS, 1), (DAY_MS, 2)] {
        assert_eq!(means(&kit.store, step_ms).await.len(), kept, "{step_ms}");
    }
    kit.settled().await;
}

pub async fn a_clock_that_jumps_ahead_for_a_moment_removes_nothing(place: Place) {
    let kit = place.open().await;
    kit.record(Change::Tick(tick(BEGIN_MS, 1.0))).await;
    kit.record(run("q", BEGIN_MS)).await;
    let later_ms = BEGIN_MS + 4_000 * DAY_MS;
    kit.record(Change::Tick(tick(later_ms, 1.0))).await;
    kit.record(Change::Tend { now_ms: later_ms }).await;
    kit.settled().await;
    let kit = place.open().await;
    assert_eq!((kit.store.size().await.unwrap().runs, means(&kit.store, 0).await.len()), (1, 2));
}

pub async fn a_person_forgets_what_is_theirs_and_the_clocks_return_forgets_nothing_new(place: Place) {
    let kit = place.open().await;
    let of = |owner: &str| {
        let Change::Run { shape, run, .. } = run("q", BEGIN_MS) else { panic!() };
        Change::Run { system: SystemKey { owner: owner.into(), ..system() }, shape, run }
    };
    let left = async |owner| kit.store.runs(owner, 9).await.unwrap().len();
    for owner in ["ann", "", "bob"] {
        kit.record(of(owner)).await;
    }
    // Whoever forgets is answered before what is others' is written.
    while left("bob").await == 0 {
        tokio::task::yield_now().await;
    }
    kit.forget(Some("ann")).await;
    assert_eq!((left("ann").await, left("").await, left("bob").await), (0, 0, 1));
    kit.forget(None).await;
    assert_eq!(left("bob").await, 0);
    // Everything was forgotten by a clock that was a year ahead.
    kit.clock.store(BEGIN_MS - 365 * DAY_MS, Ordering::Relaxed);
    kit.record(run("new", BEGIN_MS - 365 * DAY_MS)).await;
    let store = kit.settled().await;
    drop(store);
    let kit = place.open().await;
    assert_eq!(kit.store.runs("ann", 9).await.unwrap().len(), 1);
}

pub async fn an_end_that_was_seen_replaces_a_lost_run_and_never_the_other_way_round(place: Place) {
    let kit = place.open().await;
    let of = |hash: &str, state: &str| {
        let Change::Run { system, mut shape, mut run } = run("q", BEGIN_MS) else { panic!() };
        (shape.hash, run.state) = (hash.into(), state.into());
        run.texts = Some(Texts { statement: state.into(), message: String::new() });
        Change::Run { system, shape, run }
    };
    let ends = [("then", "lost"), ("now", "succeeded"), ("now", "lost"), ("now", "failed"), ("another", "succeeded")];
    for (hash, state) in ends {
        kit.record(of(hash, state)).await;
    }
    kit.settled().await;
    let kit = place.open().await;
    let runs = kit.store.runs("ann", 9).await.unwrap();
    let [RunRow { run, .. }] = &runs[..] else { panic!("{runs:?}") };
    let statement = run.texts.as_ref().map(|texts| texts.statement.as_str());
    assert_eq!((run.state.as_str(), statement), ("succeeded", Some("succeeded")));
}

pub async fn an_executors_end_that_a_second_sidecar_sees_later_happened_once(place: Place) {
    for (at_ms, once_at_ms) in [(BEGIN_MS + STEP_MS, BEGIN_MS), (BEGIN_MS + DAY_MS, BEGIN_MS + 7)] {
        let kit = place.open().await;
        let mut tick = tick(at_ms, 1.0);
        let span = SpanSeen { kind: "executor".into(), once_at_ms: Some(once_at_ms), ..tick.spans[0].clone() };
        tick.spans = vec![span];
        kit.record(Change::Tick(tick)).await;
        kit.settled().await;
    }
    let kit = place.open().await;
    let spans = kit.store.spans("ann", "executor", "", 9).await.unwrap();
    assert_eq!(spans.iter().map(|span| (span.first_ms, span.last_ms)).collect::<Vec<_>>(), [(BEGIN_MS, BEGIN_MS)]);
}

pub async fn two_programs_that_write_the_same_systems_at_once_lose_nothing(place: Place) {
    const SYSTEMS: usize = 7;
    const TICKS: i64 = 60;
    let (one, two) = (place.open().await, place.open().await);
    let of = |number: usize, at_ms: i64| {
        let system = SystemKey { owner: format!("owner-{number}"), ..system() };
        let Change::Run { shape, run, .. } = run(&format!("q-{at_ms}"), at_ms) else { panic!() };
        [Change::Tick(Tick { system: system.clone(), ..tick(at_ms, 1.0) }), Change::Run { system, shape, run }]
    };
    for minute in 0..TICKS {
        let at_ms = BEGIN_MS + minute * STEP_MS;
        for number in 0..SYSTEMS {
            // Forwards and backwards.
            for (kit, number, at_ms) in [(&one, number, at_ms), (&two, SYSTEMS - 1 - number, at_ms + 1_000)] {
                for change in of(number, at_ms) {
                    kit.record(change).await;
                }
            }
        }
        one.record(Change::Tend { now_ms: at_ms }).await;
    }
    one.settled().await;
    two.settled().await;
    let kit = place.open().await;
    let size = kit.store.size().await.unwrap();
    let expected = u64::try_from(TICKS).unwrap() * SYSTEMS as u64 * 2;
    assert_eq!(size.runs, expected);
    for number in 0..SYSTEMS {
        let owner = format!("owner-{number}");
        let cluster = kit.store.component(&owner, "system", "cluster").await.unwrap().unwrap();
        let points = kit.store.points(cluster.component_id, 0, (0, i64::MAX), 1_000).await.unwrap();
        assert_eq!(points.len() as u64, expected / SYSTEMS as u64);
    }
}

pub async fn of_two_programs_one_has_the_lease_until_it_falls_silent(place: Place) {
    let kit = place.open().await;
    let lease = |holder: &str| Lease { name: "collector", holder: holder.into(), lasts_ms: 100 };
    let (one, two) = (lease("one"), lease("two"));
    let take = async |lease: &Lease, now_ms| lease.take(&kit.store, now_ms).await.unwrap();
    assert!(take(&one, 0).await);
    assert!(!take(&two, 50).await);
    assert!(take(&one, 60).await, "it is renewed");
    assert!(take(&one, 60).await, "at the same moment too");
    assert!(!take(&two, 159).await);
    assert!(take(&two, 160).await);
    assert!(!take(&one, 161).await);
    two.give_back(&kit.store).await.unwrap();
    assert!(take(&one, 161).await);
    assert!(take(&two, -DAY_MS).await, "a clock was set back");
}

pub async fn names_are_trimmed_cut_and_told_apart_by_every_letter(place: Place) {
    let kit = place.open().await;
    let long = "x".repeat(300);
    let names = ["a", " a ", "A", "a\0", "ä", "Ä", "a b", "日本語🦀", "\u{e9}", "e\u{301}", long.as_str()];
    for (at, name) in names.iter().enumerate() {
        let mut tick = tick(BEGIN_MS + i64::try_from(at).unwrap() * STEP_MS, 1.0);
        tick.system.owner = " ann  ".into();
        tick.source = long.clone();
        tick.components.truncate(1);
        tick.components[0].name = (*name).into();
        tick.spans[0].name = (*name).into();
        tick.spans[0].state = long.clone();
        kit.record(Change::Tick(tick)).await;
    }
    let Change::Run { system, mut shape, run: mut huge } = run(" q ", BEGIN_MS) else { panic!() };
    for text in [&mut shape.hash, &mut shape.made_from, &mut shape.label, &mut huge.plan_hash, &mut huge.state] {
        *text = long.clone();
    }
    huge.error_class = Some(long.clone());
    (huge.slots, huge.tasks, huge.read_bytes) = (i64::MAX, -1, i64::MAX);
    huge.texts = Some(Texts { statement: "SELECT '\0'".into(), message: long.repeat(1_000) });
    kit.record(Change::Run { system, shape, run: huge }).await;
    kit.settled().await;
    let kit = place.open().await;
    assert_eq!(kit.store.owners().await.unwrap(), ["ann"]);
    let found = kit.store.components("ann", "system", 100).await.unwrap();
    let mut found: Vec<&str> = found.iter().map(|row| row.name.as_str()).collect();
    found.sort_unstable();
    let mut expected = vec!["a", "A", "ä", "Ä", "a b", "日本語🦀", "\u{e9}", "e\u{301}", &long[..255]];
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert!(kit.store.component("ann ", "system", " a").await.unwrap().is_some());
    let runs = kit.store.runs("ann", 9).await.unwrap();
    let RunRow { run, label, .. } = &runs[0];
    assert_eq!((run.query_id.as_str(), label.len(), run.state.len()), ("q", 200, 12));
    assert_eq!((run.slots, run.tasks, run.read_bytes), (i64::from(i32::MAX), 0, i64::MAX));
    assert_eq!(run.texts.as_ref().map(|texts| texts.statement.as_str()), Some("SELECT ''"));
}

pub async fn what_is_asked_for_is_found_and_nothing_else(place: Place) {
    let kit = place.open().await;
    for (number, name) in ["worker-1", "worker-2", "Worker-1", "wörker-1", "other"].into_iter().enumerate() {
        let mut tick = tick(BEGIN_MS + i64::try_from(number).unwrap() * HOUR_MS, 1.0);
        tick.components = vec![Component {
            kind: "app".into(),
            name: name.into(),
            facts: format!(r#"{{"number":{number}}}"#),
            values: [("x".to_owned(), 0.5)].into(),
        }];
        tick.spans[0].name = name.into();
        kit.record(Change::Tick(tick)).await;
        let Change::Run { system, mut shape, run } = run(name, BEGIN_MS + HOUR_MS) else { panic!() };
        (shape.hash, shape.label) = (name.into(), format!("Select ? From {name} -- 100%"));
        kit.record(Change::Run { system, shape, run }).await;
    }
    kit.record(run("second", BEGIN_MS + 2 * HOUR_MS)).await;
    kit.settled().await;
    let store = &place.open().await.store;
    let spans = async |begins| store.spans("ann", "app", begins, 9).await.unwrap().into_iter().map(|span| span.name);
    assert_eq!(spans("worker-").await.collect::<Vec<_>>(), ["worker-1", "worker-2"]);
    assert_eq!(spans("wör").await.collect::<Vec<_>>(), ["wörker-1"]);
    assert_eq!(spans("").await.len(), 5);
    let shapes = async |containing| store.shapes("ann", containing, 9).await.unwrap().len();
    let found = [shapes("WORKER").await, shapes("%").await, shapes("_").await, shapes("").await];
    assert_eq!(found, [3, 5, 1, 6]);
    let apps = store.components("ann", "app", 2).await.unwrap();
    let apps: Vec<_> = apps.iter().map(|app| (app.name.as_str(), app.facts.as_str())).collect();
    assert_eq!(apps, [("other", r#"{"number":4}"#), ("wörker-1", r#"{"number":3}"#)]);
    let runs = store.runs_of_app("ann", "app-1", 9).await.unwrap();
    let first: Vec<bool> = runs.iter().map(|row| row.is_first).collect();
    assert_eq!(first, [false, true, true, true, true, true]);
    let of_shape = store.runs_of_shape("ann", runs[0].shape_id, 9).await.unwrap();
    assert_eq!(of_shape.iter().map(|row| row.run.query_id.as_str()).collect::<Vec<_>>(), ["second"]);
    assert!(store.runs_of_shape("bob", runs[0].shape_id, 9).await.unwrap().is_empty());
    let size = store.size().await.unwrap();
    assert_eq!((size.points, size.runs, size.oldest_ms), (5, 6, Some(BEGIN_MS)));
    assert!(size.bytes > 0);
}

/// Runs that are kept, as `retention.rs` has it.
const MOST: i64 = 20_000;

/// Statements for more runs than are kept, beside the one of [`run`].
pub fn surplus() -> impl Iterator<Item = String> {
    let row = |number| {
        format!("(1, 'app-1', 'q-{number}', '', {}, 1, 1, 'failed', 1, 1, 1, 1, 1, 1, 1, 1, 1)", BEGIN_MS + number)
    };
    (0..5).map(move |part| {
        let rows: Vec<String> = (part * MOST / 5..(part + 1) * MOST / 5).map(|number| row(number + 1)).collect();
        format!(
            "INSERT INTO query_runs (shape_id, app_id, query_id, plan_hash, submitted_ms, duration_ms, waited_ms, state, \
             slots, tasks, run_ms, cpu_ms, gc_ms, read_bytes, shuffle_bytes, spilled_bytes, written_bytes) VALUES {}",
            rows.join(", ")
        )
    })
}

/// Tends a place with [`surplus`]: the oldest run goes.
pub async fn only_the_newest_runs_are_kept(place: Place) {
    let kit = place.open().await;
    kit.record(Change::Tick(tick(BEGIN_MS, 1.0))).await;
    kit.record(Change::Tend { now_ms: BEGIN_MS + HOUR_MS }).await;
    kit.settled().await;
    let kit = place.open().await;
    assert_eq!(kit.store.size().await.unwrap().runs, MOST as u64);
    assert_eq!(kit.store.runs("ann", 2 * MOST).await.unwrap()[MOST as usize - 1].run.submitted_ms, BEGIN_MS + 1);
}

pub async fn the_greatest_value_is_found_in_means_when_its_sample_is_gone(place: Place) {
    let kit = place.open().await;
    for (minute, cores) in (0..).zip([2.0, 6.0, 4.0]) {
        kit.record(Change::Tick(tick(BEGIN_MS + minute * STEP_MS, cores))).await;
    }
    // By then only means of these are kept.
    kit.record(Change::Tend { now_ms: BEGIN_MS + 2 * HOUR_MS }).await;
    kit.record(Change::Tick(tick(BEGIN_MS + 20 * DAY_MS, 1.0))).await;
    kit.record(Change::Tend { now_ms: BEGIN_MS + 20 * DAY_MS + 2 * HOUR_MS }).await;
    kit.settled().await;
    let kit = place.open().await;
    assert_eq!(means(&kit.store, 0).await.len(), 1);
    let app = kit.store.component("ann", "app", "app-1").await.unwrap().unwrap();
    assert_eq!(kit.store.greatest(app.component_id, "cores_used").await.unwrap(), Some(6.0));
    assert_eq!(kit.store.greatest(app.component_id, "another").await.unwrap(), None);
    kit.settled().await;
}
