//! What a delivery changes, and what it leaves alone.

use super::{
    super::{Agreed, Change, Content, GitError, Repository},
    repository::{Bare, Person, delivery, file, job},
};

/// Where it is, whether something was there, and whether that was ours.
fn shown(change: &Change) -> (&str, bool, bool) {
    (&change.path, change.was.is_some(), change.ours)
}

fn text(text: &str) -> Option<Content> {
    Some(Content::Text(text.to_owned()))
}

#[tokio::test]
async fn a_job_is_one_commit_whose_changes_were_shown_before() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    let (ann, sales) = (Person::new(&bare.url()), delivery("sales", &files));
    let head = bare.head();
    let plan = ann.plan(&sales).await.unwrap();
    assert_eq!(plan.head.as_deref(), Some(head.as_str()));
    let shown: Vec<_> = plan.changes.iter().map(shown).collect();
    assert_eq!(shown, [("dags/sales/job.py", false, true), ("dags/sales/job.cells.json", false, true)]);
    assert_eq!(plan.changes[0].becomes, text("print(1)\n"));
    assert_eq!(bare.head(), head, "a plan changes nothing");

    let delivered = ann.push(&sales, &plan.seen).await.unwrap();
    assert_eq!((delivered.commit.as_str(), delivered.is_new), (bare.head().as_str(), true));
    assert_eq!((delivered.branch.as_str(), delivered.folder.as_str()), ("main", "dags/sales"));
    assert_eq!(bare.files(), ["README", "dags/sales/job.cells.json", "dags/sales/job.py"]);
    assert_eq!(
        bare.git(&["log", "-1", "--format=%P %an <%ae> %s", "main"]),
        format!("{head} ann <noreply@localhost> Deliver sales\n")
    );
    assert_eq!(bare.content("dags/sales/job.py"), "print(1)\n");
    bare.git(&["fsck", "--strict"]);
}

#[tokio::test]
async fn an_unchanged_job_says_so_and_is_not_pushed_again() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    let (ann, sales) = (Person::new(&bare.url()), delivery("sales", &files));
    let first = ann.deliver(&sales).await.unwrap();
    assert!(ann.plan(&sales).await.unwrap().is_unchanged());
    let again = ann.push(&sales, "whatever was seen").await.unwrap();
    assert_eq!((again.commit, again.is_new, bare.commits()), (first.commit, false, 2));
}

#[tokio::test]
async fn the_first_commit_of_an_empty_repository_works() {
    let (bare, files) = (Bare::empty(), job("print(1)\n"));
    let (ann, sales) = (Person::new(&bare.url()), delivery("sales", &files));
    let plan = ann.plan(&sales).await.unwrap();
    assert_eq!((plan.head.clone(), plan.changes.len()), (None, 2));
    ann.push(&sales, &plan.seen).await.unwrap();
    assert_eq!((bare.commits(), bare.files().len()), (1, 2));
    ann.deliver(&delivery("other", &files)).await.unwrap();
    assert_eq!((bare.commits(), bare.files().len()), (2, 4));
}

#[tokio::test]
async fn a_branch_that_is_missing_beside_others_is_named() {
    let bare = Bare::with_readme();
    let mut ann = Person::new(&bare.url());
    "prod".clone_into(&mut ann.site.branch);
    let files = job("");
    let error = ann.plan(&delivery("sales", &files)).await.unwrap_err();
    assert!(matches!(&error, GitError::BranchMissing { branch } if branch == "prod"), "{error:?}");
    "a@{b".clone_into(&mut ann.site.branch);
    assert!(matches!(ann.plan(&delivery("sales", &files)).await, Err(GitError::BranchName)));
}

