//! Whether the standalone master takes jobs.

use wire::export::StandaloneCheck;
use yew::{Html, html};

use super::model::Act;
use super::shipments_pane::error_view;
use kit::asked::Asked;
use kit::i18n::{ExportMessage, tr};
use kit::parts::notice::problem_notice;
use kit::parts::tone::{Tone, toned};

pub fn master_line(check: &Asked, act: &Act) -> Html {
    match (check.answer::<StandaloneCheck>(), check.problem()) {
        (Some(check), _) => html! { <div class="sparkMonitor-Export-airflow">{ answered(check, act) }</div> },
        (None, Some(problem)) => problem_notice(problem),
        (None, None) if check.pending => toned(Tone::Muted, tr(ExportMessage::MasterAsked)),
        (None, None) => Html::default(),
    }
}

/// What was found.
pub fn answered(check: &StandaloneCheck, act: &Act) -> Html {
    match &check.error {
        Some(error) => error_view(error, Some(act)),
        None => {
            let version = check.version.as_deref().unwrap_or_default();
            toned(Tone::Good, tr(ExportMessage::MasterAnswers { version }))
        }
    }
}
