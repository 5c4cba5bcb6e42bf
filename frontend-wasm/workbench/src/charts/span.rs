//! Which time is shown, and the way back to what was shown before.

pub const MINUTE_MS: i64 = 60_000;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
pub const DAY_MS: i64 = 24 * HOUR_MS;
/// Nobody zooms in further: it would show one sample or none.
const SHORTEST_MS: i64 = 10 * MINUTE_MS;

/// From one moment to another; milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from_ms: i64,
    pub to_ms: i64,
}

impl Span {
    pub fn length_ms(self) -> i64 {
        (self.to_ms - self.from_ms).max(1)
    }

    /// At least the shortest that is shown, and over by `latest_ms`.
    pub fn long_enough(self, latest_ms: i64) -> Self {
        let Self { from_ms, to_ms } = self.widened(SHORTEST_MS);
        let beyond_ms = (to_ms - latest_ms).max(0);
        Self { from_ms: from_ms - beyond_ms, to_ms: to_ms - beyond_ms }
    }

    /// The same middle, at least `length_ms` long.
    pub fn widened(self, length_ms: i64) -> Self {
        let missing_ms = (length_ms - self.length_ms()).max(0);
        Self { from_ms: self.from_ms - missing_ms / 2, to_ms: self.to_ms + (missing_ms + 1) / 2 }
    }

    /// The moment at `x` of `width`, in any unit; beyond the edges, at the edge.
    pub fn at_ms(self, x: i32, width: i32) -> i64 {
        let width = i64::from(width.max(1));
        self.from_ms + self.length_ms() * i64::from(x).clamp(0, width) / width
    }
}

/// What a person has chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The time until now.
    Latest { length_ms: i64 },
    /// A part of what was shown before.
    Part(Span),
}

impl Choice {
    pub fn span(self, now_ms: i64) -> Span {
        match self {
            Self::Latest { length_ms } => Span { from_ms: now_ms - length_ms, to_ms: now_ms },
            Self::Part(span) => span,
        }
    }
}

/// A chosen range, and the parts of it that were zoomed into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zoom {
    pub range_ms: i64,
    parts: Vec<Span>,
}

impl Zoom {
    pub fn range(range_ms: i64) -> Self {
        Self { range_ms, parts: Vec::new() }
    }

    pub fn shown(&self) -> Choice {
        self.parts.last().map_or(Choice::Latest { length_ms: self.range_ms }, |span| Choice::Part(*span))
    }

    pub fn zoom(&mut self, span: Span) {
        self.parts.push(span);
    }

    pub fn back(&mut self) {
        self.parts.pop();
    }

    pub fn is_part(&self) -> bool {
        !self.parts.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{Choice, HOUR_MS, MINUTE_MS, Span, Zoom};

    #[test]
    fn each_step_back_shows_what_was_shown_before() {
        let mut zoom = Zoom::range(HOUR_MS);
        let [one, two] = [Span { from_ms: 0, to_ms: 50 * MINUTE_MS }, Span { from_ms: 0, to_ms: 20 * MINUTE_MS }];
        zoom.zoom(one);
        zoom.zoom(two);
        assert_eq!(zoom.shown(), Choice::Part(two));
        zoom.back();
        assert_eq!(zoom.shown(), Choice::Part(one));
        zoom.back();
        zoom.back();
        assert_eq!(zoom.shown().span(2 * HOUR_MS), Span { from_ms: HOUR_MS, to_ms: 2 * HOUR_MS });
    }

    #[test]
    fn a_part_is_never_too_short_and_never_in_the_future() {
        let long = Span { from_ms: 0, to_ms: HOUR_MS };
        assert_eq!(long.long_enough(HOUR_MS), long);
        let short = Span { from_ms: HOUR_MS, to_ms: HOUR_MS + MINUTE_MS };
        let widened = |latest_ms| short.long_enough(latest_ms).from_ms - HOUR_MS;
        assert_eq!(short.long_enough(i64::MAX).length_ms(), 10 * MINUTE_MS);
        assert_eq!([widened(i64::MAX), widened(HOUR_MS + 2 * MINUTE_MS)], [-9 * MINUTE_MS / 2, -8 * MINUTE_MS]);
    }

    #[test]
    fn what_is_beyond_the_edge_is_at_the_edge() {
        let span = Span { from_ms: 100, to_ms: 300 };
        assert_eq!([span.at_ms(-5, 10), span.at_ms(5, 10), span.at_ms(50, 10), span.at_ms(1, 0)], [100, 200, 300, 300]);
    }
}
