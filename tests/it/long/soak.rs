//! Minutes of random faults, restarted upstreams, a sidecar that is suspended and killed: nothing grows, nothing is
//! left.

use std::{
    collections::BTreeMap,
    env,
    fs::{self, File},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::{join, join_all};
use tempfile::NamedTempFile;
use tokio::sync::RwLock;

use crate::{
    documents,
    support::{
        OWN_ROUTES, ROUTES, Reply, Sidecar, Site, User, check_for_secrets,
        sidecar::Answer,
        site::{self, UPSTREAMS},
    },
};

const USERS: usize = 6;
const KILLS: u32 = 4;
/// The deadline of a request, a suspension, and a large allowance for a busy machine.
const HANGS: Duration = Duration::from_secs(60);

fn routes() -> impl Iterator<Item = &'static str> {
    OWN_ROUTES.into_iter().chain(ROUTES)
}

/// The observations.
#[derive(Default)]
struct Tally {
    outcomes: BTreeMap<String, u64>,
    slowest: Duration,
    faults: u64,
    restarts: u64,
    suspensions: u64,
    /// Requests that were in flight when the sidecar was killed.
    cut_off: u64,
}

/// The current sidecar, until it is killed.
struct Target {
    sidecar: Sidecar,
    killed: AtomicBool,
}

impl Target {
    async fn start(site: &Site, log: &NamedTempFile) -> Arc<Self> {
        let log = File::options().append(true).open(log.path()).unwrap();
        Arc::new(Self { sidecar: Sidecar::start_by("", &site.args(None), log.into()).await, killed: false.into() })
    }
}

type Current = RwLock<Arc<Target>>;

/// Pseudo-random numbers, the same in every run.
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
    match dice.below(13) {
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
        11 => Reply::gzip(1 << 22),
        _ => Reply::InTurn(vec![Reply::json(&right), Reply::html(500), Reply::Reset]),
    }
}

/// Every answer is JSON with an id and a status of the contract; errors have their code.
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

/// Polls like a panel until `end`; only a killed sidecar may fail to answer.
async fn poll(current: &Current, user: &User, tally: &Mutex<Tally>, end: Instant, seed: u64) {
    let mut dice = Dice(seed);
    let routes: Vec<_> = routes().collect();
    while Instant::now() < end {
        let route = routes[dice.below(routes.len())];
        let target = Arc::clone(&*current.read().await);
        let answer = target.sidecar.ask(user.cookie(), route).await;
        if target.killed.load(Ordering::SeqCst) {
            tally.lock().unwrap().cut_off += 1;
        } else {
            let answer = answer.unwrap_or_else(|error| panic!("{route}: {error}"));
            let outcome = outcome(route, &answer);
            let mut tally = tally.lock().unwrap();
            *tally.outcomes.entry(outcome).or_default() += 1;
            tally.slowest = tally.slowest.max(answer.took);
        }
        tokio::time::sleep(Duration::from_millis(50 + dice.below(200) as u64)).await;
    }
}

