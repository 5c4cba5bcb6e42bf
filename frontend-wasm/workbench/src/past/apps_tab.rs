//! The tab "Spark applications": what was seen of each, running or gone.

use wire::past::{PastAppDetail, PastApps};
use yew::{Html, Properties, component, html, use_reducer};

use super::apps_view::{app_view, apps_list};
use super::asked::{read, use_past};
use super::master_detail::{columns, newest, refresh};
use super::model::{Act, Action, Model};
use kit::api::Api;
use kit::i18n::{PastMessage, tr};
use kit::parts::notice::muted;
use kit::tab::use_tab_shown;

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct AppsTabProps {
    pub api: Api,
    /// JupyterLab shows the tab.
    pub shown: bool,
    /// The application that a person came for.
    pub app_id: Option<String>,
    /// How many times one was asked for.
    pub opens: u32,
    /// How many times another session was answered than before.
    pub forgets: u32,
}

#[component]
pub fn AppsTab(props: &AppsTabProps) -> Html {
    let shown = use_tab_shown() && props.shown;
    let model = use_reducer(Model::default);
    let dispatcher = model.dispatcher();
    let act = Act::from(move |action: Action| dispatcher.dispatch(action));
    let chosen = model.chosen(props.app_id.as_deref(), props.opens);
    let route = Some("history/applications".to_owned());
    let apps = use_past(&props.api, route, read::<PastApps>, shown, model.refreshes);
    let app_route =
        chosen.map(|app_id| ["history/applications/", &String::from(js_sys::encode_uri_component(app_id))].concat());
    let app = use_past(&props.api, app_route.clone(), read::<PastAppDetail>, shown, model.refreshes);
    let app = app.to(app_route.as_deref());
    let content = apps.filled(|apps: &PastApps| {
        let detail = match chosen {
            Some(_) => app.filled(app_view),
            None if apps.apps.is_empty() => Html::default(),
            None => muted(PastMessage::ChooseApp),
        };
        let list = apps_list(apps, js_sys::Date::now() as i64, chosen, props.opens, &act);
        columns(list, newest(apps.has_more, apps.apps.len()), detail)
    });
    html! {
        <div class="sparkMonitor-PastTab">
            <h2 class="sparkMonitor-Report-title">{ tr(PastMessage::PastApplications) }</h2>
            <div class="sparkMonitor-Buttons">{ refresh(&act) }</div>
            { content }
        </div>
    }
}
