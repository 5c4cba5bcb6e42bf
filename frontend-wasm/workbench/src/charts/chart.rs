//! One chart: what it draws, what it says, and how a moment or a part of the time is selected in it.

use web_sys::Element;
use yew::{Callback, Event, Html, KeyboardEvent, PointerEvent, TargetCast, html};

use super::marks::{self, Mark, Runs};
use super::model::{Act, Action, Answer, Model};
use super::quantity::Quantity;
use super::scale::{HEIGHT, Scale, WIDTH};
use super::span::{HOUR_MS, Span};
use super::times::{Kind, ticks};
use super::zone;
use crate::usage_chart::round_step;
use kit::format;
use kit::i18n::{ChartMessage, Message, tr};
use kit::language;

/// How near a sample must be to be meant; milliseconds.
const NEAR_MS: i64 = 60_000;
/// A drag over fewer pixels is a click.
const CLICK_PX: i64 = 5;

/// What a chart draws.
pub struct Drawing {
    pub quantity: Quantity,
    pub scale: Scale,
    pub used: Runs,
    pub beside: Runs,
    /// The distance between lines of the value axis, and how many there are.
    pub step: u64,
    pub parts: u64,
    pub is_samples: bool,
}

impl Drawing {
    /// None if nothing of it is known.
    pub fn of(quantity: Quantity, answer: &Answer) -> Option<Self> {
        let Answer { span, series, .. } = answer;
        let used = marks::runs(series, quantity.name, *span);
        let beside = quantity.beside.map(|name| marks::runs(series, name, *span)).unwrap_or_default();
        if used.is_empty() {
            return None;
        }
        let greatest = used.iter().chain(&beside).flatten().map(|mark| mark.greatest).fold(1.0, f64::max);
        let top = greatest.ceil() as u64;
        let step = round_step(top, quantity.is_memory);
        let parts = top.div_ceil(step).max(1);
        let scale = Scale { span: *span, top: step.saturating_mul(parts) as f64 };
        Some(Self { quantity, scale, used, beside, step, parts, is_samples: series.step_ms == 0 })
    }

    /// The label of a line of the value axis.
    pub fn label(&self, part: u64) -> String {
        self.quantity.amount((part * self.step) as f64)
    }
}

/// The value at a moment in words, and when that was unless it is now.
pub fn said(drawing: &Drawing, answer: &Answer, at_ms: Option<i64>) -> String {
    let Answer { span, series, .. } = answer;
    let near_ms = if series.step_ms == 0 { NEAR_MS.max(span.length_ms() / 200) } else { 0 };
    let newest = || drawing.used.last().and_then(|run| run.last()).copied();
    let mark = match at_ms {
        // The newest mean is of a time that is over.
        None if series.step_ms > 0 => newest(),
        _ => marks::at(&drawing.used, at_ms.unwrap_or(span.to_ms), near_ms),
    };
    let Some(mark) = mark else {
        return match at_ms {
            Some(at_ms) => tr(ChartMessage::NotRecordedAt { time: &language::time(at_ms) }),
            None => tr(ChartMessage::NotRecorded),
        };
    };
    let value = &of_mark(drawing.quantity, mark, marks::at(&drawing.beside, mark.at_ms, 0), series.step_ms);
    let time = &language::time(mark.at_ms);
    match series.step_ms {
        0 if at_ms.is_none() && answer.is_latest() => value.clone(),
        0 => tr(Message::ValueAt { value, time }),
        HOUR_MS => tr(ChartMessage::HourFrom { value, time }),
        _ => tr(ChartMessage::DayFrom { value, time }),
    }
}

/// The value of a mark in words; of a mean also its range, and how much was recorded if that is not nearly all.
pub fn of_mark(quantity: Quantity, mark: Mark, beside: Option<Mark>, step_ms: i64) -> String {
    let value = quantity.said(mark.mean, beside.map(|mark| mark.mean));
    if step_ms == 0 {
        return value;
    }
    let [least, greatest] = &[mark.least, mark.greatest].map(|value| quantity.amount(value));
    let is_constant = least == greatest;
    let value = if is_constant { value } else { tr(ChartMessage::OnAverage { value: &value, least, greatest }) };
    if mark.covered_ms >= step_ms / 10 * 9 {
        return value;
    }
    let covered = format::duration(mark.covered_ms.try_into().unwrap_or_default());
    tr(ChartMessage::Recorded { value: &value, time: &covered })
}

