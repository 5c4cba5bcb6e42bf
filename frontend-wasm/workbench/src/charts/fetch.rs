//! Asks for the cluster's numbers, as finely as they are kept.

use web_sys::AbortSignal;
use wire::past::Series;

use super::model::{Answer, Wish};
use super::span::{Choice, DAY_MS, HOUR_MS, Span};
use crate::stored;
use kit::api::{self, Api};
use kit::problem::Problem;

/// A longer time is answered in hourly means, and in daily ones; milliseconds.
const SAMPLES_MS: i64 = 12 * HOUR_MS;
const HOURS_MS: i64 = 33 * DAY_MS;
/// How long samples and hourly means are kept; milliseconds.
const SAMPLES_KEPT_MS: i64 = 7 * DAY_MS;
const HOURS_KEPT_MS: i64 = 90 * DAY_MS;

/// What was wished for. `before` is what was answered last.
pub async fn fetch(api: &Api, signal: &AbortSignal, wish: Wish, before: Option<&Answer>) -> Result<Answer, Problem> {
    let now_ms = js_sys::Date::now() as i64;
    let span = wish.choice.span(now_ms);
    let mut answer = Answer {
        span,
        wish,
        at_ms: now_ms,
        remembers: true,
        oldest_at_ms: before.and_then(|before| before.oldest_at_ms),
        series: Series::default(),
    };
    if !before.is_some_and(|before| before.remembers) {
        answer.remembers = stored::remembers(api, signal).await?;
    }
    if !answer.remembers {
        return Ok(answer);
    }
    if answer.oldest_at_ms.is_none() {
        answer.oldest_at_ms = stored::fetch(api, signal).await?.oldest_at_ms;
    }
    let Span { from_ms, to_ms } = asked(span, now_ms);
    let route = ["history/cluster?from_ms=", &from_ms.to_string(), "&to_ms=", &to_ms.to_string()].concat();
    answer.series = api::decode(api.ask(&route, signal, 0).await.reply?.json)?;
    // The one that holds at the beginning belongs to it.
    let gap_ms = answer.series.gap_ms;
    answer.series.points.retain(|point| point.at_ms + gap_ms > span.from_ms && point.at_ms <= span.to_ms);
    Ok(answer)
}

/// The length decides how fine the answer is. Of a time whose samples are gone, a longer time is asked for.
fn asked(span: Span, now_ms: i64) -> Span {
    let age_ms = now_ms - span.from_ms;
    // Ranges that end now begin a moment before what is kept.
    if age_ms > HOURS_KEPT_MS + HOUR_MS {
        span.widened(HOURS_MS + 1)
    } else if age_ms > SAMPLES_KEPT_MS + HOUR_MS {
        span.widened(SAMPLES_MS + 1)
    } else {
        span
    }
}

/// How long an answer is current; milliseconds.
pub fn rest_ms(choice: Choice) -> Option<u32> {
    match choice {
        Choice::Latest { length_ms } if length_ms <= SAMPLES_MS => Some(60_000),
        Choice::Latest { .. } => Some(300_000),
        // What is over does not change.
        Choice::Part(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY_MS, HOUR_MS, HOURS_MS, SAMPLES_MS, Span, asked};

    #[test]
    fn of_a_time_whose_samples_are_gone_means_are_asked_for() {
        let now_ms = 400 * DAY_MS;
        let span = |days: i64| Span { from_ms: now_ms - days * DAY_MS, to_ms: now_ms - days * DAY_MS + HOUR_MS };
        assert_eq!(asked(span(1), now_ms), span(1));
        assert_eq!(asked(span(20), now_ms).length_ms(), SAMPLES_MS + 1);
        assert_eq!(asked(span(200), now_ms).length_ms(), HOURS_MS + 1);
        assert!(asked(span(20), now_ms).from_ms < span(20).from_ms && asked(span(20), now_ms).to_ms > span(20).to_ms);
    }
}
