//! The cluster at a glance: workers, cores, memory.

use wire::{Cluster, ClusterKind, MasterStatus};
use yew::{Html, Properties, component, html};

use super::bar::UsageBar;
use super::tone::{Dot, Tone};
use crate::format;
use crate::i18n::{Message, tr};

#[derive(Properties, PartialEq)]
pub struct ClusterProps {
    pub cluster: Cluster,
}

/// The cluster's workers and how much of it is in use.
#[component]
pub fn ClusterOverview(props: &ClusterProps) -> Html {
    let Cluster {
        cores,
        memory_mib,
        apps_running,
        apps_waiting,
        ..
    } = &props.cluster;
    let cores_value = used_of(cores.used.to_string(), cores.total.to_string());
    let memory = memory_mib.map(|memory| {
        (
            memory,
            used_of(format::mib(memory.used), format::mib(memory.total)),
        )
    });
    let apps = Message::AppsRunningWaiting {
        running: *apps_running,
        waiting: *apps_waiting,
    };
    html! {
        <div class="sparkMonitor-Cluster">
            if props.cluster.kind == ClusterKind::Master {
                { workers(&props.cluster) }
            }
            <UsageBar label={tr(Message::CoresLabel)} meter={*cores} value={cores_value} />
            if let Some((meter, value)) = memory {
                <UsageBar label={tr(Message::MemoryLabel)} {meter} {value} />
            }
            if props.cluster.kind == ClusterKind::Master {
                <p class="sparkMonitor-Fact">
                    <span class="sparkMonitor-Fact-label">{ tr(Message::Applications) }</span>
                    <span>{ tr(apps) }</span>
                </p>
            }
        </div>
    }
}

fn used_of(used: String, total: String) -> String {
    tr(Message::UsedOf {
        used: &used,
        total: &total,
    })
}

/// How many workers are ready, or that the cluster is still starting.
fn workers(cluster: &Cluster) -> Html {
    let (ready, wanted) = (cluster.workers_alive, cluster.workers_wanted);
    if wanted == 0 {
        return html! {
            <p class="sparkMonitor-Starting" role="status"><Dot tone={Tone::Warn} />{ tr(Message::NoWorkers) }</p>
        };
    }
    if ready < wanted || !is_alive(cluster) {
        let starting = Message::ClusterStarting { ready, wanted };
        return html! {
            <p class="sparkMonitor-Starting" role="status"><Dot tone={Tone::Warn} />{ tr(starting) }</p>
        };
    }
    let workers = used_of(ready.to_string(), wanted.to_string());
    html! {
        <p class="sparkMonitor-Fact">
            <span class="sparkMonitor-Fact-label">{ tr(Message::Workers) }</span>
            <span>{ workers }</span>
        </p>
    }
}

fn is_alive(cluster: &Cluster) -> bool {
    cluster
        .master
        .as_ref()
        .is_some_and(|master| master.status == MasterStatus::Alive)
}

/// The master's state, for the heading.
#[component]
pub fn ClusterSummary(props: &ClusterProps) -> Html {
    let (message, tone) = match props.cluster.master.as_ref().map(|master| master.status) {
        None => (Message::DriverOnly, Tone::Good),
        Some(MasterStatus::Alive) => (Message::MasterAlive, Tone::Good),
        Some(MasterStatus::Standby) => (Message::MasterStandby, Tone::Warn),
        Some(MasterStatus::Recovering) => (Message::MasterRecovering, Tone::Warn),
        Some(MasterStatus::Unknown) => (Message::MasterUnknown, Tone::Muted),
    };
    html! { <><Dot {tone} />{ tr(message) }</> }
}
