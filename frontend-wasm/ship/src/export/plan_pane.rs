//! What a delivery would change, and the button that delivers it.

use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use wire::export::{Export, GitPlan};
use yew::{Event, Html, InputEvent, TargetCast, html};

use super::button::Button;
use super::document::Document;
use super::effects::default_message;
use super::model::{Act, Action, Model};
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
    let title = tr(ExportMessage::PlanTitle);
    html! {
        <section class="sparkMonitor-Export-part" aria-label={title.clone()}>
            <h3>{ title }</h3>
            { muted(ExportMessage::PlanFolder { folder: &plan.folder }) }
            if plan.changes.is_empty() {
                <p>{ tr(ExportMessage::PlanNothing) }</p>
            }
            <PlanFiles plan={Rc::clone(plan)} />
            { form((model, why), document, offers, act) }
        </section>
    }
}

fn form(
    (model, why): (&Model, Option<ExportMessage<'static>>),
    document: &Document,
    offers: &Export,
    act: &Act,
) -> Html {
    let message = model.message.clone().unwrap_or_else(|| default_message(document));
    let why = why.or_else(|| message.trim().is_empty().then_some(ExportMessage::WhyMessage));
    let on_message =
        act.reform(|event: InputEvent| Action::Message(event.target_unchecked_into::<HtmlTextAreaElement>().value()));
    let checked = |event: Event| event.target_unchecked_into::<HtmlInputElement>().checked();
    let on_trigger = act.reform(move |event: Event| Action::Trigger(checked(event)));
    let on_unpause = act.reform(move |event: Event| Action::Unpause(checked(event)));
    html! {
        <div class="sparkMonitor-Plan-form">
            if offers.git.is_some() {
                <label class="sparkMonitor-Field">
                    <span>{ tr(ExportMessage::CommitMessage) }</span>
                    <textarea class="sparkMonitor-Input" rows="2" value={message} oninput={on_message} />
                </label>
            }
            if offers.airflow.is_some() {
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
                { Button { is_main: true, why, ..Button::new(ExportMessage::Ship, Action::Start) }.view(act) }
                <span class="sparkMonitor-Muted">{ why.map(tr) }</span>
            </div>
        </div>
    }
}
