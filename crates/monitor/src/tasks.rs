//! Background tasks that are told when the program ends and get time to finish.

use std::time::Duration;

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Starts tasks and waits for them at shutdown. Cheap to clone; clones share the tasks.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    end: CancellationToken,
}

impl Tasks {
    /// Starts a task. Its token is cancelled at shutdown: the task must then stop soon, after writing what must not be
    /// lost.
    pub fn spawn<Work>(&self, task: impl FnOnce(CancellationToken) -> Work)
    where
        Work: Future<Output = ()> + Send + 'static,
    {
        self.tracker.spawn(task(self.end.clone()));
    }

    /// Waits until no task is running.
    pub async fn at_rest(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }

    /// Cancels all tasks and waits for them at most `grace`.
    pub async fn end(&self, grace: Duration) {
        self.end.cancel();
        if tokio::time::timeout(grace, self.at_rest()).await.is_err() {
            tracing::warn!(tasks = self.tracker.len(), "Background work was not finished when it was time to leave");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use tokio::time::Instant;

    use super::*;

    const GRACE: Duration = Duration::from_secs(3);

    #[tokio::test(start_paused = true)]
    async fn a_task_that_writes_finishes_before_the_end() {
        let (tasks, written) = (Tasks::default(), Arc::new(AtomicBool::new(false)));
        let flag = Arc::clone(&written);
        tasks.spawn(|end| async move {
            end.cancelled().await;
            tokio::time::sleep(GRACE / 2).await;
            flag.store(true, Ordering::Relaxed);
        });
        tasks.end(GRACE).await;
        assert!(written.load(Ordering::Relaxed));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_does_not_stop_is_left_behind_in_the_end() {
        let tasks = Tasks::default();
        tasks.spawn(|_| std::future::pending());
        let begin = Instant::now();
        tasks.end(GRACE).await;
        assert_eq!(begin.elapsed(), GRACE);
    }
}
