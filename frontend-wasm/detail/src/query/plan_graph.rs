//! A plan as a graph whose operators are buttons: rows, bytes and time on each. Of a large plan only what is near the
//! visible part is drawn.

use std::collections::BTreeMap;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wire::{ExecutedPlan, Operator, QueryPlans};
use yew::{
    Callback, Event, FocusEvent, Html, KeyboardEvent, Properties, TargetCast, classes, component, html,
    use_effect_with, use_memo, use_state_eq,
};

use super::heat::{Heat, heats};
use super::layout::{Layout, Place, layout};
use super::part::Part;
use kit::format;
use kit::i18n::{Message, PageMessage, tr};

/// Sizes in pixels: an operator, and the room that it has.
const WIDTH: u32 = 196;
const HEIGHT: u32 = 62;
const COLUMN: u32 = 212;
const ROW: u32 = 90;

/// One answer; another is another, even if it says the same, because to compare them costs more than to draw.
#[derive(Clone, Debug)]
pub struct Answered(pub Rc<QueryPlans>);

impl PartialEq for Answered {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct PlanGraphProps {
    pub plans: Answered,
    /// Which of the plans.
    pub index: usize,
    /// The page's own number.
    pub number: u32,
    /// The operator whose details are shown.
    pub chosen: Option<i64>,
    /// Hears an execution and its operator.
    pub on_choose: Callback<Option<(i64, i64)>>,
}

/// Where a person is in the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct View {
    part: Part,
    /// The operator that has the focus, or had it last: it stays in the page when it is scrolled away.
    here: Option<i64>,
    /// A person scrolled while it had the focus: what is drawn then may move it in the page, which takes the focus away.
    is_held: bool,
}

/// What is known of a plan once it is here.
#[derive(Debug, Default)]
struct Known {
    layout: Layout,
    heats: BTreeMap<i64, Heat>,
    /// From top to bottom, as the data goes: positions in the plan.
    order: Vec<usize>,
}

#[component]
pub fn PlanGraph(props: &PlanGraphProps) -> Html {
    let view = use_state_eq(View::default);
    let now = *view;
    let View { part, here, .. } = now;
    let answered = (props.plans.clone(), props.index);
    let known = use_memo(answered, |(plans, index)| plans.0.plans.get(*index).map(known).unwrap_or_default());
    let Some(plan) = props.plans.0.plans.get(props.index) else { return Html::default() };
    let (number, execution) = (props.number, plan.execution_id);
    use_effect_with(now, move |View { here, is_held, .. }| {
        if let Some(operator) = here {
            focus(&element_id(number, execution, *operator), *is_held);
        }
    });
    let (width, height) = (known.layout.halves.max(2) * COLUMN / 2, known.layout.rows * ROW);
    let position = |id: i64| plan.operators.iter().position(|operator| operator.operator_id == id);
    let here_at = here.and_then(position);
    // The first operator in the reading order takes the focus until a person chooses one.
    let stop = here_at.or_else(|| props.chosen.and_then(position)).or_else(|| known.order.first().copied());
    let go = {
        let (view, chosen, on_choose) = (view.setter(), props.chosen.is_some(), props.on_choose.clone());
        Callback::from(move |to: i64| {
            view.set(View { part, here: Some(to), is_held: false });
            if chosen {
                on_choose.emit(Some((execution, to)));
            }
        })
    };
    let operator = |at: &usize| {
        let (operator, place) = (plan.operators.get(*at)?, *known.layout.places.get(*at)?);
        let id = operator.operator_id;
        let is_drawn = stop == Some(*at) || part.has(corner(place), (WIDTH, HEIGHT));
        is_drawn.then(|| {
            let view = view.setter();
            let onfocus = Callback::from(move |_: FocusEvent| view.set(View { here: Some(id), ..now }));
            let onkeydown = on_key(plan, &known.layout, *at, &go);
            button(props, operator, (place, known.heats.get(&id).copied()), stop == Some(*at), (onfocus, onkeydown))
        })
    };
    let onscroll = {
        let view = view.setter();
        Callback::from(move |event: Event| {
            let Some(area) = event.target_dyn_into::<web_sys::Element>() else { return };
            let is_held = area.matches(":focus-within").unwrap_or_default();
            view.set(View { part: Part::at(area.scroll_left(), area.scroll_top()), here, is_held });
        })
    };
    html! {
        <div class="sparkMonitor-Plan-scroll" {onscroll}>
            <div
                class="sparkMonitor-Plan-graph" role="group" aria-label={tr(PageMessage::PlanGraph)}
                style={format!("width: {width}px; height: {height}px")}
            >
                <svg width={width.to_string()} height={height.to_string()} aria-hidden="true">
                    { for edges(&known.layout, part) }
                </svg>
                { for known.order.iter().filter_map(operator) }
            </div>
        </div>
    }
}