/// Breaks or heals something twice a second; returns the memory of the last sidecar, KiB.
async fn disturb(
    site: &Site,
    users: &[User],
    log: &NamedTempFile,
    current: &Current,
    tally: &Mutex<Tally>,
    all: Duration,
) -> Vec<u64> {
    let (begin, mut dice, mut resident, mut killed) = (Instant::now(), Dice(42), Vec::new(), 0);
    while begin.elapsed() < all {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let (user, upstream) = (&users[dice.below(USERS)], UPSTREAMS[dice.below(UPSTREAMS.len())]);
        match dice.below(60) {
            0 => {
                site.restart(upstream, Duration::from_secs(2)).await;
                tally.lock().unwrap().restarts += 1;
            }
            1 => {
                let target = Arc::clone(&*current.read().await);
                target.sidecar.signal("STOP");
                tokio::time::sleep(Duration::from_secs(2)).await;
                target.sidecar.signal("CONT");
                tally.lock().unwrap().suspensions += 1;
            }
            2..20 => site.heal(user),
            _ => {
                let seed = dice.below(usize::MAX) as u64 | 1;
                site.break_upstream(upstream, user, &|right| fault(&mut Dice(seed), right));
                tally.lock().unwrap().faults += 1;
            }
        }
        // Early enough to watch the memory of the last one.
        if killed < KILLS && begin.elapsed() > all / 12 * (killed + 1) {
            killed += 1;
            let fresh = Target::start(site, log).await;
            let old = std::mem::replace(&mut *current.write().await, fresh);
            old.killed.store(true, Ordering::SeqCst);
            old.sidecar.signal("KILL");
        }
        if begin.elapsed() > all / 2 {
            resident.push(current.read().await.sidecar.of_status("VmRSS"));
        }
    }
    resident
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn minutes_of_faults_leave_nothing_behind() {
    let minutes: u64 = env::var("SOAK_MINUTES").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let all = Duration::from_secs(60 * minutes);
    let (site, log) = (Site::start().await, NamedTempFile::new().unwrap());
    let users: Vec<_> = (0..USERS).map(|user| User::new(&format!("user{user}"))).collect();
    users.iter().for_each(|user| site.heal(user));
    let current = RwLock::new(Target::start(&site, &log).await);
    let (tally, end) = (Mutex::new(Tally::default()), Instant::now() + all);
    let polls =
        (1..).zip(users.iter().chain(&users)).map(|(seed, user)| poll(&current, user, &tally, end, seed * 7919));
    let (resident, _) = join(disturb(&site, &users, &log, &current, &tally, all), join_all(polls)).await;
    // Everything is healed, and hanging calls have reached their deadline.
    users.iter().for_each(|user| site.heal(user));
    tokio::time::sleep(Duration::from_secs(15)).await;
    let target = Arc::into_inner(current.into_inner()).unwrap();
    let sidecar = target.sidecar;
    for user in &users {
        for route in routes() {
            assert_eq!(outcome(route, &sidecar.get(user.cookie(), route).await), "200", "{route} has healed");
        }
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (descriptors, threads, children) = (sidecar.descriptors(), sidecar.of_status("Threads"), sidecar.children());
    let third = resident.len() / 3;
    let mean = |part: &[u64]| part.iter().sum::<u64>() / part.len().max(1) as u64 / 1024;
    let (first, last) = (mean(&resident[..third]), mean(&resident[2 * third..]));
    let most = sidecar.of_status("VmHWM") / 1024;
    let code = sidecar.end();
    check_for_secrets(&String::from_utf8_lossy(&fs::read(log.path()).unwrap()));
    let tally = tally.into_inner().unwrap();
    let summary = summary(minutes, &tally)
        + &format!(
            "\nMemory of the last sidecar, resident: {first} MiB at first, {last} MiB at last, {most} MiB at most.\n\
             When all was quiet: {descriptors} descriptors, {threads} threads, {} children.\n",
            children.split_whitespace().count()
        );
    println!("{summary}");
    assert!(tally.slowest < HANGS, "{:?}", tally.slowest);
    assert!(last <= first + first / 10 + 4, "memory grows: {first} MiB, then {last} MiB");
    assert!(descriptors < 40 && threads < 40, "{descriptors} descriptors, {threads} threads");
    assert_eq!((children.as_str(), code), ("", Some(143)));
    documents::write("soak.md", &summary);
}

/// Writes `docs/soak.md`.
fn summary(minutes: u64, tally: &Tally) -> String {
    let Tally { outcomes, slowest, faults, restarts, suspensions, cut_off } = tally;
    let mut text = format!(
        "# Soak\n\nWritten by `cargo xtask verify soak` at its last run, with `tests/it/long/soak.rs`: {} panels of {USERS} \
         users poll\nall routes of one sidecar for {minutes} minutes, while twice a second a random upstream of a random user \
         breaks in one of\nthe ways of [faults.md](faults.md), or heals. It fails when an answer is not well formed or takes \
         longer than {} s, when\nmemory grows, when the log holds a secret, or when descriptors, threads or children are \
         left.\n\n{faults} faults, {restarts} restarts of an upstream, {suspensions} suspensions of the sidecar for 2 s, \
         {KILLS} kills of it under fire\n({cut_off} requests in flight then). The slowest answer took {:.1} s; the deadline of a \
         request is {} s.\n\n| answer | how often |\n|---|---|\n",
        2 * USERS,
        HANGS.as_secs(),
        slowest.as_secs_f32(),
        site::REQUEST.as_secs(),
    );
    for (outcome, count) in outcomes {
        text += &format!("| {outcome} | {count} |\n");
    }
    text
}
