//! Whether Airflow answers, as whom, and what is missing.

use wire::export::AirflowCheck;
use yew::{Html, html};

use super::model::Act;
use super::shipments_pane::error_view;
use kit::asked::Asked;
use kit::i18n::{ExportMessage, tr};
use kit::language;
use kit::parts::notice::problem_notice;
use kit::parts::tone::{Tone, toned};

pub fn airflow_line(check: &Asked, act: &Act) -> Html {
    match (check.answer::<AirflowCheck>(), check.problem()) {
        (Some(check), _) => html! { <div class="sparkMonitor-Export-airflow">{ answered(check, act) }</div> },
        (None, Some(problem)) => problem_notice(problem),
        (None, None) if check.pending => toned(Tone::Muted, tr(ExportMessage::AirflowAsked)),
        (None, None) => Html::default(),
    }
}

/// What was found.
pub fn answered(check: &AirflowCheck, act: &Act) -> Html {
    let said = check.version.as_ref().map(|version| match &check.user {
        Some(user) => tr(ExportMessage::AirflowAnswersAs { version, user }),
        None => tr(ExportMessage::AirflowAnswers { version }),
    });
    let tone = if check.missing.is_empty() { Tone::Good } else { Tone::Warn };
    // Each sentence has its translatable form at the same place.
    let missing = check.missing.iter().enumerate().map(|(place, sentence)| {
        let parts = check.missing_sentences.get(place).cloned();
        html! { <p>{ language::said(sentence, &parts.into_iter().collect::<Vec<_>>()) }</p> }
    });
    html! {
        <>
            { said.map(|said| toned(tone, said)) }
            { for missing }
            { check.error.as_ref().map(|error| error_view(error, Some(act))) }
        </>
    }
}