fn known(plan: &ExecutedPlan) -> Known {
    let layout = layout(&plan.operators);
    let places = layout.places.iter().enumerate();
    let mut order: Vec<(u32, u32, usize)> = places.map(|(at, place)| (place.row, place.half, at)).collect();
    order.sort_unstable();
    Known { heats: heats(plan), layout, order: order.into_iter().map(|(_, _, at)| at).collect() }
}

fn edges(layout: &Layout, part: Part) -> impl Iterator<Item = Html> {
    let middle = |place: Place| place.half * COLUMN / 2 + COLUMN / 2;
    layout.places.iter().zip(&layout.inputs).flat_map(move |(to, inputs)| {
        inputs.iter().filter_map(move |input| {
            let from = *layout.places.get(*input)?;
            let (top, bottom) = (from.row * ROW + HEIGHT + 6, to.row * ROW + 6);
            let (x1, x2, bend) = (middle(from), middle(*to), bottom.saturating_sub(14));
            let size = (x1.abs_diff(x2), bottom.saturating_sub(top));
            let is_drawn = part.has((x1.min(x2), top), size);
            is_drawn.then(|| html! { <path d={format!("M{x1} {top}V{bend}L{x2} {bottom}")} /> })
        })
    })
}

/// An operator's upper left corner, pixels.
fn corner(place: Place) -> (u32, u32) {
    (place.half * COLUMN / 2 + (COLUMN - WIDTH) / 2, place.row * ROW + 6)
}

fn button(
    props: &PlanGraphProps,
    operator: &Operator,
    (place, heat): (Place, Option<Heat>),
    is_stop: bool,
    (onfocus, onkeydown): (Callback<FocusEvent>, Callback<KeyboardEvent>),
) -> Html {
    let id = operator.operator_id;
    let execution = props.plans.0.plans.get(props.index).map(|plan| plan.execution_id).unwrap_or_default();
    let is_chosen = props.chosen == Some(id);
    let onclick = props.on_choose.reform(move |_| (!is_chosen).then_some((execution, id)));
    let (left, top) = corner(place);
    html! {
        <button
            key={id} id={element_id(props.number, execution, id)} type="button"
            class={classes!("sparkMonitor-Operator", heat.and_then(Heat::class))}
            style={format!("left: {left}px; top: {top}px; width: {WIDTH}px; height: {HEIGHT}px")} {onclick} {onfocus} {onkeydown}
            tabindex={if is_stop { "0" } else { "-1" }} aria-pressed={is_chosen.to_string()}
            title={operator.detail.clone()}
        >
            <span class="sparkMonitor-Operator-name">{ &operator.name }</span>
            <span class="sparkMonitor-Operator-facts">{ amounts(operator) }</span>
            <span class="sparkMonitor-Operator-facts">{ time_words(operator, heat) }</span>
        </button>
    }
}

