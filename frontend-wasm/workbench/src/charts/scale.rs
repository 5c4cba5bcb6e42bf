//! Where values and moments are in a drawing.

use super::span::Span;

/// The drawing is stretched to the room that there is; these are its own units.
pub const WIDTH: i64 = 4_000;
pub const HEIGHT: i64 = 1_000;

#[derive(Clone, Copy, Debug)]
pub struct Scale {
    pub span: Span,
    /// The greatest value.
    pub top: f64,
}

impl Scale {
    /// From the left edge.
    pub fn x(&self, at_ms: i64) -> i64 {
        let from_left_ms = (at_ms - self.span.from_ms).clamp(0, self.span.length_ms());
        from_left_ms * WIDTH / self.span.length_ms()
    }

    /// From the top.
    pub fn y(&self, value: f64) -> i64 {
        HEIGHT - ((value / self.top).clamp(0.0, 1.0) * HEIGHT as f64).round() as i64
    }
}
