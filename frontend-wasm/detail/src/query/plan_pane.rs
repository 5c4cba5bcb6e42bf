//! The plans of a query: each as a graph, with all that is measured of the operator that a person chose.

use std::rc::Rc;

use wire::{ExecutedPlan, Operator, QueryPlans};
use yew::{Html, html};

use super::page::Page;
use super::plan_graph::{Answered, PlanGraph, stages};
use kit::i18n::{PageMessage, tr};
use kit::parts::notice::muted;

pub fn plan_pane(page: &Page<'_>, plans: &Rc<QueryPlans>) -> Html {
    if plans.plans.is_empty() {
        return muted(PageMessage::NoPlan);
    }
    html! {
        <>
            { for plans.plans.iter().enumerate().map(|(index, plan)| one(page, plans, index, plan)) }
            if plans.plans_not_shown > 0 {
                { muted(PageMessage::PlansNotShown { plans: plans.plans_not_shown.into() }) }
            }
        </>
    }
}

fn one(page: &Page<'_>, plans: &Rc<QueryPlans>, index: usize, plan: &ExecutedPlan) -> Html {
    let chosen = page.chosen.filter(|(execution, _)| *execution == plan.execution_id).map(|(_, operator)| operator);
    let details = chosen.and_then(|id| plan.operators.iter().find(|operator| operator.operator_id == id));
    html! {
        <div class="sparkMonitor-Plan" key={plan.execution_id}>
            if plan.operators.is_empty() {
                { muted(PageMessage::PlanWithoutOperators) }
            } else {
                <PlanGraph
                    plans={Answered(Rc::clone(plans))} {index} number={page.number} {chosen} on_choose={page.on_choose.clone()}
                />
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