/// The arrows go along the edges, up to what an operator reads from.
fn on_key(plan: &ExecutedPlan, layout: &Layout, at: usize, go: &Callback<i64>) -> Callback<KeyboardEvent> {
    let inputs = |at: usize| layout.inputs.get(at).map(Vec::as_slice).unwrap_or_default();
    let reader = layout.readers.get(at).copied().flatten();
    // The next one that the same operator reads from.
    let beside = |is_right: bool| {
        let inputs = inputs(reader?);
        let position = inputs.iter().position(|input| *input == at)?;
        inputs.get(if is_right { position + 1 } else { position.checked_sub(1)? }).copied()
    };
    let id = |at: usize| plan.operators.get(at).map(|operator| operator.operator_id);
    let moved = [
        ("ArrowUp", inputs(at).first().copied().and_then(id)),
        ("ArrowDown", reader.and_then(id)),
        ("ArrowLeft", beside(false).and_then(id)),
        ("ArrowRight", beside(true).and_then(id)),
    ];
    let go = go.clone();
    Callback::from(move |event: KeyboardEvent| {
        let pressed = event.key();
        let Some((_, to)) = moved.iter().find(|(key, _)| *key == pressed) else { return };
        event.prevent_default();
        if let Some(to) = to {
            go.emit(*to);
        }
    })
}

fn element_id(page: u32, execution: i64, operator: i64) -> String {
    ["sparkMonitor-operator", &page.to_string(), &execution.to_string(), &operator.to_string()].join("-")
}

/// Gives it the focus; `stays` where it is, though a person does not see it there.
fn focus(id: &str, stays: bool) {
    let document = web_sys::window().and_then(|window| window.document());
    let element = document.and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(stays);
        // An operator that cannot take the focus is not drawn.
        let _ = element.focus_with_options(&options);
    }
}

/// `20,000,000 rows · 340.9 KB`.
fn amounts(operator: &Operator) -> String {
    let rows = operator.rows.map(|rows| tr(PageMessage::Rows { rows }));
    let spilled = operator.spilled_bytes.map(|bytes| tr(PageMessage::Spilled { bytes: &format::bytes(bytes) }));
    [rows, operator.bytes.map(format::bytes), spilled].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// `9.3s, 62% · stage 0`. Time inside generated code is that of all its operators.
fn time_words(operator: &Operator, heat: Option<Heat>) -> String {
    let time = heat.map(|Heat { task_ms, percent, is_shared }| {
        let (time, percent) = (&format::duration(task_ms), &tr(Message::Percent { percent }));
        match operator.codegen.filter(|_| is_shared) {
            Some(codegen) => tr(PageMessage::TimeOfCode { codegen, time, percent }),
            None => tr(PageMessage::TimeOfOperator { time, percent }),
        }
    });
    [time, stages(&operator.stage_ids)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

pub fn stages(ids: &[i64]) -> Option<String> {
    let ids = ids.iter().map(|id| tr(PageMessage::Stage { number: *id })).collect::<Vec<_>>();
    (!ids.is_empty()).then(|| ids.join(", "))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::Operator;

    use super::super::heat::Heat;
    use super::super::samples::operator;
    use super::{amounts, time_words};

    #[test]
    fn an_operator_says_what_it_moved_and_whose_time_it_is() {
        let exchange = Operator {
            rows: Some(16_000),
            bytes: Some(349_082),
            spilled_bytes: Some(1 << 30),
            codegen: Some(2),
            stage_ids: vec![0, 3],
            ..operator(1, &[])
        };
        assert_eq!(amounts(&exchange), "16000 rows · 340.9 KB · 1.0 GB spilled");
        let heat = |is_shared| Some(Heat { task_ms: 9_300, percent: 62, is_shared });
        assert_eq!(time_words(&exchange, heat(false)), "9s, 62% · stage 0, stage 3");
        assert_eq!(time_words(&exchange, heat(true)), "codegen 2: 9s, 62% · stage 0, stage 3");
        assert_eq!(time_words(&operator(1, &[]), None), "");
    }
}
