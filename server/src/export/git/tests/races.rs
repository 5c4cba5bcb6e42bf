//! Several people who push at the same time.

use super::{
    super::GitError,
    http_host::{Fault, HttpHost, TOKEN},
    repository::{Bare, Person, delivery, job},
};

#[tokio::test]
async fn two_people_push_at_once_and_both_commits_survive() {
    let bare = Bare::with_readme();
    let host = HttpHost::start(&bare, Fault::None).await;
    let (ann, bob) = (Person::with(&host.url, Some(TOKEN)), Person::new(&bare.url()));
    for round in 0..5 {
        let files = job(&format!("print({round})\n"));
        let (sales, stock) = (delivery("sales", &files), delivery("stock", &files));
        let (a, b) = tokio::join!(ann.deliver(&sales), bob.deliver(&stock));
        let (a, b) = (a.unwrap(), b.unwrap());
        let log = bare.git(&["rev-list", "main"]);
        assert!(log.contains(&a.commit) && log.contains(&b.commit), "round {round}: {log}");
        assert_eq!(bare.commits(), 3 + 2 * round);
        for folder in ["sales", "stock"] {
            assert_eq!(bare.content(&format!("dags/{folder}/job.py")), format!("print({round})\n"));
        }
    }
    bare.git(&["fsck", "--strict"]);
}

#[tokio::test]
async fn a_rejected_push_is_made_again_on_the_new_head() {
    let bare = Bare::with_readme();
    let (ann, files) = (Person::new(&bare.url()), job("print(1)\n"));
    let plan = ann.plan(&delivery("sales", &files)).await.unwrap();
    // Somebody else is faster once: exactly when our push arrives.
    let other = bare.git(&["commit-tree", "main^{tree}", "-p", "main", "-m", "faster"]);
    let script = format!(
        "[ -e faster ] || {{ touch faster; unset GIT_QUARANTINE_PATH; git update-ref refs/heads/main {}; }}",
        other.trim()
    );
    bare.hook("pre-receive", &script);
    let delivered = ann.push(&delivery("sales", &files), &plan.seen).await.unwrap();
    assert_eq!(bare.git(&["rev-list", "main"]).lines().take(2).collect::<Vec<_>>(), [&delivered.commit, other.trim()]);
}

#[tokio::test]
async fn a_job_that_others_changed_meanwhile_is_a_conflict_with_the_new_difference() {
    let bare = Bare::with_readme();
    let (ann, bob) = (Person::new(&bare.url()), Person::new(&bare.url()));
    let (mine, theirs) = (job("print('ann')\n"), job("print('bob')\n"));
    let plan = ann.plan(&delivery("sales", &mine)).await.unwrap();
    bob.deliver(&delivery("sales", &theirs)).await.unwrap();
    let error = ann.push(&delivery("sales", &mine), &plan.seen).await.unwrap_err();
    let GitError::Conflict(now) = error else { panic!("{error:?}") };
    assert_eq!(now.head, Some(bare.head()));
    assert_eq!(now.changes.len(), 1, "the other file is the same");
    assert_eq!(bare.content("dags/sales/job.py"), "print('bob')\n");
    ann.push(&delivery("sales", &mine), &now.seen).await.unwrap();
    assert_eq!(bare.content("dags/sales/job.py"), "print('ann')\n");
}

#[tokio::test]
async fn another_job_than_was_shown_is_not_pushed() {
    let bare = Bare::with_readme();
    let ann = Person::new(&bare.url());
    let plan = ann.plan(&delivery("sales", &job("print(1)\n"))).await.unwrap();
    let changed = job("print(2)\n");
    assert!(matches!(ann.push(&delivery("sales", &changed), &plan.seen).await, Err(GitError::Conflict(_))));
    assert_eq!(bare.commits(), 1);
}

#[tokio::test]
async fn a_branch_that_moves_each_time_ends_the_attempts() {
    let bare = Bare::with_readme();
    bare.hook("update", "git update-ref refs/heads/main $(git commit-tree main^{tree} -p main -m x)");
    bare.hook("pre-receive", "true");
    let (ann, files) = (Person::new(&bare.url()), job("print(1)\n"));
    let ended = ann.deliver(&delivery("sales", &files)).await;
    assert!(matches!(ended, Err(GitError::Busy | GitError::Declined { .. })), "{ended:?}");
    assert_eq!(bare.files(), ["README"]);
}

#[tokio::test]
async fn two_exports_of_one_person_take_turns() {
    let bare = Bare::with_readme();
    let (ann, files) = (Person::new(&bare.url()), job("print(1)\n"));
    let folders = ["a", "b", "c"];
    let [a, b, c] = folders.map(|folder| delivery(folder, &files));
    let (a, b, c) = tokio::join!(ann.deliver(&a), ann.deliver(&b), ann.deliver(&c));
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(bare.commits(), 4);
}

#[tokio::test]
async fn a_delivery_runs_in_a_task_of_its_own() {
    let bare = Bare::with_readme();
    let ann = Person::new(&bare.url());
    let task = tokio::spawn(async move {
        let files = job("print(1)\n");
        ann.deliver(&delivery("sales", &files)).await
    });
    assert!(task.await.unwrap().unwrap().is_new);
    assert_eq!(bare.commits(), 2);
}
