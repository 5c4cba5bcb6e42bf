//! What happens when an upstream fails, in every possible way; generates `docs/faults.md`.
//!
//! One sidecar, and for each fault a separate user whose upstreams alone have it, all at the same time. A neighbour
//! whose upstreams work polls all the while.

mod table;

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use futures_util::{
    StreamExt,
    future::{join, join_all},
    stream,
};

use crate::{
    documents,
    support::{
        Double, ROUTES, Reply, Site, TestApp, User,
        site::{self, CALL, LIMIT, REQUEST, UPSTREAMS},
    },
};
use table::{Outcome, Row, Seen};

/// An answer that takes longer hangs: the deadline of a request, plus a large allowance for a busy machine. Whether a
/// request waited for a deadline shows in its code.
const BOUNDED: Duration = REQUEST.saturating_add(Duration::from_secs(60));

fn http(status: u16, more: &str, body: &[u8]) -> Reply {
    Reply::Http(status, "application/json", more.into(), body.to_vec())
}

/// How long its answer takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    NoTime,
    /// Up to the limit.
    Reading,
    UntilTheDeadline,
}

/// A kind of failure.
struct Fault {
    name: &'static str,
    takes: Takes,
    /// Turns the right body into the reply.
    reply: Box<dyn Fn(&str) -> Reply + Send + Sync>,
}

fn faults(elsewhere: &str) -> Vec<Fault> {
    use Takes::{NoTime, Reading, UntilTheDeadline};
    let of = |name, takes, reply: fn(String) -> Reply| {
        let reply = Box::new(move |right: &str| reply(right.to_owned()));
        Fault { name, takes, reply }
    };
    let always = |name, takes, reply: Reply| Fault { name, takes, reply: Box::new(move |_| reply.clone()) };
    let retry = "retry-after: 120\r\n";
    vec![
        always("hangs before its answer", UntilTheDeadline, Reply::Hang),
        of("hangs in the body", UntilTheDeadline, Reply::HangInBody),
        of("drips a byte a second", UntilTheDeadline, Reply::Drip),
        always("closes without a word", NoTime, Reply::Reset),
        of("breaks off in the middle", NoTime, Reply::Cut),
        of("announces less than it sends", NoTime, Reply::Understated),
        of("200 with half a JSON", NoTime, |right| Reply::json(&right[..right.len() / 2])),
        always("200 with a web page", NoTime, Reply::html(200)),
        always("200 with another shape", NoTime, Reply::json("7")),
        always("a body without end", Reading, Reply::Endless),
        // Far more spaces than anybody reads.
        always("a gzip bomb", Reading, Reply::gzip(64 << 20)),
        always("gzip that is none", NoTime, http(200, "content-encoding: gzip\r\n", b"{}")),
        always("redirects elsewhere", NoTime, http(302, &format!("location: {elsewhere}/json/\r\n"), b"{}")),
        always("401", NoTime, Reply::status(401)),
        always("403", NoTime, Reply::status(403)),
        always("404", NoTime, Reply::status(404)),
        always("429, retry after 120 s", NoTime, http(429, retry, b"{}")),
        always("500 with a web page", NoTime, Reply::html(500)),
        always("503, retry after 120 s", NoTime, http(503, retry, b"{}")),
    ]
}

/// The answers of all routes to one user now; each arrives in time, and none shows what it must not.
async fn ask_all(app: &TestApp, user: &User) -> Vec<Outcome> {
    let asked = ROUTES.iter().map(|route| async move {
        let begin = Instant::now();
        let answer = app.get_as(user.cookie(), &format!("/{route}")).await;
        let took = begin.elapsed();
        assert!(took < BOUNDED, "{user:?}: {route} took {took:?}");
        // A successful answer names the recorded cluster's own hosts.
        let address = if answer.status == 200 && *route != "doctor" { "secret-host" } else { "127.0.0.1" };
        for secret in [address, "secret-host", "<html"] {
            assert!(!answer.text.contains(secret), "{user:?}: {route} shows {secret}: {}", answer.text);
        }
        Outcome::of(route, &answer)
    });
    join_all(asked).await
}

