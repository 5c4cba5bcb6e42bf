//! The way of a job: it is delivered, then followed until its end.

use std::{io, sync::Arc};

use monitor::clock;
use notebook_job::File;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::{
    Place, folder,
    record::{Delivery, Record, Told},
};
use crate::{
    export::{
        Exports,
        airflow::{
            drive::{Driver, Pace},
            follow::{Follow, Wish},
            shipped::{self, Shipped},
        },
        git::{self, Agreed},
    },
    words::{errors::Explained, git as of_git, shipments as words},
};

/// What a person may do before it is done.
const ACTS: usize = 4;

/// A job that begins its way.
pub(super) struct Load {
    pub files: Vec<File>,
    /// The plan that the person was shown.
    pub plan: String,
    pub message: String,
    pub wish: Wish,
}

/// Begins.
pub(super) fn begin(exports: &Arc<Exports>, record: &Record, load: Load) {
    let (exports, id, dag_id) = (Arc::clone(exports), record.id.clone(), record.dag_id.clone());
    let tasks = exports.shipments.tasks.clone();
    tasks.spawn(|end| async move {
        let (delivery, follow) = deliver(&exports, &id, &dag_id, load).await;
        exports.shipments.kept.change(&id, |record| {
            (record.delivery, record.follow) = (delivery, follow.clone());
        });
        if let Some(follow) = follow {
            drive(&exports, &id, follow, end).await;
        }
    });
}

/// Goes on with what was on its way when the last sidecar ended.
pub(super) fn resume(exports: &Arc<Exports>) {
    let going: Vec<Record> = exports
        .shipments
        .kept
        .with(|jobs| jobs.values().filter(|job| !job.record.has_ended()).map(|job| job.record.clone()).collect());
    for record in going {
        match record.follow {
            Some(follow) => go_on(exports, record.id, follow),
            None => exports.shipments.kept.change(&record.id, |record| {
                let why = (&words::restarted()).into();
                record.delivery = Delivery::Failed { at_ms: clock::now_ms(), why };
            }),
        }
    }
}

/// Follows a job whose follower has ended, or is gone.
pub(super) fn go_on(exports: &Arc<Exports>, id: String, follow: Follow) {
    let followed = Arc::clone(exports);
    exports.shipments.tasks.spawn(|end| async move { drive(&followed, &id, follow, end).await });
}

async fn deliver(exports: &Exports, id: &str, dag_id: &str, load: Load) -> (Delivery, Option<Follow>) {
    let Load { files, plan, message, wish } = load;
    let delivered = match exports.shipments.place() {
        Ok(Place::Repository(repository)) => {
            let delivery = git::Delivery { folder: dag_id, files: &files };
            // Whose files they are was shown with the plan.
            let agreed = Agreed { seen: &plan, replace: true };
            repository.push(&delivery, agreed, &message).await.map_err(|error| {
                tracing::warn!(%error, upstream = "git", shipment.id = id, "A job was not delivered");
                of_git::explained(&error)
            })
        }
        Ok(Place::Folder(workflows)) => {
            let written = folder::deliver(workflows, dag_id, files.clone(), &plan).await;
            written.map(|()| in_folder(dag_id)).map_err(|error: io::Error| words::folder(&error))
        }
        Err(error) => Err(Explained { error: error.error, hint: error.hint }),
    };
    let at_ms = clock::now_ms();
    let done = match delivered {
        Ok(done) => done,
        Err(why) => return (Delivery::Failed { at_ms, why: Told::from(&why) }, None),
    };
    let is_commit = !done.commit.is_empty();
    let by = if is_commit { shipped::Delivery::Commit { id: done.commit.clone() } } else { shipped::Delivery::Folder };
    let follow = exports.shipments.site.api.as_ref().and_then(|api| {
        let shipped = Shipped::new(dag_id, &done.folder, &files, by);
        let shipped = shipped.inspect_err(|error| tracing::error!(%error, shipment.id = id, "A job is not followed"));
        Some(Follow::new(shipped.ok()?, wish, &format!("monitor-{id}"), api.visibility, at_ms))
    });
    let commit = Some(done.commit).filter(|_| is_commit);
    (Delivery::Done { at_ms, commit, url: done.web_url, is_new: done.is_new }, follow)
}

/// A delivery into a folder of workflows, which has no commit.
fn in_folder(dag_id: &str) -> git::Delivered {
    git::Delivered {
        commit: String::new(),
        is_new: true,
        branch: String::new(),
        folder: dag_id.to_owned(),
        web_url: None,
    }
}

/// Follows a job in Airflow. Each change is kept, on a thread that may wait for the disk.
async fn drive(exports: &Arc<Exports>, id: &str, follow: Follow, end: CancellationToken) {
    let Some(airflow) = &exports.shipments.airflow else { return };
    let owner = exports.shipments.kept.with(|jobs| jobs.get(id).map(|job| job.record.owner.clone()));
    let airflow = airflow.on_behalf_of(&upstream::Caller::new(owner.unwrap_or_default().as_bytes()));
    let (acts, acted) = mpsc::channel(ACTS);
    exports.shipments.kept.with(|jobs| {
        if let Some(job) = jobs.get_mut(id) {
            job.acts = Some(acts);
        }
    });
    let (changes, mut changed) = watch::channel(follow.clone());
    let keep = async {
        while changed.changed().await.is_ok() {
            let now = changed.borrow_and_update().clone();
            let (kept, id) = (Arc::clone(&exports.shipments.kept), id.to_owned());
            let kept = tokio::task::spawn_blocking(move || kept.change(&id, |record| record.follow = Some(now)));
            if let Err(error) = kept.await {
                tracing::error!(%error, "How far a job is was not kept");
            }
        }
    };
    let driver = Driver::new(airflow, Pace::default());
    let changes_of_drive = changes.clone();
    let follow = async {
        let last = driver.drive(follow, acted, end, move |now| _ = changes_of_drive.send(now.clone())).await;
        _ = changes.send(last);
        drop(changes);
    };
    tokio::join!(follow, keep);
    exports.shipments.kept.with(|jobs| {
        if let Some(job) = jobs.get_mut(id) {
            job.acts = None;
        }
    });
}
