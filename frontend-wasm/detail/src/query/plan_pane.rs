//! The plan as a graph whose operators are buttons: rows, bytes and time on each, and all that is measured of the chosen
//! one.

use wasm_bindgen::JsCast;
use wire::{ExecutedPlan, Operator, QueryPlans};
use yew::{Callback, Html, KeyboardEvent, classes, html};

use super::heat::{Heat, heats};
use super::layout::{Layout, Place, layout};
use super::page::Page;
use kit::format;
use kit::i18n::{Message, PageMessage, tr};
use kit::parts::notice::muted;

/// Sizes in pixels: an operator, and the room that it has.
const WIDTH: u32 = 196;
const HEIGHT: u32 = 62;
const COLUMN: u32 = 212;
const ROW: u32 = 90;

pub fn plan_pane(page: &Page<'_>, plans: &QueryPlans) -> Html {
    if plans.plans.is_empty() {
        return muted(PageMessage::NoPlan);
    }
    html! {
        <>
            { for plans.plans.iter().map(|plan| one(page, plan)) }
            if plans.plans_not_shown > 0 {
                { muted(PageMessage::PlansNotShown { plans: plans.plans_not_shown.into() }) }
            }
        </>
    }
}

fn one(page: &Page<'_>, plan: &ExecutedPlan) -> Html {
    let chosen = page.chosen.filter(|(execution, _)| *execution == plan.execution_id).map(|(_, operator)| operator);
    let details = chosen.and_then(|id| plan.operators.iter().find(|operator| operator.operator_id == id));
    html! {
        <div class="sparkMonitor-Plan" key={plan.execution_id}>
            if plan.operators.is_empty() {
                { muted(PageMessage::PlanWithoutOperators) }
            } else {
                { graph(page, plan, chosen) }
            }
            if plan.is_cut {
                { muted(PageMessage::PlanCut) }
            }
            if let Some(operator) = details {
                { card(operator) }
            }
            if !plan.text.is_empty() {
                <details class="sparkMonitor-Details">
                    <summary>{ tr(PageMessage::PlanText) }</summary>
                    <pre>{ &plan.text }</pre>
                </details>
            }
        </div>
    }
}

fn graph(page: &Page<'_>, plan: &ExecutedPlan, chosen: Option<i64>) -> Html {
    let (layout, heats) = (layout(&plan.operators), heats(plan));
    let (width, height) = (layout.halves.max(2) * COLUMN / 2, layout.rows * ROW);
    // The first operator in the reading order takes the focus until a person chooses one.
    let first = layout.places.iter().min_by_key(|(_, place)| (place.row, place.half)).map(|(id, _)| *id);
    let stop = chosen.filter(|id| layout.places.contains_key(id)).or(first);
    let operator = |operator: &Operator| {
        let place = layout.places.get(&operator.operator_id).copied();
        place.map(|place| {
            let heat = heats.get(&operator.operator_id).copied();
            button(page, plan, operator, (place, heat), (chosen, stop))
        })
    };
    html! {
        <div class="sparkMonitor-Plan-scroll">
            <div
                class="sparkMonitor-Plan-graph" role="group" aria-label={tr(PageMessage::PlanGraph)}
                style={format!("width: {width}px; height: {height}px")}
            >
                <svg width={width.to_string()} height={height.to_string()} aria-hidden="true">
                    { for edges(plan, &layout) }
                </svg>
                { for in_reading_order(plan, &layout).into_iter().filter_map(operator) }
            </div>
        </div>
    }
}

/// From top to bottom, as the data goes.
fn in_reading_order<'a>(plan: &'a ExecutedPlan, layout: &Layout) -> Vec<&'a Operator> {
    let mut operators: Vec<&Operator> = plan.operators.iter().collect();
    operators.sort_by_key(|operator| layout.places.get(&operator.operator_id).map(|place| (place.row, place.half)));
    operators
}

fn edges<'a>(plan: &'a ExecutedPlan, layout: &'a Layout) -> impl Iterator<Item = Html> + 'a {
    let middle = |place: Place| place.half * COLUMN / 2 + COLUMN / 2;
    plan.operators.iter().flat_map(move |operator| {
        operator.inputs.iter().filter_map(move |input| {
            let (from, to) = (*layout.places.get(input)?, *layout.places.get(&operator.operator_id)?);
            let (top, bottom) = (from.row * ROW + HEIGHT + 6, to.row * ROW + 6);
            let (x1, x2, bend) = (middle(from), middle(to), bottom.saturating_sub(14));
            Some(html! { <path d={format!("M{x1} {top}V{bend}L{x2} {bottom}")} /> })
        })
    })
}

