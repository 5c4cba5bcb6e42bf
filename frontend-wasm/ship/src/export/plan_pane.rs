//! What a delivery would change, and the button that delivers it.

use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use wire::export::{Export, GitChange, GitPlan};
use yew::{Event, Html, InputEvent, TargetCast, html};

use super::button::Button;
use super::document::Document;
use super::effects::default_message;
use super::model::{Act, Action, Model};
use kit::i18n::{ExportMessage, tr};
use kit::parts::notice::muted;

/// `why` is why nothing can be done with the job now.
pub fn plan_pane(
    plan: &GitPlan,
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
            { for plan.changes.iter().map(change_view) }
            { form((model, why), document, offers, act) }
        </section>
    }
}

fn change_view(change: &GitChange) -> Html {
    let GitChange { path, was, becomes, is_ours } = change;
    let word = match (was, becomes) {
        (None, _) => ExportMessage::PlanNew,
        (Some(_), None) => ExportMessage::PlanGone,
        (Some(_), Some(_)) => ExportMessage::PlanChanged,
    };
    html! {
        <details class="sparkMonitor-Details" key={path.clone()}>
            <summary>
                <code>{ path }</code>{ " " }{ tr(word) }
                if was.is_some() && !is_ours {
                    { " · " }{ tr(ExportMessage::PlanForeign) }
                }
            </summary>
            <div class="sparkMonitor-Diff" role="group" tabindex="0" aria-label={path.clone()}>
                <table>
                    <caption class="sparkMonitor-Hidden">{ path }</caption>
                    <tbody>
                        { for lines(was.as_deref(), becomes.as_deref()).into_iter().map(line_view) }
                    </tbody>
                </table>
            </div>
        </details>
    }
}

/// What begins and ends alike is left out; between are the lines that go and those that come.
pub fn lines<'a>(was: Option<&'a str>, becomes: Option<&'a str>) -> Vec<(bool, &'a str)> {
    let (was, becomes): (Vec<_>, Vec<_>) =
        (was.unwrap_or_default().lines().collect(), becomes.unwrap_or_default().lines().collect());
    let begins = was.iter().zip(&becomes).take_while(|(old, new)| old == new).count();
    let (was, becomes) = (was.get(begins..).unwrap_or_default(), becomes.get(begins..).unwrap_or_default());
    let ends = was.iter().rev().zip(becomes.iter().rev()).take_while(|(old, new)| old == new).count();
    let old = was.iter().take(was.len() - ends).map(|line| (false, *line));
    old.chain(becomes.iter().take(becomes.len() - ends).map(|line| (true, *line))).collect()
}

fn line_view((is_added, text): (bool, &str)) -> Html {
    let (class, word) = match is_added {
        true => ("sparkMonitor-mod-added", ExportMessage::ChangeAdded),
        false => ("sparkMonitor-mod-removed", ExportMessage::ChangeRemoved),
    };
    html! {
        <tr {class}>
            <td class="sparkMonitor-Diff-word">{ tr(word) }</td>
            <td class="sparkMonitor-Diff-code"><code>{ text }</code></td>
        </tr>
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

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn only_what_differs_is_shown() {
        let changed = lines(Some("a\nb\nc"), Some("a\nx\ny\nc"));
        assert_eq!(changed, [(false, "b"), (true, "x"), (true, "y")]);
        assert_eq!(lines(None, Some("a")), [(true, "a")]);
        assert_eq!(lines(Some("a\na"), Some("a")), [(false, "a")]);
    }
}