/// At first, healed, failing after it has worked, and healed again.
async fn row(app: &TestApp, site: &Site, upstream: &str, fault: &Fault) -> Row {
    let Fault { name, takes, reply } = fault;
    let user = User::new(&format!("{upstream}-{name}"));
    // A hanging call ends first.
    let under_way = if *takes == Takes::UntilTheDeadline { 2 * CALL } else { Duration::ZERO };
    let well = || async {
        site.heal(&user);
        tokio::time::sleep(site::FAILURE_LIFETIME + under_way).await;
        let answers = ask_all(app, &user).await;
        assert!(answers.iter().all(Outcome::is_well), "{user:?} has healed: {answers:?}");
    };
    site.heal(&user);
    site.break_upstream(upstream, &user, reply);
    let at_first = ask_all(app, &user).await;
    well().await;
    site.break_upstream(upstream, &user, reply);
    let later = ask_all(app, &user).await;
    well().await;
    let answered = match takes {
        Takes::NoTime => "at once",
        Takes::Reading => "at the limit",
        Takes::UntilTheDeadline => "at the deadline",
    };
    Row { fault: name, answered, at_first, later }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_of_every_upstream_is_bounded_heals_and_hurts_nobody_else() {
    let (site, elsewhere) = (Site::start().await, Double::start().await);
    let app = site.app(None);
    let neighbour = User::new("neighbour");
    site.heal(&neighbour);
    let (done, faults) = (AtomicBool::new(false), faults(&elsewhere.url));
    let neighbour_is_well = async {
        while !done.load(Ordering::Relaxed) {
            let answers = ask_all(&app, &neighbour).await;
            assert!(answers.iter().all(Outcome::is_well), "{answers:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let rows = async {
        let cases = UPSTREAMS.iter().flat_map(|upstream| faults.iter().map(move |fault| (*upstream, fault)));
        let (waits, works): (Vec<_>, Vec<_>) = cases.partition(|(_, fault)| fault.takes == Takes::UntilTheDeadline);
        let ask = |(upstream, fault)| {
            let (app, site) = (&app, &site);
            async move { (upstream, row(app, site, upstream, fault).await) }
        };
        // Waiting requests wait together; working ones share a processor.
        let mut rows: Vec<_> = join_all(waits.into_iter().map(ask)).await;
        rows.extend(stream::iter(works).map(ask).buffered(4).collect::<Vec<_>>().await);
        done.store(true, Ordering::Relaxed);
        rows
    };
    let (mut rows, ()) = join(rows, neighbour_is_well).await;
    tokio::time::timeout(BOUNDED, app.at_rest()).await.unwrap();
    assert_eq!(elsewhere.requests().len(), 0, "no redirect is followed");
    let read = site.longest_endless();
    // A panel route reads eight times the limit; the rest stays in the system's buffers.
    assert!(read < 8 * LIMIT + (16 << 20), "{read} bytes of a body without end were read");
    rows.extend(absent(&site).await);
    documents::check("faults.md", &table::document(&rows));
}

/// An upstream that does not exist at all, for the whole site, because a host cannot belong to one user.
async fn absent(site: &Site) -> Vec<(&'static str, Row)> {
    let refused = Double::absent().await;
    let mut rows = Vec::new();
    for upstream in UPSTREAMS {
        for (fault, url) in [("refuses", refused.as_str()), ("its host is unknown", "http://no-such-host.invalid")] {
            let user = User::new(&format!("absent-{upstream}-{fault}"));
            site.heal(&user);
            let at_first = ask_all(&site.app(Some((upstream, url))), &user).await;
            rows.push((upstream, Row { fault, answered: "at once", at_first, later: Vec::new() }));
        }
    }
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_list_of_the_driver_that_fails_costs_only_what_is_made_of_it() {
    let site = Site::start().await;
    let app = site.app(None);
    let mut seen = String::new();
    for (list, reply) in site::LISTS.iter().flat_map(|list| {
        [("hangs", Reply::Hang), ("500", Reply::html(500)), ("another shape", Reply::json("7"))].map(|r| (*list, r))
    }) {
        let (fault, reply) = reply;
        let user = User::new(&format!("{list}-{fault}"));
        site.heal(&user);
        site.break_list(list, &user, &reply);
        let answers = ask_all(&app, &user).await;
        let hurt: Vec<_> = answers.iter().filter(|answer| !answer.is_well()).map(|answer| answer.route).collect();
        seen += &format!("{list} {fault}: {}\n", hurt.join(", "));
    }
    insta::assert_snapshot!(seen);
}

#[tokio::test]
async fn an_upstream_that_changes_its_mind_at_every_call_is_told_as_it_is_at_each_moment() {
    let site = Site::start().await;
    let app = site.app(None);
    for (upstream, needs_it) in UPSTREAMS.into_iter().zip(["cluster", "status", "cluster", "app/stages"]) {
        let user = User::new(&format!("fickle-{upstream}"));
        site.heal(&user);
        site.break_upstream(upstream, &user, &|right| {
            let (good, cut) = (Reply::json(right), Reply::Cut(right.to_owned()));
            let moods =
                [Reply::html(200), Reply::status(500), Reply::Reset, Reply::json("[]"), cut, Reply::status(503)];
            Reply::InTurn(moods.into_iter().flat_map(|mood| [good.clone(), good.clone(), mood]).collect())
        });
        let mut seen = BTreeSet::new();
        for _ in 0..60 {
            for answer in ask_all(&app, &user).await {
                let bug = matches!(&answer.seen, Seen::Error(code) if code.starts_with("500"));
                assert!(!bug, "{upstream}: {answer:?}");
                if answer.route == needs_it {
                    seen.insert(answer.is_well());
                }
            }
            tokio::time::sleep(site::FAILURE_LIFETIME / 2).await;
        }
        assert_eq!(seen.len(), 2, "{upstream}: it fails and works again: {seen:?}");
        site.heal(&user);
        tokio::time::sleep(2 * site::FAILURE_LIFETIME).await;
        assert!(ask_all(&app, &user).await.iter().all(Outcome::is_well), "{upstream} has healed");
    }
}