#[tokio::test]
async fn what_the_job_no_longer_has_is_removed_and_what_others_put_there_stays() {
    let workflow = "# Made by berdl-spark-monitor: runs.\n";
    let bare = Bare::with_readme();
    let ann = Person::new(&bare.url());
    let mut files = job("print(1)\n");
    files.extend([file("requirements.txt", "a\n"), file("old_dag.py", workflow), file(".airflowignore", "job.py\n")]);
    ann.deliver(&delivery("sales", &files)).await.unwrap();
    let theirs = [
        ("dags/sales/helper.py", Some("x\n")),
        ("dags/sales/their_dag.py", Some("# Mine.\n")),
        ("dags/sales/sub/job.py", Some("")),
    ];
    bare.commit(&theirs);

    let mut files = job("print(2)\n");
    files.push(file("new_dag.py", workflow));
    let plan = ann.plan(&delivery("sales", &files)).await.unwrap();
    let removed: Vec<_> = plan.changes.iter().filter(|c| c.becomes.is_none()).map(|c| c.path.as_str()).collect();
    assert_eq!(removed, ["dags/sales/.airflowignore", "dags/sales/old_dag.py", "dags/sales/requirements.txt"]);
    ann.push(&delivery("sales", &files), &plan.seen).await.unwrap();
    let left = ["helper.py", "job.cells.json", "job.py", "new_dag.py", "sub/job.py", "their_dag.py"];
    assert_eq!(bare.files()[1..], left.map(|name| format!("dags/sales/{name}")));
    assert_eq!(bare.files()[0], "README");
}

#[tokio::test]
async fn a_file_that_no_export_wrote_is_replaced_only_on_request() {
    let bare = Bare::with_readme();
    bare.commit(&[("dags/sales/job.py", Some("by hand\n"))]);
    let (ann, files) = (Person::new(&bare.url()), job("print(1)\n"));
    let sales = delivery("sales", &files);
    let plan = ann.plan(&sales).await.unwrap();
    let change = &plan.changes[0];
    assert_eq!(
        (change.was.clone(), change.becomes.clone(), change.ours),
        (text("by hand\n"), text("print(1)\n"), false)
    );
    assert!(plan.replaces_foreign());
    assert!(matches!(ann.push(&sales, &plan.seen).await, Err(GitError::Foreign(shown)) if *shown == plan));
    assert_eq!(bare.content("dags/sales/job.py"), "by hand\n");

    let repository = Repository::open(&ann.site, None).unwrap();
    let agreed = Agreed { seen: &plan.seen, replace: true };
    repository.push(&sales, agreed, "").await.unwrap();
    assert_eq!(bare.content("dags/sales/job.py"), "print(1)\n");
    assert!(!ann.plan(&delivery("sales", &job("print(2)\n"))).await.unwrap().replaces_foreign(), "now it is ours");
}

#[tokio::test]
async fn a_workflow_written_by_hand_in_a_jobs_folder_is_not_ours() {
    let bare = Bare::with_readme();
    let ann = Person::new(&bare.url());
    ann.deliver(&delivery("sales", &job("print(1)\n"))).await.unwrap();
    bare.commit(&[("dags/sales/sales_dag.py", Some("# By hand.\n"))]);
    let mut files = job("print(1)\n");
    files.push(file("sales_dag.py", "# Made by berdl-spark-monitor: runs.\n"));
    let plan = ann.plan(&delivery("sales", &files)).await.unwrap();
    assert_eq!((plan.changes.len(), plan.replaces_foreign()), (1, true));
}

#[tokio::test]
async fn what_is_in_the_way_is_named_and_stays() {
    let bare = Bare::with_readme();
    bare.commit(&[("dags/file", Some("x")), ("dags/deep/job.py/inner", Some("x"))]);
    // Where the repository is checked out, a link in place of a folder leads out of it.
    bare.change(|work| std::os::unix::fs::symlink("/etc", work.join("dags/link")).unwrap());
    let (ann, files) = (Person::new(&bare.url()), job("print(1)\n"));
    for (folder, expected) in
        [("file", "dags/file"), ("file/a", "dags/file"), ("deep", "dags/deep/job.py"), ("link", "dags/link")]
    {
        let error = ann.plan(&delivery(folder, &files)).await.unwrap_err();
        assert!(matches!(&error, GitError::InTheWay { path } if path == expected), "{error:?}");
    }
    assert!(matches!(ann.plan(&delivery("../x", &files)).await, Err(GitError::Path(_))));
}

#[tokio::test]
async fn content_that_is_no_text_is_only_counted() {
    let bare = Bare::with_readme();
    bare.commit(&[("dags/sales/job.py", Some("a\0b")), ("dags/sales/requirements.txt", Some(&"x\n".repeat(300_000)))]);
    let mut files = job("print(1)\n");
    files.push(file("requirements.txt", "a\n"));
    let plan = Person::new(&bare.url()).plan(&delivery("sales", &files)).await.unwrap();
    let was: Vec<_> = plan.changes.iter().map(|change| change.was.clone()).collect();
    assert_eq!(was, [Some(Content::Opaque { bytes: 3 }), None, Some(Content::Opaque { bytes: 600_000 })]);
}
