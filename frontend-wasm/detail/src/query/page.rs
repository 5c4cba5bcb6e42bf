//! What the parts of a query's page have in common.

use wire::{FindingRule, Findings, QueryPlans, QueryStages, QueryTasks};
use yew::{Callback, Html, html};

use super::stop::Stopping;
use kit::i18n::{PageMessage, tr};
use kit::loaded::Loaded;

/// Everything that the page shows.
pub struct Page<'a> {
    pub query: &'a Loaded<QueryStages>,
    pub plans: &'a Loaded<QueryPlans>,
    pub findings: &'a Loaded<Findings>,
    pub tasks: &'a Loaded<QueryTasks>,
    /// Tells the ids of this page's elements from those of another one.
    pub number: u32,
    /// The operator whose details are shown: its execution and its number.
    pub chosen: Option<(i64, i64)>,
    pub on_choose: Callback<Option<(i64, i64)>>,
    /// Whether the last copy worked; none before the first.
    pub copied: Option<bool>,
    pub on_copy: Callback<String>,
    /// The rules whose findings the person does not want to see, with commas between them.
    pub muted: &'a str,
    pub on_mute: Callback<(FindingRule, bool)>,
    /// The open notebook whose query it is.
    pub notebook: Option<Notebook>,
    /// Goes to the cell that ran it.
    pub on_cell: Callback<()>,
    /// Whether it runs, and a kernel of this JupyterLab has named its session as its own.
    pub may_stop: bool,
    /// None until a person wants to stop it.
    pub stopping: Option<&'a Stopping>,
    pub on_stop: Callback<Option<Stopping>>,
    /// Leads to a comparison with another query.
    pub on_compare: Callback<()>,
    /// The batches of a stream; empty for another query.
    pub batches: Html,
    /// The settings of its application.
    pub settings: Html,
    /// Saves the page as a file.
    pub save: Html,
}

/// A notebook as the shell sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notebook {
    pub title: String,
    /// By how much Spark's number of a cell exceeds its execution count; none if its kernel has not said.
    pub shift: Option<u32>,
}

/// Code with a button that copies it.
pub fn code(page: &Page<'_>, code: &str) -> Html {
    let text = code.to_owned();
    let onclick = page.on_copy.reform(move |_| text.clone());
    html! {
        <div class="sparkMonitor-QueryPage-code">
            <pre tabindex="0">{ code }</pre>
            <button type="button" class="jp-mod-styled jp-mod-minimal" {onclick}>{ tr(PageMessage::Copy) }</button>
        </div>
    }
}
