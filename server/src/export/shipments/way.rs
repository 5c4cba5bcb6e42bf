//! The way of a job: it is delivered, then followed until its end.

mod deliver;

use std::sync::Arc;

use futures_util::FutureExt;
use monitor::clock;
use notebook_job::File;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use self::deliver::deliver;
use super::{Standalone, follow::Follow, kept::Look, record::Delivery};
use crate::{
    export::{
        Exports,
        airflow::{
            self,
            drive::{Driver, Pace},
            error::AirflowError,
            state::{Act, Wish},
        },
        standalone::{self, error::SubmissionError, follow::Submission},
    },
    words::shipments as words,
};

/// A job that begins its way.
pub(super) struct Load {
    pub files: Vec<File>,
    /// The plan that the person was shown.
    pub plan: String,
    pub what: What,
}

/// What becomes of a job that was delivered.
pub(super) enum What {
    /// A workflow, which Airflow finds in the repository or the folder.
    Workflow { message: String, wish: Wish },
    /// It is submitted to a standalone master; none if it is not, or not now.
    Submission(Option<Submission>),
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
                None => {
                    look.change(&id, |record| {
                        let why = (&words::restarted()).into();
                        record.delivery = Delivery::Failed { at_ms: clock::now_ms(), why };
                    });
                }
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

/// Follows a job to its end, and lets go of it.
async fn drive(exports: &Arc<Exports>, held: Held, mut follow: Follow, end: CancellationToken) {
    let Held { id, owner, mut acts } = held;
    loop {
        follow = match follow {
            Follow::Airflow(follow) => in_airflow(exports, (&id, &owner), *follow, &mut acts, &end).await.into(),
            Follow::Standalone(follow) => on_cluster(exports, (&id, &owner), *follow, &mut acts, &end).await.into(),
        };
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

/// Follows a job on a standalone cluster. Each change but its end is kept.
async fn on_cluster(
    exports: &Arc<Exports>,
    (id, owner): (&str, &str),
    mut follow: standalone::follow::Follow,
    acts: &mut mpsc::Receiver<Act>,
    end: &CancellationToken,
) -> standalone::follow::Follow {
    let standalone = exports.shipments.standalone.as_ref();
    // What a person agreed to was for that master.
    let same = standalone.filter(|standalone| standalone.site.rest_url.as_str() == follow.submission.rest_url);
    let Some(Standalone { site, submissions }) = same else {
        follow.refuse(SubmissionError::NotConfigured, clock::now_ms());
        return follow;
    };
    let keep = |now: &standalone::follow::Follow| {
        let (exports, now, id) = (Arc::clone(exports), now.clone(), id.to_owned());
        let keep = move |exports: &Exports| {
            Ok(exports.shipments.kept.held().change(&id, |record| record.follow = Some(now.into())))
        };
        async move { exports.on_disk(keep).await.unwrap_or(false) }.boxed()
    };
    let submissions = submissions.on_behalf_of(&upstream::Caller::new(owner.as_bytes()));
    let driver = standalone::drive::Driver::new(submissions, site.folder.clone(), standalone::drive::Pace::default());
    driver.drive(follow, acts, end.clone(), &keep).await
}

/// Follows a job in Airflow. Each change but its end is kept.
async fn in_airflow(
    exports: &Arc<Exports>,
    (id, owner): (&str, &str),
    mut follow: airflow::follow::Follow,
    acts: &mut mpsc::Receiver<Act>,
    end: &CancellationToken,
) -> airflow::follow::Follow {
    let Some(airflow) = &exports.shipments.airflow else {
        // There was one before the sidecar was started again.
        follow.refuse(AirflowError::NotConfigured, clock::now_ms());
        return follow;
    };
    let airflow = airflow.on_behalf_of(&upstream::Caller::new(owner.as_bytes()));
    let (changes, mut changed) = watch::channel(follow.clone());
    let keep = async {
        while changed.changed().await.is_ok() {
            let (now, id) = (changed.borrow_and_update().clone(), id.to_owned());
            // Its end is kept when the job is let go of, in one step: whoever sees it finds that nobody follows the job.
            if now.is_over() {
                continue;
            }
            let kept = exports.on_disk(move |exports| {
                exports.shipments.kept.held().change(&id, |record| record.follow = Some(now.into()));
                Ok(())
            });
            // It is logged, and the next change is kept with it.
            let _ = kept.await;
        }
    };
    let driver = Driver::new(airflow, Pace::default());
    let follow = async move {
        let changed = move |now: &airflow::follow::Follow| _ = changes.send(now.clone());
        driver.drive(follow, acts, end.clone(), changed).await
    };
    tokio::join!(follow, keep).0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use wire::export::ShipmentPlace;

    use super::{
        super::{kept::Kept, record::Record},
        *,
    };
    use crate::export::airflow::shipped::{self, Shipped};

    fn follow() -> airflow::follow::Follow {
        let file = |name: &str, content: &str| File { name: name.to_owned(), content: content.into() };
        let files = [file("job.cells.json", r#"{"lines":[]}"#), file("a_dag.py", "")];
        let shipped = Shipped::new("a", "a", &files, shipped::Delivery::Folder).unwrap();
        airflow::follow::Follow::new(shipped, Wish::default(), "monitor-a", Duration::from_secs(60), 1)
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
            place: ShipmentPlace::Airflow,
            delivery: Delivery::Done { at_ms: 2, commit: None, url: None, is_new: true, merge_request: None },
            follow: Some(follow().into()),
        };
        let acts = kept.look().add(record).unwrap();
        let mut over = follow();
        over.refuse(AirflowError::NotConfigured, 2);
        kept.look().acts("a").unwrap().try_send(Act::Retry).unwrap();
        let (again, acts) = left(&mut kept.held(), "a", over.clone().into(), acts, false).unwrap();
        assert!(!again.is_over() && kept.look().acts("a").is_some());
        kept.look().acts("a").unwrap().try_send(Act::Cancel).unwrap();
        assert!(left(&mut kept.held(), "a", again, acts, true).is_none(), "the sidecar ends");
        let record = kept.look().of("", "a").unwrap();
        assert!(record.has_ended() && kept.look().acts("a").is_none(), "canceled, and nobody follows it");
    }
}