/// The chart with its legend, its value, and both axes.
pub fn chart(drawing: &Drawing, answer: &Answer, model: &Model, act: &Act) -> Html {
    let quantity = drawing.quantity;
    let moments = answer.moments();
    let index = model.looked_at_ms.map_or(moments.len().saturating_sub(1), |at_ms| nearest(&moments, at_ms));
    let said = said(drawing, answer, model.looked_at_ms);
    let label = quantity.title();
    let (span, part) = (answer.span, model.part());
    html! {
        <figure class="sparkMonitor-Chart" key={quantity.name}>
            <figcaption class="sparkMonitor-Chart-head">
                <span class="sparkMonitor-Chart-used">{ label.clone() }</span>
                if let Some(beside) = quantity.beside_title().filter(|_| !drawing.beside.is_empty()) {
                    <span class="sparkMonitor-Chart-of">{ beside }</span>
                }
                <span class="sparkMonitor-Chart-value">{ said.clone() }</span>
            </figcaption>
            <div class="sparkMonitor-Chart-values" aria-hidden="true">
                { for (0..=drawing.parts).map(|part| html! { <span>{ drawing.label(part) }</span> }) }
            </div>
            <div
                class="sparkMonitor-Spark-plot" role="slider" tabindex="0" aria-label={label} aria-readonly="true"
                aria-valuemin="0" aria-valuemax={moments.len().saturating_sub(1).to_string()}
                aria-valuenow={index.to_string()} aria-valuetext={said}
                onkeydown={on_key(moments, index, model, act)} onpointerdown={on_down(span, act)}
                onpointermove={on_move(span, act)} onpointerup={on_up(span, part, act)}
                onpointercancel={act.reform(|_| Action::Look(None))}
                onpointerleave={on_leave(act)}
            >
                { lines(drawing, model.looked_at_ms, part) }
            </div>
            { times(&drawing.scale) }
        </figure>
    }
}

fn lines(drawing: &Drawing, cursor_ms: Option<i64>, part: Option<Span>) -> Html {
    let Drawing { scale, used, beside, parts, .. } = drawing;
    let [width, height] = [WIDTH, HEIGHT].map(|length| length.to_string());
    let down = |at_ms: i64| ["M", &scale.x(at_ms).to_string(), " 0V", &height].concat();
    let across = |part: u64| {
        let y = HEIGHT - i64::try_from(part).unwrap_or_default() * HEIGHT / i64::try_from(*parts).unwrap_or(1).max(1);
        ["M0 ", &y.to_string(), "H", &width].concat()
    };
    let moments = ticks(scale.span, zone::ahead_ms).into_iter().map(|tick| down(tick.at_ms));
    let grid: String = (1..=*parts).map(across).chain(moments).collect();
    let selected = part.map(|part| {
        let [left, right] = [part.from_ms, part.to_ms].map(|at_ms| scale.x(at_ms).to_string());
        ["M", &left, " 0H", &right, "V", &height, "H", &left, "Z"].concat()
    });
    let fill = if drawing.is_samples { marks::area(used, scale) } else { marks::band(used, scale) };
    html! {
        <svg viewBox={["0 0 ", &width, " ", &height].concat()} preserveAspectRatio="none" aria-hidden="true">
            <path class="sparkMonitor-Chart-grid" d={grid} />
            <path class="sparkMonitor-Chart-fill" d={fill} />
            <path class="sparkMonitor-Chart-line" d={marks::line(used, scale)} />
            if !beside.is_empty() {
                <path class="sparkMonitor-Chart-total" d={marks::line(beside, scale)} />
            }
            if let Some(selected) = selected {
                <path class="sparkMonitor-Chart-part" d={selected} />
            }
            if let Some(cursor_ms) = cursor_ms {
                <path class="sparkMonitor-Spark-cursor" d={down(cursor_ms)} />
            }
        </svg>
    }
}

