//! The part of a large drawing that is drawn: what a large screen shows around where it is scrolled to, and a margin.

/// Pixels beyond the visible part, so that what comes into sight is there before a person sees it.
const MARGIN: u32 = 600;
/// The largest visible part that is expected, pixels; the drawing is at most 70 % as high as the window.
const VISIBLE: (u32, u32) = (3_840, 1_600);
/// It is drawn again only after so many pixels.
const STEP: u32 = 300;

/// From where on it is drawn, pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    left: u32,
    top: u32,
}

impl Part {
    /// The part for what is scrolled to.
    pub fn at(scroll_left: i32, scroll_top: i32) -> Self {
        let begin = |scrolled: i32| u32::try_from(scrolled).unwrap_or(0).saturating_sub(MARGIN) / STEP * STEP;
        Self { left: begin(scroll_left), top: begin(scroll_top) }
    }

    /// Whether a rectangle touches it.
    pub fn has(self, (left, top): (u32, u32), (width, height): (u32, u32)) -> bool {
        let touches = |from: u32, visible: u32, at: u32, size: u32| {
            at <= from + STEP + 2 * MARGIN + visible && at.saturating_add(size) >= from
        };
        touches(self.left, VISIBLE.0, left, width) && touches(self.top, VISIBLE.1, top, height)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::Part;

    #[test]
    fn what_is_visible_is_in_it_wherever_a_person_scrolls() {
        for (left, top) in [(0, 0), (599, 1), (10_000, 50_000), (123_456, 7)] {
            let part = Part::at(left, top);
            for (right, down) in [(0, 0), (3_840, 0), (0, 1_600), (3_840, 1_600)] {
                let at = (u32::try_from(left + right).unwrap(), u32::try_from(top + down).unwrap());
                assert!(part.has(at, (1, 1)), "{at:?} of {part:?}");
            }
        }
    }

    #[test]
    fn what_is_far_away_is_not_and_a_long_edge_across_it_is() {
        let part = Part::at(20_000, 20_000);
        assert!(!part.has((20_000, 10_000), (196, 62)) && !part.has((40_000, 20_000), (196, 62)));
        assert!(part.has((20_000, 0), (0, 90_000)) && part.has((0, 20_500), (90_000, 10)));
        assert_eq!(Part::at(20_010, 20_010), part, "it is not drawn again for a few pixels");
    }
}
