//! What a delivery would change, and the button that delivers it.

use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use wire::export::{Export, GitPlan, PlannedSubmission};
use yew::{Event, Html, InputEvent, TargetCast, html};

use super::button::Button;
use super::document::Document;
use super::effects::default_message;
use super::model::{Act, Action, Goal, Model};
use super::plan_files::PlanFiles;
use kit::i18n::{ExportMessage, tr};
use kit::parts::notice::muted;

/// `why` is why nothing can be done with the job now.
pub fn plan_pane(
    plan: &Rc<GitPlan>,
    (model, why): (&Model, Option<ExportMessage<'static>>),
    (document, offers): (&Document, &Export),
    act: &Act,
) -> Html {
    let (title, nothing) = match &plan.submits {
        Some(_) => (tr(ExportMessage::PlanTitleCluster), ExportMessage::PlanNothingCluster),
        None => (tr(ExportMessage::PlanTitle), ExportMessage::PlanNothing),
    };
    html! {
        <section class="sparkMonitor-Export-part" aria-label={title.clone()}>
            <h3>{ title }</h3>
            { muted(ExportMessage::PlanFolder { folder: &plan.folder }) }
            if let (Some(branch), Some(git)) = (&plan.branch, &offers.git) {
                { muted(ExportMessage::PlanBranch { branch, into: &git.branch }) }
            }
            if plan.changes.is_empty() {
                <p>{ tr(nothing) }</p>
            }
            <PlanFiles plan={Rc::clone(plan)} />
            { plan.submits.as_ref().map(submission) }
            { form((model, why), document, offers, act) }
        </section>
    }
}

/// Where it is submitted to, and as what.
fn submission(PlannedSubmission { url, request }: &PlannedSubmission) -> Html {
    let said = tr(ExportMessage::PlanSubmits { url });
    html! {
        <>
            <p>{ &said }</p>
            <pre class="sparkMonitor-Code" tabindex="0" role="group" aria-label={said}>{ request }</pre>
        </>
    }
}

fn form(
    (model, why): (&Model, Option<ExportMessage<'static>>),
    document: &Document,
    offers: &Export,
    act: &Act,
) -> Html {
    let message = model.message.clone().unwrap_or_else(|| default_message(document));
    let by_airflow = model.goal != Goal::Cluster;
    let button = if by_airflow { ExportMessage::Ship } else { ExportMessage::Submit };
    let has_message = by_airflow && offers.git.is_some();
    let why = why.or_else(|| (has_message && message.trim().is_empty()).then_some(ExportMessage::WhyMessage));
    let on_message =
        act.reform(|event: InputEvent| Action::Message(event.target_unchecked_into::<HtmlTextAreaElement>().value()));
    let checked = |event: Event| event.target_unchecked_into::<HtmlInputElement>().checked();
    let on_trigger = act.reform(move |event: Event| Action::Trigger(checked(event)));
    let on_unpause = act.reform(move |event: Event| Action::Unpause(checked(event)));
    html! {
        <div class="sparkMonitor-Plan-form">
            if has_message {
                <label class="sparkMonitor-Field">
                    <span>{ tr(ExportMessage::CommitMessage) }</span>
                    <textarea class="sparkMonitor-Input" rows="2" value={message} oninput={on_message} />
                </label>
            }
            if by_airflow && offers.airflow.is_some() {
                <label class="sparkMonitor-Export-choice">
                    <input type="checkbox" checked={model.trigger} onchange={on_trigger} />
                    { tr(ExportMessage::TriggerIt) }
                </label>
                <label class="sparkMonitor-Export-choice">
                    <input type="checkbox" checked={model.unpause} onchange={on_unpause} />
                    { tr(ExportMessage::UnpauseIt) }
                </label>
            }
            <div class="sparkMonitor-Buttons">
                { Button { is_main: true, why, ..Button::new(button, Action::Start) }.view(act) }
                <span class="sparkMonitor-Muted">{ why.map(tr) }</span>
            </div>
        </div>
    }
}
