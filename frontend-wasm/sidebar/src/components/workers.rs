//! The cluster's workers: host, state, cores, memory, and how old the last heartbeat is.

use wire::{Cluster, Worker, WorkerState};
use yew::{Html, html};

use super::fact::fact;
use super::panel_context::Panel;
use kit::format;
use kit::i18n::{Message, tr};
use kit::parts::notice::muted;
use kit::parts::tone::{Tone, toned};

/// One item per worker, living ones first; nothing while there are none.
pub fn workers(panel: &Panel<'_>, cluster: &Cluster) -> Html {
    if cluster.workers.is_empty() {
        return Html::default();
    }
    // By the sidecar's clock, because heartbeats are.
    let now_ms = panel.model.now_ms - panel.model.clock_ahead_ms.unwrap_or_default();
    html! {
        <>
            { for cluster.workers.iter().map(|known| worker(known, now_ms)) }
            if cluster.workers_not_shown > 0 {
                { muted(Message::MoreWorkers { count: cluster.workers_not_shown }) }
            }
        </>
    }
}

fn worker(worker: &Worker, now_ms: i64) -> Html {
    let (tone, state) = match worker.state {
        WorkerState::Alive => (Tone::Good, Message::WorkerAlive),
        WorkerState::Dead => (Tone::Bad, Message::WorkerDead),
        WorkerState::Decommissioned => (Tone::Muted, Message::WorkerDecommissioned),
        WorkerState::Unknown => (Tone::Muted, Message::ClusterUnknown),
    };
    let age_ms = u64::try_from(now_ms - worker.last_heartbeat_ms).unwrap_or_default();
    let time = &format::duration((age_ms / 1000).max(1) * 1000);
    let (cores, memory) = (worker.cores, worker.memory_mib);
    let memory = &format::mib_of(memory.used, memory.total);
    html! {
        <div key={worker.worker_id.clone()}>
            { fact(worker.host.clone(), toned(tone, tr(state))) }
            { muted(Message::WorkerFacts { used: cores.used, total: cores.total, memory, time }) }
        </div>
    }
}
