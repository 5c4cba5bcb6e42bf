//! The cluster at a glance: workers, cores, memory.

use wire::{Cluster, ClusterKind, MasterStatus};
use yew::{Html, html};

use super::copy_button::copy_button;
use super::panel_context::Panel;
use crate::model::Copyable;
use kit::format;
use kit::i18n::{Message, tr};
use kit::language;
use kit::parts::bar::labelled_meter;
use kit::parts::tone::{Tone, toned};

/// The cluster's workers and how much of it is in use.
pub fn cluster_overview(panel: &Panel<'_>, cluster: &Cluster) -> Html {
    let thresholds = panel.model.preferences.thresholds();
    let Cluster { kind, cores, memory_mib, .. } = cluster;
    let cores_value = used_of(language::number(cores.used), language::number(cores.total));
    let memory = memory_mib.map(|memory| {
        let value = used_of(format::mib(memory.used), format::mib(memory.total));
        labelled_meter(thresholds, Message::MemoryLabel, memory, &value)
    });
    let has_master = *kind == ClusterKind::Master;
    html! {
        <div class="sparkMonitor-Cluster">
            if has_master {
                { workers(cluster) }
            }
            { labelled_meter(thresholds, Message::CoresLabel, *cores, &cores_value) }
            { memory.unwrap_or_default() }
            if has_master {
                { applications(cluster) }
            }
            { cluster.master.as_ref().map(|master| master_url(panel, &master.url)) }
        </div>
    }
}

fn used_of(used: String, total: String) -> String {
    tr(Message::UsedOf { used: &used, total: &total })
}

/// How many workers are ready, or that the cluster is still starting.
fn workers(cluster: &Cluster) -> Html {
    let (ready, wanted) = (cluster.workers_alive, cluster.workers_wanted);
    let starting = match (ready, wanted) {
        (_, 0) => Some(Message::NoWorkers),
        _ if ready < wanted || !is_alive(cluster) => Some(Message::ClusterStarting { ready, wanted }),
        _ => None,
    };
    if let Some(starting) = starting {
        return html! { <p role="status">{ toned(Tone::Warn, tr(starting)) }</p> };
    }
    fact(Message::Workers, used_of(language::number(ready.into()), language::number(wanted.into())))
}

fn applications(cluster: &Cluster) -> Html {
    let (running, waiting) = (cluster.apps_running, cluster.apps_waiting);
    fact(
        Message::Applications,
        tr(match waiting {
            0 => Message::AppsRunning { running },
            waiting => Message::AppsRunningWaiting { running, waiting },
        }),
    )
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

fn fact(label: Message<'_>, value: String) -> Html {
    html! {
        <p class="sparkMonitor-Fact">
            <span class="sparkMonitor-Fact-label">{ tr(label) }</span>
            <span>{ value }</span>
        </p>
    }
}

fn is_alive(cluster: &Cluster) -> bool {
    cluster.master.as_ref().is_some_and(|master| master.status == MasterStatus::Alive)
}

/// The master's state, for the heading.
pub fn cluster_summary(cluster: &Cluster) -> Html {
    let (message, tone) = match cluster.master.as_ref().map(|master| master.status) {
        None => (Message::DriverOnly, Tone::Good),
        Some(MasterStatus::Alive) => (Message::MasterAlive, Tone::Good),
        Some(MasterStatus::Standby) => (Message::MasterStandby, Tone::Warn),
        Some(MasterStatus::Recovering) => (Message::MasterRecovering, Tone::Warn),
        Some(MasterStatus::Unknown) => (Message::MasterUnknown, Tone::Muted),
    };
    toned(tone, tr(message))
}
