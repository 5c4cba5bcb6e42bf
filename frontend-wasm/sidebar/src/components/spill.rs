//! The warning that data did not fit into memory.

use wire::Spill;
use yew::{Html, classes, html};

use kit::format;
use kit::i18n::{Message, tr};
use kit::parts::tone::{Tone, level_word};

/// How much was spilled, what that means, and how to avoid it. Not a live region, because the bytes change all the
/// time.
pub fn spill_warning(spill: Spill) -> Html {
    let Spill { stages, to_disk_bytes, from_memory_bytes, level } = spill;
    let (bytes, from_memory) = (format::bytes(to_disk_bytes), format::bytes(from_memory_bytes));
    html! {
        <div class={classes!("sparkMonitor-Spill", Tone::from(level).class())}>
            <p class="sparkMonitor-Notice-heading">
                <span class="sparkMonitor-Sign" aria-hidden="true">{ "⚠" }</span>
                { tr(Message::SpillHeading { bytes: &bytes, stages }) }
                <span class="sparkMonitor-Hidden">{ level_word(level) }</span>
            </p>
            <p>{ tr(Message::SpillExplained { from_memory: &from_memory }) }</p>
        </div>
    }
}
