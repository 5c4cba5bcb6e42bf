//! Minutes of random faults, upstreams that restart, a sidecar that is killed: nothing grows, nothing is left.

use std::{
    collections::BTreeMap,
    env,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use super::sidecar::{Answer, Sidecar};
use crate::support::{Reply, Site, User, site::UPSTREAMS};

const USERS: usize = 6;
const ROUTES: [&str; 15] = [
    "",
    "healthz",
    "status",
    "cluster",
    "app/executors",
    "app/stages",
    "panel/chip",
    "panel/cluster",
    "panel/apps",
    "panel/executors",
    "panel/stages",
    "panel/queries",
    "panel/queries/sql-1",
    "panel/history",
    "doctor",
];

/// What was seen.
#[derive(Default)]
struct Tally {
    outcomes: BTreeMap<String, u64>,
    slowest: Duration,
    faults: u64,
}

impl Tally {
    fn add(&mut self, outcome: String, took: Duration) {
        *self.outcomes.entry(outcome).or_default() += 1;
        self.slowest = self.slowest.max(took);
    }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

fn fault(dice: &mut Dice, right: &str) -> Reply {
    let right = right.to_owned();
    match dice.below(12) {
        0 => Reply::Hang,
        1 => Reply::HangInBody(right),
        2 => Reply::Drip(right),
        3 => Reply::Reset,
        4 => Reply::Cut(right),
        5 => Reply::Understated(right),
        6 => Reply::Endless,
        7 => Reply::html(200),
        8 => Reply::json("7"),
        9 => Reply::status(401),
        10 => Reply::status(503),
        _ => Reply::InTurn(vec![Reply::json(&right), Reply::html(500), Reply::Reset]),
    }
}

/// JSON with an id, and a status of the contract; errors with their code.
fn outcome(route: &str, answer: &Answer) -> String {
    let head = answer.head.to_ascii_lowercase();
    assert!(head.contains("\r\ncontent-type: application/json"), "{route}: {head}");
    assert!(head.contains("\r\nx-request-id: ") && head.contains("\r\nx-content-type-options: nosniff"), "{head}");
    let json = answer.json();
    match answer.status {
        200 => match json.get("stale").and_then(|stale| stale["code"].as_str()) {
            Some(code) => format!("200, old: {code}"),
            None => "200".into(),
        },
        401 | 403 | 404 | 502 | 503 | 504 => {
            let field = |name: &str| json[name].as_str().filter(|text| !text.is_empty()).unwrap().to_owned();
            assert!(field("error").len() + field("hint").len() + field("request_id").len() > 20);
            format!("{} {}", answer.status, field("code"))
        }
        status => panic!("{route}: {status} {}", answer.body),
    }
}

/// Polls as a panel does until `end`; while the sidecar restarts there may be no answer.
async fn poll(sidecar: &tokio::sync::RwLock<Sidecar>, user: &User, tally: &Mutex<Tally>, end: Instant, seed: u64) {
    let mut dice = Dice(seed);
    while Instant::now() < end {
        let route = ROUTES[dice.below(ROUTES.len())];
        let answer = sidecar.read().await.get(user.cookie(), route).await;
        let outcome = outcome(route, &answer);
        tally.lock().unwrap().add(outcome, answer.took);
        tokio::time::sleep(Duration::from_millis(50 + dice.below(200) as u64)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn minutes_of_faults_leave_nothing_behind() {
    let minutes: u64 = env::var("SOAK_MINUTES").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let all = Duration::from_secs(60 * minutes);
    let (begin, site) = (Instant::now(), Arc::new(Site::start().await));
    let users: Vec<_> = (0..USERS).map(|user| Arc::new(User::new(&format!("user{user}")))).collect();
    users.iter().for_each(|user| site.heal(user));
    let sidecar = Arc::new(tokio::sync::RwLock::new(Sidecar::start(&site.args(None)).await));
    let tally = Arc::new(Mutex::new(Tally::default()));
    let mut polls = Vec::new();
    for (seed, user) in (1..).zip(users.iter().chain(&users)) {
        let (sidecar, user, tally) = (Arc::clone(&sidecar), Arc::clone(user), Arc::clone(&tally));
        polls.push(tokio::spawn(async move { poll(&sidecar, &user, &tally, begin + all, seed * 7919).await }));
    }
    let mut dice = Dice(42);
    let mut resident = Vec::new();
    let mut restarted = false;
    while begin.elapsed() < all {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let (user, upstream) = (&users[dice.below(USERS)], UPSTREAMS[dice.below(UPSTREAMS.len())]);
        if dice.below(3) == 0 {
            site.heal(user);
        } else {
            let seed = dice.below(usize::MAX) as u64 | 1;
            site.break_upstream(upstream, user, &|right| fault(&mut Dice(seed), right));
            tally.lock().unwrap().faults += 1;
        }
        // Killed once, early enough to watch the memory of the next one.
        if !restarted && begin.elapsed() > all / 6 {
            restarted = true;
            let mut sidecar = sidecar.write().await;
            let killed = std::mem::replace(&mut *sidecar, Sidecar::start(&site.args(None)).await);
            assert_eq!(killed.end("KILL"), None);
        }
        if begin.elapsed() > all / 3 {
            resident.push(sidecar.read().await.of_status("VmRSS"));
        }
    }
    for poll in polls {
        poll.await.unwrap();
    }
    // All is well again, and what hangs has reached its deadline.
    users.iter().for_each(|user| site.heal(user));
    tokio::time::sleep(Duration::from_secs(15)).await;
    let sidecar = Arc::into_inner(sidecar).unwrap().into_inner();
    for user in &users {
        for route in ROUTES {
            assert_eq!(outcome(route, &sidecar.get(user.cookie(), route).await), "200", "{route} has healed");
        }
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (descriptors, threads, children) = (sidecar.descriptors(), sidecar.of_status("Threads"), sidecar.children());
    let third = resident.len() / 3;
    let mean = |part: &[u64]| part.iter().sum::<u64>() / part.len().max(1) as u64 / 1024;
    let (first, last) = (mean(&resident[..third]), mean(&resident[2 * third..]));
    let most = sidecar.of_status("VmHWM") / 1024;
    let code = sidecar.end("TERM");
    let tally = tally.lock().unwrap();
    let total: u64 = tally.outcomes.values().sum();
    println!(
        "\n{minutes} minutes, {total} answers, {} faults, 1 kill; slowest answer {:?}",
        tally.faults, tally.slowest
    );
    for (outcome, count) in &tally.outcomes {
        println!("{count:>8} {outcome}");
    }
    println!("resident: {first} MiB in the first third, {last} MiB in the last, {most} MiB at most");
    println!("left when all was quiet: {descriptors} descriptors, {threads} threads, children '{children}'");
    assert!(tally.slowest < Duration::from_secs(12), "{:?}", tally.slowest);
    assert!(last <= first + first / 10 + 4, "memory grows: {first} MiB, then {last} MiB");
    assert!(descriptors < 40 && threads < 40, "{descriptors} descriptors, {threads} threads");
    assert_eq!((children.as_str(), code), ("", Some(143)));
}