fn button(
    page: &Page<'_>,
    plan: &ExecutedPlan,
    operator: &Operator,
    (place, heat): (Place, Option<Heat>),
    (chosen, stop): (Option<i64>, Option<i64>),
) -> Html {
    let id = operator.operator_id;
    let is_chosen = chosen == Some(id);
    let key = (plan.execution_id, id);
    let onclick = page.on_choose.reform(move |_| (!is_chosen).then_some(key));
    let style = format!(
        "left: {}px; top: {}px; width: {WIDTH}px; height: {HEIGHT}px",
        place.half * COLUMN / 2 + (COLUMN - WIDTH) / 2,
        place.row * ROW + 6
    );
    let moved = [
        ("ArrowUp", operator.inputs.first().copied()),
        ("ArrowDown", plan.operators.iter().find(|below| below.inputs.contains(&id)).map(|below| below.operator_id)),
        ("ArrowLeft", beside(plan, id, false)),
        ("ArrowRight", beside(plan, id, true)),
    ];
    let (number, execution, on_choose) = (page.number, plan.execution_id, page.on_choose.clone());
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let pressed = event.key();
        let Some((_, to)) = moved.iter().find(|(key, _)| *key == pressed) else { return };
        event.prevent_default();
        if let Some(to) = to {
            focus(&element_id(number, execution, *to));
            if is_chosen {
                on_choose.emit(Some((execution, *to)));
            }
        }
    });
    html! {
        <button
            key={id} id={element_id(page.number, plan.execution_id, id)} type="button"
            class={classes!("sparkMonitor-Operator", heat.and_then(Heat::class))}
            {style} {onclick} {onkeydown}
            tabindex={if stop == Some(id) { "0" } else { "-1" }} aria-pressed={is_chosen.to_string()}
            title={operator.detail.clone()}
        >
            <span class="sparkMonitor-Operator-name">{ &operator.name }</span>
            <span class="sparkMonitor-Operator-facts">{ amounts(operator) }</span>
            <span class="sparkMonitor-Operator-facts">{ time_words(operator, heat) }</span>
        </button>
    }
}

/// The next operator that the same one reads from.
fn beside(plan: &ExecutedPlan, id: i64, is_right: bool) -> Option<i64> {
    let below = plan.operators.iter().find(|below| below.inputs.contains(&id))?;
    let at = below.inputs.iter().position(|input| *input == id)?;
    below.inputs.get(if is_right { at + 1 } else { at.checked_sub(1)? }).copied()
}

fn element_id(page: u32, execution: i64, operator: i64) -> String {
    ["sparkMonitor-operator", &page.to_string(), &execution.to_string(), &operator.to_string()].join("-")
}

fn focus(id: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let element = document.and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        // An operator that cannot take the focus is not drawn.
        let _ = element.focus();
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

fn stages(ids: &[i64]) -> Option<String> {
    let ids = ids.iter().map(|id| tr(PageMessage::Stage { number: *id })).collect::<Vec<_>>();
    (!ids.is_empty()).then(|| ids.join(", "))
}

/// All that Spark tells of one operator.
fn card(operator: &Operator) -> Html {
    let row = |metric: &wire::OperatorMetric| {
        html! {
            <tr>
                <th scope="row">{ &metric.name }</th>
                <td>{ &metric.value }</td>
                <td>{ metric.spread.clone() }</td>
            </tr>
        }
    };
    let stages = stages(&operator.stage_ids).unwrap_or_else(|| tr(PageMessage::StageUnknown));
    html! {
        <div class="sparkMonitor-Operator-card" tabindex="0" role="group" aria-label={operator.name.clone()}>
            <h4>{ &operator.name }</h4>
            <p class="sparkMonitor-Muted">{ stages }</p>
            if !operator.detail.is_empty() {
                <pre>{ &operator.detail }</pre>
            }
            if operator.metrics.is_empty() {
                { muted(PageMessage::NoMetrics) }
            } else {
                <table class="sparkMonitor-Table">
                    <thead>
                        <tr>
                            <th scope="col">{ tr(PageMessage::Metric) }</th>
                            <th scope="col">{ tr(PageMessage::Total) }</th>
                            <th scope="col">{ tr(PageMessage::Spread) }</th>
                        </tr>
                    </thead>
                    <tbody>{ for operator.metrics.iter().map(row) }</tbody>
                </table>
            }
        </div>
    }
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
