//! The plan of the statement that the editor had when it was asked for.

use web_sys::HtmlSelectElement;
use wire::sql::SqlPlan;
use yew::{Callback, Event, Html, Properties, TargetCast, component, html, use_state};

use super::arguments::{Form, arguments};
use super::editor::Statement;
use super::error_view::error_view;
use super::plan_tree::plan_tree;
use super::tokens::parameters;
use kit::api::Api;
use kit::asked::{read, use_asked};
use kit::i18n::{SqlMessage, tr};
use kit::json_text::{object_json, text_json};
use kit::parts::notice::{loading, muted};
use kit::question::Question;

const MODES: [(&str, SqlMessage<'static>); 5] = [
    ("formatted", SqlMessage::PlanFormatted),
    ("simple", SqlMessage::PlanSimple),
    ("extended", SqlMessage::PlanExtended),
    ("cost", SqlMessage::PlanCost),
    ("codegen", SqlMessage::PlanCodegen),
];

#[derive(Clone, PartialEq, Properties)]
pub struct StudyProps {
    pub api: Api,
    pub session_id: Option<String>,
    /// The statement, and how often one was asked for.
    pub studied: Option<(Statement, u32)>,
    pub form: Form,
}

impl StudyProps {
    /// The request for a statement's plan or schema; none without a statement or a session.
    pub fn question(&self, route: &str, mode: Option<&str>) -> Option<Question> {
        let (statement, number) = self.studied.clone()?;
        if statement.sql.trim().is_empty() {
            return None;
        }
        let mut fields = arguments(&parameters(&statement.sql), &self.form);
        fields.push(("session", text_json(self.session_id.as_ref()?)));
        fields.push(("sql", text_json(&statement.sql)));
        fields.extend(mode.map(|mode| ("mode", text_json(mode))));
        Some(Question { number, ..Question::post(route, object_json(&fields)) })
    }
}

/// Five modes; the formatted plan is drawn as a tree.
#[component]
pub fn PlanPane(props: &StudyProps) -> Html {
    let mode = use_state(|| "formatted");
    let asked = use_asked(&props.api, props.question("sql/explain", Some(*mode)), read::<SqlPlan>);
    let on_mode = {
        let mode = mode.setter();
        Callback::from(move |event: Event| {
            let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
            if let Some((known, _)) = MODES.iter().find(|(known, _)| **known == chosen) {
                mode.set(*known);
            }
        })
    };
    let option = |(name, words): &(&'static str, SqlMessage<'static>)| {
        html! { <option value={*name} selected={*name == *mode}>{ tr(*words) }</option> }
    };
    html! {
        <div class="sparkMonitor-Plan">
            <div class="sparkMonitor-Buttons">
                <label class="sparkMonitor-Sql-read">
                    <span>{ tr(SqlMessage::PlanMode) }</span>
                    <select class="sparkMonitor-App-picker" onchange={on_mode}>{ for MODES.iter().map(option) }</select>
                </label>
                <span class="sparkMonitor-Muted">{ tr(SqlMessage::NothingIsRun) }</span>
            </div>
            if props.studied.as_ref().is_none_or(|(statement, _)| statement.sql.trim().is_empty()) {
                { muted(SqlMessage::EmptyEditor) }
            } else if asked.pending {
                { loading() }
            } else {
                { asked.filled(plan) }
            }
        </div>
    }
}

fn plan(plan: &SqlPlan) -> Html {
    match plan {
        SqlPlan::Failed(error) => error_view(error),
        SqlPlan::Plan { text, tree } if tree.is_empty() => {
            html! { <pre class="sparkMonitor-Code sparkMonitor-Plan-text" tabindex="0">{ text }</pre> }
        }
        SqlPlan::Plan { text, tree } => html! {
            <>
                { plan_tree(tree) }
                <details class="sparkMonitor-Details">
                    <summary>{ tr(SqlMessage::PlanAsText) }</summary>
                    <pre class="sparkMonitor-Code sparkMonitor-Plan-text" tabindex="0">{ text }</pre>
                </details>
            </>
        },
    }
}
