//! The way of a job: it is delivered, then followed until its end.

use std::sync::Arc;

use monitor::clock;
use notebook_job::File;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::{
    Place, errors, folder,
    kept::Look,
    record::{Delivery, Told},
};
use crate::{
    export::{
        Exports,
        airflow::{
            Airflow,
            drive::{Driver, Pace},
            error::AirflowError,
            follow::Follow,
            shipped::{self, Shipped},
            state::{Act, Wish},
        },
        git::{self, Agreed},
    },
    words::{errors::Explained, git as of_git, shipments as words},
};

/// A job that begins its way.
pub(super) struct Load {
    pub files: Vec<File>,
    /// The plan that the person was shown.
    pub plan: String,
    pub message: String,
    pub wish: Wish,
}

/// A job that this sidecar holds, and what a person does with it.
pub(super) struct Held {
    pub id: String,
    pub owner: String,
    pub acts: mpsc::Receiver<Act>,
}

/// Begins.
pub(super) fn begin(exports: &Arc<Exports>, held: Held, dag_id: String, load: Load) {
    let tasks = exports.shipments.tasks.clone();
    let exports = Arc::clone(exports);
    tasks.spawn(|end| async move {
        let (delivery, follow) = deliver(&exports, &held.id, &dag_id, load).await;
        let (id, delivered) = (held.id.clone(), follow.clone());
        let kept = exports.on_disk(move |exports| {
            let mut look = exports.shipments.kept.held();
            let has_ended = delivered.is_none();
            look.change(&id, |record| (record.delivery, record.follow) = (delivery, delivered));
            if has_ended {
                look.release(&id);
            }
            Ok(())
        });
        if let (Ok(()), Some(follow)) = (kept.await, follow) {
            drive(&exports, held, follow, end).await;
        }
    });
}

/// Goes on with what nobody follows any more. What another sidecar follows is its own.
pub(super) async fn resume(exports: &Arc<Exports>) {
    let held = exports.on_disk(|exports| {
        let mut look = exports.shipments.kept.look();
        let mut held = Vec::new();
        for id in look.not_followed() {
            let (record, acts) = match look.hold(&id) {
                Ok(Some(held)) => held,
                Ok(None) => continue,
                Err(error) => {
                    tracing::warn!(%error, shipment.id = id, "A job on its way cannot be followed");
                    continue;
                }
            };
            match &record.follow {
                Some(follow) if !record.has_ended() => {
                    held.push((Held { id, owner: record.owner.clone(), acts }, follow.clone()));
                    continue;
                }
                Some(_) => {}
                None if record.has_ended() => {}
                None => look.change(&id, |record| {
                    let why = (&words::restarted()).into();
                    record.delivery = Delivery::Failed { at_ms: clock::now_ms(), why };
                }),
            }
            look.release(&id);
        }
        Ok(held)
    });
    for (held, follow) in held.await.unwrap_or_default() {
        go_on(exports, held, follow);
    }
}

/// Follows a job whose follower has ended, or is gone.
pub(super) fn go_on(exports: &Arc<Exports>, held: Held, follow: Follow) {
    let followed = Arc::clone(exports);
    exports.shipments.tasks.spawn(|end| async move { drive(&followed, held, follow, end).await });
}