/// The time axis; labels that would stick out at its ends are left out.
fn times(scale: &Scale) -> Html {
    let inside = |x: &i64| (WIDTH / 30..=WIDTH - WIDTH / 30).contains(x);
    let labels = ticks(scale.span, zone::ahead_ms).into_iter().filter_map(|tick| {
        let x = Some(scale.x(tick.at_ms)).filter(inside)?;
        let permille = x * 1000 / WIDTH;
        let style = ["left:", &(permille / 10).to_string(), ".", &(permille % 10).to_string(), "%"].concat();
        let label = tick_label(tick.at_ms, tick.kind);
        let class = if tick.kind == Kind::Minute { "" } else { "sparkMonitor-mod-day" };
        Some(html! { <span key={tick.at_ms.to_string()} {class} {style}>{ label }</span> })
    });
    html! { <div class="sparkMonitor-Chart-moments" aria-hidden="true">{ for labels }</div> }
}

pub fn tick_label(at_ms: i64, kind: Kind) -> String {
    language::tick(
        at_ms,
        match kind {
            Kind::Minute => 0,
            Kind::Day => 1,
            Kind::Month => 2,
        },
    )
}

fn nearest(moments: &[i64], at_ms: i64) -> usize {
    let distances = moments.iter().map(|moment| (moment - at_ms).abs()).enumerate();
    distances.min_by_key(|(_, distance)| *distance).map_or(0, |(index, _)| index)
}

/// Arrows, Home and End select a moment, with Shift a part; Enter shows it, Escape goes back.
fn on_key(moments: Vec<i64>, index: usize, model: &Model, act: &Act) -> Callback<KeyboardEvent> {
    let (act, has_moment) = (act.clone(), model.looked_at_ms.is_some());
    Callback::from(move |event: KeyboardEvent| {
        let last = moments.len().saturating_sub(1);
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => index.saturating_sub(1),
            "ArrowRight" | "ArrowUp" => last.min(index + 1),
            "Home" => 0,
            "End" => last,
            "Enter" => return act.emit(Action::Zoom),
            "Escape" => return act.emit(Action::Back),
            _ => return,
        };
        // Otherwise the page would scroll, too.
        Event::prevent_default(&event);
        let Some(to_ms) = moments.get(to).copied() else { return };
        if !event.shift_key() {
            return act.emit(Action::Look(Some(to_ms)));
        }
        if let Some(from_ms) = moments.get(index).filter(|_| !has_moment) {
            act.emit(Action::Begin(*from_ms));
        }
        act.emit(Action::Extend(to_ms));
    })
}

fn on_down(span: Span, act: &Act) -> Callback<PointerEvent> {
    let act = act.clone();
    Callback::from(move |event: PointerEvent| {
        if event.button() == 0 {
            let plot: Element = event.target_unchecked_into();
            // Without it, a drag that leaves the chart ends there.
            let _ = plot.set_pointer_capture(event.pointer_id());
            act.emit(Action::Begin(span.at_ms(event.offset_x(), plot.client_width())));
        }
    })
}

fn on_move(span: Span, act: &Act) -> Callback<PointerEvent> {
    act.reform(move |event: PointerEvent| {
        let plot: Element = event.target_unchecked_into();
        let at_ms = span.at_ms(event.offset_x(), plot.client_width());
        if event.buttons() & 1 == 1 { Action::Drag(at_ms) } else { Action::Look(Some(at_ms)) }
    })
}

/// A finger leaves whenever it is lifted, and what it has tapped stays selected.
fn on_leave(act: &Act) -> Callback<PointerEvent> {
    let act = act.clone();
    Callback::from(move |event: PointerEvent| {
        if event.pointer_type() != "touch" {
            act.emit(Action::Look(None));
        }
    })
}

fn on_up(span: Span, part: Option<Span>, act: &Act) -> Callback<PointerEvent> {
    act.reform(move |event: PointerEvent| {
        let plot: Element = event.target_unchecked_into();
        let width = plot.client_width();
        let is_drag = |part: Span| part.length_ms() * i64::from(width) / span.length_ms() >= CLICK_PX;
        if part.is_some_and(is_drag) { Action::Zoom } else { Action::Look(Some(span.at_ms(event.offset_x(), width))) }
    })
}
