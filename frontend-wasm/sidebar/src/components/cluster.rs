//! The cluster: one line, which unfolds to what is in use and to its workers.

use wire::{Cluster, ClusterKind, Meter, Thresholds};
use yew::{Html, classes, html};

use super::copy_button::copy_button;
use super::fact::fact;
use super::panel_context::Panel;
use super::workers::workers;
use crate::health::{last_seen_alive_ms, trouble};
use crate::model::{Copyable, Model};
use crate::why;
use kit::format;
use kit::i18n::{Message, tr};
use kit::language;
use kit::parts::bar::labelled_meter;
use kit::parts::tone::{Tone, toned};

/// No share is above these.
const NO_WARNING: Thresholds = Thresholds { amber_above_percent: 100, red_above_percent: 100 };

/// The heading's summary: its size while all is well, otherwise what is not, if the sentence above does not say it.
pub fn cluster_line(model: &Model, cluster: &Cluster) -> Html {
    if let Some(at_ms) = last_seen_alive_ms(model, cluster) {
        return toned(Tone::Muted, tr(Message::LastSeenAlive { time: &language::time(at_ms) }));
    }
    match trouble(cluster) {
        Some(_) if !cluster.is_alive() => toned(Tone::Warn, tr(Message::ClusterUnknown)),
        Some(trouble) if why::line(model).as_ref() != Some(&trouble) => toned(Tone::Warn, trouble),
        Some(_) => toned(Tone::Warn, size(cluster)),
        None => Html::from(size(cluster)),
    }
}

fn size(cluster: &Cluster) -> String {
    let Meter { used, total, .. } = cluster.cores;
    let cores = &[language::number(used), language::number(total)].join("/");
    match cluster.memory_mib {
        Some(memory) => {
            let memory = &format::mib_of(memory.used, memory.total);
            tr(Message::ClusterLine { workers: cluster.workers_alive, cores, memory })
        }
        None => tr(Message::DriverLine { cores }),
    }
}

/// What is in use, the workers, the applications and the master's address.
pub fn cluster_overview(panel: &Panel<'_>, cluster: &Cluster) -> Html {
    let is_old = last_seen_alive_ms(panel.model, cluster).is_some();
    let has_master = cluster.kind == ClusterKind::Master;
    let url = cluster.master.as_ref().filter(|_| cluster.is_alive() && !is_old);
    html! {
        <div class={classes!("sparkMonitor-Cluster", is_old.then_some("sparkMonitor-mod-old"))}>
            { cores(panel, cluster) }
            { memory(panel, cluster) }
            { slots(panel) }
            if has_master {
                { workers(panel, cluster) }
                { applications(cluster) }
            }
            { url.map(|master| master_url(panel, &master.url)) }
        </div>
    }
}

/// Applications take all cores by default, so that is no alarm unless another one waits for them.
fn cores(panel: &Panel<'_>, cluster: &Cluster) -> Html {
    let Meter { used, total, .. } = cluster.cores;
    let value = used_of(language::number(used), language::number(total));
    let all_granted = used >= total && cluster.apps_waiting == 0;
    let word = all_granted.then_some(Message::AllGranted);
    labelled_meter(panel.model.preferences.thresholds(), Message::CoresLabel, cluster.cores, &value, word)
}

fn memory(panel: &Panel<'_>, cluster: &Cluster) -> Html {
    let thresholds = panel.model.preferences.thresholds();
    let memory = cluster.memory_mib.map(|memory| {
        let value = used_of(format::mib(memory.used), format::mib(memory.total));
        labelled_meter(thresholds, Message::MemoryLabel, memory, &value, None)
    });
    memory.unwrap_or_default()
}

/// How busy the application's executors are. Being busy is what they are for, so no share of it is a warning.
fn slots(panel: &Panel<'_>) -> Html {
    let Some(executors) = panel.model.executors.body().filter(|executors| executors.task_slots > 0) else {
        return Html::default();
    };
    let (active, slots) = (executors.active_tasks, executors.task_slots);
    let (value, meter) = (tr(Message::SlotsBusy { active, slots }), Meter::new(active.into(), slots.into()));
    labelled_meter(NO_WARNING, Message::TaskSlots, meter, &value, None)
}

fn used_of(used: String, total: String) -> String {
    tr(Message::UsedOf { used: &used, total: &total })
}

fn applications(cluster: &Cluster) -> Html {
    let (running, waiting) = (cluster.apps_running, cluster.apps_waiting);
    let value = match waiting {
        0 => Message::AppsRunning { running },
        waiting => Message::AppsRunningWaiting { running, waiting },
    };
    fact(tr(Message::Applications), Html::from(tr(value)))
}

/// The address that sessions connect to.
fn master_url(panel: &Panel<'_>, url: &str) -> Html {
    html! {
        <p class="sparkMonitor-Fact sparkMonitor-Master">
            <span class="sparkMonitor-Fact-label">{ tr(Message::Master) }</span>
            <span class="sparkMonitor-Master-url" title={url.to_owned()}>{ url }</span>
            { copy_button(panel, Copyable::MasterUrl, Message::CopyMasterUrl, url) }
        </p>
    }
}