async fn deliver(exports: &Exports, id: &str, dag_id: &str, load: Load) -> (Delivery, Option<Follow>) {
    let Load { files, plan, message, wish } = load;
    let delivered = match exports.place() {
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
            written.map(|()| in_folder(dag_id)).map_err(|error| {
                tracing::warn!(%error, shipment.id = id, "A job was not delivered");
                errors::of_folder(&error)
            })
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

/// Follows a job in Airflow to its end, and lets go of it.
async fn drive(exports: &Arc<Exports>, held: Held, mut follow: Follow, end: CancellationToken) {
    let Held { id, owner, mut acts } = held;
    let airflow = exports.shipments.airflow.as_ref();
    let airflow = airflow.map(|airflow| airflow.on_behalf_of(&upstream::Caller::new(owner.as_bytes())));
    loop {
        match &airflow {
            Some(airflow) => follow = drive_once(exports, &id, airflow.clone(), follow, &mut acts, &end).await,
            // There was one before the sidecar was started again.
            None => follow.refuse(AirflowError::NotConfigured, clock::now_ms()),
        }
        let (job, is_end) = (id.clone(), end.is_cancelled());
        let ended =
            exports.on_disk(move |exports| Ok(left(&mut exports.shipments.kept.held(), &job, follow, acts, is_end)));
        let Ok(Some(still)) = ended.await else { return };
        (follow, acts) = still;
    }
}

/// Keeps the end of a job and lets go of it. What is left to follow if a person acted as it ended, or before the sidecar
/// ends: under the look's lock, whoever acts either is heard here, or finds that nobody follows the job.
fn left(
    look: &mut Look<'_>,
    id: &str,
    mut follow: Follow,
    mut acts: mpsc::Receiver<Act>,
    is_end: bool,
) -> Option<(Follow, mpsc::Receiver<Act>)> {
    while let Ok(act) = acts.try_recv() {
        follow.act(act, clock::now_ms());
    }
    look.change(id, |record| record.follow = Some(follow.clone()));
    if is_end || follow.is_over() {
        look.release(id);
        return None;
    }
    Some((follow, acts))
}

/// Follows a job in Airflow. Each change but its end is kept.
async fn drive_once(
    exports: &Arc<Exports>,
    id: &str,
    airflow: Airflow,
    follow: Follow,
    acts: &mut mpsc::Receiver<Act>,
    end: &CancellationToken,
) -> Follow {
    let (changes, mut changed) = watch::channel(follow.clone());
    let keep = async {
        while changed.changed().await.is_ok() {
            let (now, id) = (changed.borrow_and_update().clone(), id.to_owned());
            // Its end is kept when the job is let go of, in one step: whoever sees it finds that nobody follows the job.
            if now.is_over() {
                continue;
            }
            let kept = exports.on_disk(move |exports| {
                exports.shipments.kept.held().change(&id, |record| record.follow = Some(now));
                Ok(())
            });
            // It is logged, and the next change is kept with it.
            let _ = kept.await;
        }
    };
    let driver = Driver::new(airflow, Pace::default());
    let follow = async move {
        let changed = move |now: &Follow| _ = changes.send(now.clone());
        driver.drive(follow, acts, end.clone(), changed).await
    };
    tokio::join!(follow, keep).0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{
        super::{kept::Kept, record::Record},
        *,
    };

    fn follow() -> Follow {
        let file = |name: &str, content: &str| File { name: name.to_owned(), content: content.into() };
        let files = [file("job.cells.json", r#"{"lines":[]}"#), file("a_dag.py", "")];
        let shipped = Shipped::new("a", "a", &files, shipped::Delivery::Folder).unwrap();
        Follow::new(shipped, Wish::default(), "monitor-a", Duration::from_secs(60), 1)
    }

    #[test]
    fn what_a_person_does_as_the_follower_ends_is_not_lost() {
        let home = tempfile::tempdir().unwrap();
        let kept = Kept::new(Some(home.path().to_owned()));
        let record = Record {
            id: "a".to_owned(),
            owner: String::new(),
            path: "a.ipynb".to_owned(),
            dag_id: "a".to_owned(),
            started_at_ms: 1,
            delivery: Delivery::Done { at_ms: 2, commit: None, url: None, is_new: true },
            follow: Some(follow()),
        };
        let acts = kept.look().add(record).unwrap();
        let mut over = follow();
        over.refuse(AirflowError::NotConfigured, 2);
        kept.look().acts("a").unwrap().try_send(Act::Retry).unwrap();
        let (again, acts) = left(&mut kept.held(), "a", over.clone(), acts, false).unwrap();
        assert!(!again.is_over() && kept.look().acts("a").is_some());
        kept.look().acts("a").unwrap().try_send(Act::Cancel).unwrap();
        assert!(left(&mut kept.held(), "a", again, acts, true).is_none(), "the sidecar ends");
        let record = kept.look().of("", "a").unwrap();
        assert!(record.has_ended() && kept.look().acts("a").is_none(), "canceled, and nobody follows it");
    }
}
