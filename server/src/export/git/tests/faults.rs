//! Hosts that break off, hang or send too much: nothing is half pushed, and nothing is left behind.

use std::{fs, io::Write, time::Duration};

use tokio::net::TcpListener;

use super::{
    super::GitError,
    http_host::{Fault, HttpHost, TOKEN},
    repository::{Bare, Person, delivery, job},
    secrets::recorded,
};

#[tokio::test]
async fn a_host_that_breaks_off_before_the_push_has_nothing_of_it() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    let head = bare.head();
    let host = HttpHost::start(&bare, Fault::BreaksBefore).await;
    let ann = Person::with(&host.url, Some(TOKEN));
    let error = ann.deliver(&delivery("sales", &files)).await.unwrap_err();
    assert!(matches!(error, GitError::Failed { .. }), "{error:?}");
    assert_eq!(bare.head(), head);
    drop(host);
    let error = ann.plan(&delivery("sales", &files)).await.unwrap_err();
    assert!(matches!(error, GitError::Unreachable), "{error:?}");
}

#[tokio::test]
async fn a_push_that_arrived_without_an_answer_is_a_delivery() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    let host = HttpHost::start(&bare, Fault::BreaksAfter).await;
    let delivered = Person::with(&host.url, Some(TOKEN)).deliver(&delivery("sales", &files)).await.unwrap();
    assert_eq!((delivered.commit, bare.commits()), (bare.head(), 2));
}

#[tokio::test]
async fn a_host_that_never_answers_ends_at_the_deadline_with_all_processes() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jobs.git", silent.local_addr().unwrap());
    let mut ann = Person::with(&url, Some(TOKEN));
    let calls = recorded(&mut ann);
    let ann = ann.deadline(Duration::from_secs(3));
    let files = job("print(1)\n");
    let error = ann.plan(&delivery("sales", &files)).await.unwrap_err();
    assert!(matches!(error, GitError::Timeout { after } if after == Duration::from_secs(3)), "{error:?}");
    let groups: Vec<i32> = calls.lines().iter().map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect();
    assert!(!groups.is_empty());
    // A process that was killed ends in its own time.
    while groups.iter().any(|group| is_alive(*group)) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Whether the group has a process that is no zombie.
fn is_alive(group: i32) -> bool {
    fs::read_dir("/proc").unwrap().flatten().any(|process| {
        let stat = fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        // After the name: state, parent, group.
        let fields = stat.rsplit_once(") ").map(|(_, rest)| rest.split(' ').collect::<Vec<_>>()).unwrap_or_default();
        fields.get(2) == Some(&group.to_string().as_str()) && !["Z", "X"].contains(&fields[0])
    })
}

#[tokio::test]
async fn a_repository_that_is_too_large_is_not_kept() {
    let bare = Bare::with_readme();
    bare.change(|work| {
        // It cannot be compressed.
        let mut noise = vec![0; 3 << 20];
        getrandom::fill(&mut noise).unwrap();
        fs::File::create(work.join("noise")).unwrap().write_all(&noise).unwrap();
    });
    let (mut ann, files) = (Person::new(&bare.url()), job("print(1)\n"));
    ann.site.most_bytes = 1 << 20;
    let error = ann.plan(&delivery("sales", &files)).await.unwrap_err();
    assert!(matches!(error, GitError::TooLarge { most_bytes: 1_048_576 }), "{error:?}");
    assert!(!ann.cache().join("repository.git").exists());
    // A host that can leave contents out has room for it.
    bare.git(&["config", "uploadpack.allowFilter", "true"]);
    ann.deliver(&delivery("sales", &files)).await.unwrap();
    assert_eq!(bare.files().len(), 4);
}

#[tokio::test]
async fn what_a_killed_git_left_behind_stops_nobody() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    let ann = Person::new(&bare.url());
    ann.deliver(&delivery("sales", &files)).await.unwrap();
    let cache = ann.cache().join("repository.git");
    for name in ["shallow.lock", "config.lock", "job.index.lock", "refs/spark-monitor/head.lock"] {
        fs::write(cache.join(name), "").unwrap();
    }
    bare.commit(&[("other", Some("x"))]);
    ann.deliver(&delivery("stock", &files)).await.unwrap();

    // Nor does a folder that is no repository any more, at the latest the second time.
    fs::remove_dir_all(cache.join("objects")).unwrap();
    let _ = ann.deliver(&delivery("third", &files)).await;
    ann.deliver(&delivery("third", &files)).await.unwrap();
    assert_eq!(bare.commits(), 5);
}

#[tokio::test]
async fn without_git_it_says_so() {
    let bare = Bare::with_readme();
    let mut ann = Person::new(&bare.url());
    ann.site.environment = vec![("PATH", ann.folder.path().into())];
    let error = ann.plan(&delivery("sales", &job(""))).await.unwrap_err();
    assert!(matches!(error, GitError::NotInstalled), "{error:?}");
}
