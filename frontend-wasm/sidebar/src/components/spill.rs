//! The warning that data of a query did not fit into memory, with the code that avoids it.

use wire::Stage;
use yew::{Html, html};

use super::copy_button::code_to_copy;
use super::panel_context::Panel;
use super::query_origin::title;
use crate::model::{Action, Copyable};
use kit::format;
use kit::i18n::{Message, tr};
use kit::parts::icon_button::icon_button;

/// The first of the shown queries whose spill nobody has dismissed. Not a live region, because the bytes change all
/// the time.
pub fn spill_warning(panel: &Panel<'_>) -> Option<Html> {
    let queries = panel.model.queries.body()?;
    let all = || queries.running.iter().chain(&queries.recent);
    let query =
        all().find(|query| query.spilled.is_some() && !panel.model.dismissed_spills.contains(&query.query_id))?;
    let Stage { stage_id, tasks, spilled_to_disk_bytes, spilled_from_memory_bytes, .. } = query.spilled.as_ref()?;
    let (bytes, from_memory) = (&format::bytes(*spilled_to_disk_bytes), &format::bytes(*spilled_from_memory_bytes));
    let place = tr(Message::SpillWhere { query: &title(panel, queries, query).0, stage_id: *stage_id });
    let dismiss = panel.on_click(Action::DismissSpill(query.query_id.clone()));
    Some(html! {
        <div id="sparkMonitor-spill" class="sparkMonitor-Spill sparkMonitor-mod-warn">
            <div class="sparkMonitor-Spill-head">
                <p class="sparkMonitor-Notice-heading">
                    <span class="sparkMonitor-Sign" aria-hidden="true">{ "⚠" }</span>
                    { tr(Message::SpillHeading { bytes }) }
                </p>
                { icon_button("close", Message::Dismiss, dismiss) }
            </div>
            <p class="sparkMonitor-Spill-query" title={query.name.clone()}>{ place }</p>
            <p>{ tr(Message::SpillExplained { from_memory, tasks: tasks.total }) }</p>
            { code_to_copy(panel, Copyable::SpillCode, query.spill_code.as_deref().unwrap_or_default()) }
        </div>
    })
}
