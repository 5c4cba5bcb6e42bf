//! The guarantees of `Cached`, in paused time.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::time;
use upstream::Upstream;

use super::*;

#[derive(Debug)]
struct Number(usize);

impl Weight for Number {
    fn weight_bytes(&self) -> usize {
        self.0
    }
}

fn limits() -> CacheLimits {
    CacheLimits {
        logged_as: None,
        lifetime: Duration::from_secs(5),
        failure_lifetime: Duration::from_secs(2),
        soon_failure_lifetime: Duration::from_millis(800),
        denied_lifetime: Some(Duration::from_secs(5)),
        patience: Duration::from_secs(3),
        upstream: Upstream::Master,
        entries: 10,
        bytes: 1_000,
    }
}

struct Fixture {
    cached: Arc<Cached<&'static str, Number>>,
    calls: Arc<AtomicUsize>,
}

impl Fixture {
    fn new() -> Self {
        Self { cached: Arc::new(Cached::new(limits(), Tasks::default())), calls: Arc::default() }
    }

    async fn get(&self, takes: Duration, works: bool) -> Result<Good<Number>, Failure> {
        let calls = Arc::clone(&self.calls);
        self.cached
            .fresh(&"key", move |_| async move {
                let call = calls.fetch_add(1, Ordering::SeqCst) + 1;
                time::sleep(takes).await;
                if works { Ok(Number(call)) } else { Err(UpstreamError::timeout(Upstream::Master, takes)) }
            })
            .await
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn lifetime_counts_from_the_arrival() {
    let fixture = Fixture::new();
    fixture.get(SECOND * 4, true).await.unwrap();
    time::advance(SECOND * 4).await;
    fixture.get(SECOND, true).await.unwrap();
    assert_eq!(fixture.calls(), 1, "eight seconds after the request, four after the answer");
    time::advance(SECOND * 2).await;
    assert_eq!(fixture.get(SECOND, true).await.unwrap().value.0, 2);
}

#[tokio::test(start_paused = true)]
async fn all_who_wait_share_one_fetch_even_when_the_first_one_leaves() {
    let fixture = Arc::new(Fixture::new());
    let first = tokio::spawn({
        let fixture = Arc::clone(&fixture);
        async move { fixture.get(SECOND, true).await.map(|_| ()) }
    });
    time::sleep(SECOND / 2).await;
    first.abort();
    let others = futures_util::future::join_all((0..100).map(|_| fixture.get(SECOND, true))).await;
    assert!(others.into_iter().all(|other| other.is_ok_and(|good| good.value.0 == 1)));
    assert_eq!(fixture.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_short_lived_and_costs_one_attempt() {
    let fixture = Fixture::new();
    for _ in 0..10 {
        assert!(fixture.get(Duration::ZERO, false).await.is_err());
    }
    assert_eq!(fixture.calls(), 1);
    time::advance(SECOND * 3).await;
    assert!(fixture.get(Duration::ZERO, true).await.is_ok());
    assert_eq!(fixture.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_asks_again_soon_tries_a_failure_before_others_do() {
    let fixture = Fixture::new();
    let failing = async |retry| {
        let calls = Arc::clone(&fixture.calls);
        let fetch = move |_| async move {
            calls.fetch_add(1, Ordering::SeqCst);
            Err(UpstreamError::timeout(Upstream::Master, SECOND))
        };
        assert!(fixture.cached.fresh_for(retry, &"key", fetch).await.is_err());
        fixture.calls()
    };
    assert_eq!(failing(Retry::Soon).await, 1);
    assert_eq!(failing(Retry::Soon).await, 1, "at once it costs nothing");
    time::advance(SECOND).await;
    assert_eq!(failing(Retry::Usual).await, 1);
    assert_eq!(failing(Retry::Soon).await, 2);
    assert_eq!(failing(Retry::Usual).await, 2);
    let cached: Cached<&str, Number> = Cached::new(limits(), Tasks::default());
    let denied = |_| async { Err(UpstreamError::status(Upstream::Auth2, 401, None, None)) };
    assert!(cached.fresh_for(Retry::Soon, &"key", denied).await.is_err());
    time::advance(SECOND).await;
    let works = |_| async { Ok(Number(1)) };
    assert!(cached.fresh_for(Retry::Soon, &"key", works).await.is_err(), "a rejected token stays rejected");
}

#[tokio::test(start_paused = true)]
async fn the_last_good_value_stays_with_the_reason_and_its_beginning() {
    let fixture = Fixture::new();
    fixture.get(Duration::ZERO, true).await.unwrap();
    let mut beginnings = Vec::new();
    for _ in 0..2 {
        time::advance(SECOND * 6).await;
        let seen = fixture.cached.last_good(&"key", Duration::ZERO, |last| async move {
            assert_eq!(last.unwrap().value.0, 1);
            Err(UpstreamError::timeout(Upstream::Master, SECOND))
        });
        let seen = seen.await.unwrap();
        assert_eq!(seen.value.0, 1);
        beginnings.push(seen.age.failure.unwrap().since_ms);
    }
    assert_eq!(beginnings.first(), beginnings.last());
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_is_late_leaves_the_last_good_value_and_goes_on() {
    let fixture = Fixture::new();
    fixture.get(Duration::ZERO, true).await.unwrap();
    time::advance(SECOND * 6).await;
    let asked = time::Instant::now();
    let slow = |_| async {
        time::sleep(SECOND * 20).await;
        Ok(Number(2))
    };
    let seen = fixture.cached.last_good(&"key", Duration::ZERO, slow).await.unwrap();
    assert_eq!((seen.value.0, asked.elapsed()), (1, SECOND * 3));
    assert_eq!(seen.age.failure.unwrap().error.to_string(), "the Spark Master: no answer within 3s");
    time::sleep(SECOND * 18).await;
    assert_eq!(fixture.get(SECOND, true).await.unwrap().value.0, 2, "what the slow one brought");
}

#[tokio::test(start_paused = true)]
async fn a_value_is_forgotten_only_while_it_is_the_last_one() {
    let fixture = Fixture::new();
    let old = fixture.get(Duration::ZERO, true).await.unwrap().value;
    time::advance(SECOND * 6).await;
    let new = fixture.get(Duration::ZERO, true).await.unwrap().value;
    fixture.cached.forget(&"key", &old);
    assert_eq!(fixture.get(Duration::ZERO, true).await.unwrap().value.0, 2);
    fixture.cached.forget(&"key", &new);
    let (first, second) = tokio::join!(fixture.get(SECOND, true), async {
        fixture.cached.forget(&"key", &new);
        fixture.get(SECOND, true).await
    });
    assert_eq!((first.unwrap().value.0, second.unwrap().value.0), (3, 3), "both share one fetch");
}

#[tokio::test(start_paused = true)]
async fn whoever_is_no_longer_allowed_in_sees_nothing_old() {
    let fixture = Fixture::new();
    fixture.get(Duration::ZERO, true).await.unwrap();
    time::advance(SECOND * 6).await;
    let denied = |_| async { Err(UpstreamError::status(Upstream::ClusterManager, 403, None, None)) };
    assert!(fixture.cached.last_good(&"key", Duration::ZERO, denied).await.is_err());
    time::advance(SECOND * 6).await;
    let failing = |_| async { Err(UpstreamError::timeout(Upstream::ClusterManager, SECOND)) };
    assert!(fixture.cached.last_good(&"key", Duration::ZERO, failing).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_crashes_is_an_error_and_does_not_block_its_key() {
    let fixture = Fixture::new();
    let crash = |_| async { panic!("a bug") };
    assert!(fixture.cached.fresh(&"key", crash).await.is_err());
    assert!(fixture.get(Duration::ZERO, true).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn entries_and_bytes_are_bounded() {
    let cached: Cached<usize, Number> = Cached::new(limits(), Tasks::default());
    for key in 0..50 {
        cached.fresh(&key, |_| async { Ok(Number(1)) }).await.unwrap();
    }
    cached.slots.run_pending_tasks();
    assert!(cached.slots.entry_count() <= 10, "{} entries", cached.slots.entry_count());
    for key in 100..110 {
        cached.fresh(&key, |_| async { Ok(Number(400)) }).await.unwrap();
        tokio::task::yield_now().await;
    }
    cached.slots.run_pending_tasks();
    assert!(cached.slots.weighted_size() <= 1_000, "{} bytes", cached.slots.weighted_size());
}

#[tokio::test(start_paused = true)]
async fn what_is_asked_for_less_often_may_be_older_unless_the_upstream_has_failed_since() {
    let fixture = Fixture::new();
    fixture.get(Duration::ZERO, true).await.unwrap();
    let old = async |works: bool| {
        let calls = Arc::clone(&fixture.calls);
        let fetch = move |_| async move {
            let call = calls.fetch_add(1, Ordering::SeqCst) + 1;
            if works { Ok(Number(call)) } else { Err(UpstreamError::timeout(Upstream::Master, SECOND)) }
        };
        fixture.cached.last_good(&"key", SECOND * 15, fetch).await.unwrap()
    };
    time::advance(SECOND * 10).await;
    assert!(old(false).await.age.failure.is_none());
    assert_eq!(fixture.calls(), 1, "ten seconds are young enough");
    assert!(fixture.get(Duration::ZERO, false).await.is_err());
    assert!(old(true).await.age.failure.is_some(), "it is known that the upstream has failed since");
    assert_eq!(fixture.calls(), 2);
    time::advance(SECOND * 16).await;
    let seen = old(true).await;
    assert!(seen.age.failure.is_none() && seen.value.0 == 3);
}
