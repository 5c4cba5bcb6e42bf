//! Choosing a moment of a drawing, by mouse or keyboard.

use web_sys::Element;
use yew::{Callback, Event, KeyboardEvent, MouseEvent, TargetCast};

use crate::sparkline::Series;

/// Tells the moment below the pointer, milliseconds since 1970.
pub fn on_move(series: Series, look: Callback<Option<i64>>) -> Callback<MouseEvent> {
    look.reform(move |event: MouseEvent| {
        let plot: Element = event.target_unchecked_into();
        Some(series.at_ms(event.offset_x(), plot.client_width()))
    })
}

/// Moves from the sample at `index` by the arrow keys, Home and End; Escape chooses none.
pub fn on_key(series: Series, index: usize, look: Callback<Option<i64>>) -> Callback<KeyboardEvent> {
    Callback::from(move |event: KeyboardEvent| {
        let last = series.samples.len().saturating_sub(1);
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => index.saturating_sub(1),
            "ArrowRight" | "ArrowUp" => last.min(index + 1),
            "Home" => 0,
            "End" => last,
            "Escape" => return look.emit(None),
            _ => return,
        };
        // Otherwise the page would scroll, too.
        Event::prevent_default(&event);
        look.emit(series.samples.get(to).map(|sample| sample.at_ms));
    })
}
