//! Deliveries through the APIs of three git hosts, whose doubles keep real repositories.

use std::time::Duration;

use tokio::{io::AsyncReadExt, net::TcpListener};

use super::{
    super::{Api, Content, Delivered, Delivery, GitError, Plan, Repository},
    api_host::{ApiHost, Fault, TOKEN},
    proxy::Proxy,
    repository::{Bare, Person, delivery, file, job},
};
use crate::config::{GitApi, GitApiKind};

pub(super) const KINDS: [(GitApiKind, &str); 3] =
    [(GitApiKind::GitHub, "github"), (GitApiKind::Gitea, "gitea"), (GitApiKind::GitLab, "gitlab")];

/// A person without the program git: any call of it would end in an error.
pub(super) struct Without(#[expect(dead_code, reason = "its folder lives as long")] Person, Repository);

impl Without {
    pub(super) fn git(kind: &str, url: &str, token: &str) -> Self {
        Self::with(kind, url, token, |_| {})
    }

    pub(super) fn with(kind: &str, url: &str, token: &str, change: impl FnOnce(&mut Person)) -> Self {
        let mut person = Person::with(url, Some(token));
        person.site.api = Some(GitApi::of(kind, &person.site.url, true).unwrap());
        person.site.environment = vec![("PATH", "/nowhere".into())];
        person.site.cache_folder = None;
        change(&mut person);
        let api = Api::of(&person.site, &upstream::client_config(&[]).unwrap()).unwrap().unwrap();
        let repository = Repository::through(&person.site, api);
        Self(person, repository)
    }

    pub(super) async fn plan(&self, delivery: &Delivery<'_>) -> Result<Plan, GitError> {
        self.1.plan(delivery).await
    }

    pub(super) async fn push(&self, delivery: &Delivery<'_>, seen: &str) -> Result<Delivered, GitError> {
        self.1.push(delivery, super::super::Agreed { seen, replace: false }, "Deliver sales").await
    }

    async fn answers(&self) -> Result<(), GitError> {
        self.1.answers().await
    }

    pub(super) async fn deliver(&self, delivery: &Delivery<'_>) -> Result<Delivered, GitError> {
        let plan = self.plan(delivery).await?;
        self.push(delivery, &plan.seen).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_takes_a_job_as_one_commit_whose_changes_were_shown_before() {
    for (kind, name) in KINDS {
        let bare = Bare::with_readme();
        let host = ApiHost::start(kind, &bare, Fault::None).await;
        let ann = Without::git(name, &host.url, TOKEN);
        let mut files = job("print('ä')\n");
        files.push(file("requirements.txt", "a\n"));
        let head = bare.head();
        let plan = ann.plan(&delivery("sales", &files)).await.unwrap();
        assert_eq!((plan.head.as_deref(), plan.changes.len()), (Some(head.as_str()), 3), "{name}");
        assert_eq!(bare.head(), head, "a plan changes nothing");
        let delivered = ann.push(&delivery("sales", &files), &plan.seen).await.unwrap();
        assert_eq!((delivered.commit.as_str(), delivered.is_new), (bare.head().as_str(), true), "{name}");
        assert_eq!(bare.git(&["log", "-1", "--format=%P %an %s", "main"]), format!("{head} ann Deliver sales\n"));
        assert_eq!(bare.content("dags/sales/job.py"), "print('ä')\n");
        assert!(!ann.deliver(&delivery("sales", &files)).await.unwrap().is_new, "{name}: it is there as it is");

        // One file changes, one goes, others' stay.
        bare.commit(&[("dags/sales/helper.py", Some("x\n"))]);
        let changed = job("print(2)\n");
        let plan = ann.plan(&delivery("sales", &changed)).await.unwrap();
        let was: Vec<_> = plan.changes.iter().map(|change| change.was.clone()).collect();
        let text = |text: &str| Some(Content::Text(text.to_owned()));
        assert_eq!(was, [text("print('ä')\n"), text("a\n")], "{name}");
        ann.push(&delivery("sales", &changed), &plan.seen).await.unwrap();
        let left = ["README", "dags/sales/helper.py", "dags/sales/job.cells.json", "dags/sales/job.py"];
        assert_eq!(bare.files(), left, "{name}");
        assert_eq!((bare.commits(), ann.1.names().await.unwrap()), (4, vec!["sales".to_owned()]), "{name}");
        bare.git(&["fsck", "--strict"]);
        for (_, address, headers) in host.heard() {
            assert!(!address.contains(TOKEN), "{address}");
            assert_eq!(headers["authorization"], format!("Bearer {TOKEN}"));
        }
    }
}

/// As the program git sees it: a plan of one is a plan of the other.
#[tokio::test(flavor = "multi_thread")]
async fn the_plan_is_the_same_as_with_git() {
    for (kind, name) in KINDS {
        let bare = Bare::with_readme();
        bare.commit(&[("dags/sales/job.py", Some("by hand\n")), ("dags/file", Some("x"))]);
        let host = ApiHost::start(kind, &bare, Fault::None).await;
        let (ann, files) = (Without::git(name, &host.url, TOKEN), job("print(1)\n"));
        let by_git = Person::new(&bare.url()).plan(&delivery("sales", &files)).await.unwrap();
        let plan = ann.plan(&delivery("sales", &files)).await.unwrap();
        assert_eq!(plan, by_git, "{name}");
        assert!(matches!(ann.push(&delivery("sales", &files), &plan.seen).await, Err(GitError::Foreign(_))), "{name}");
        let error = ann.plan(&delivery("file", &files)).await.unwrap_err();
        assert!(matches!(&error, GitError::InTheWay { path } if path == "dags/file"), "{name}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_others_changed_meanwhile_is_a_conflict_through_an_api() {
    for (kind, name) in KINDS {
        let bare = Bare::with_readme();
        let host = ApiHost::start(kind, &bare, Fault::None).await;
        let (ann, bob) = (Without::git(name, &host.url, TOKEN), Without::git(name, &host.url, TOKEN));
        let (mine, theirs) = (job("print('ann')\n"), job("print('bob')\n"));
        let plan = ann.plan(&delivery("sales", &mine)).await.unwrap();
        bob.deliver(&delivery("sales", &theirs)).await.unwrap();
        let error = ann.push(&delivery("sales", &mine), &plan.seen).await.unwrap_err();
        let GitError::Conflict(now) = error else { panic!("{name}: {error:?}") };
        assert_eq!((now.head.clone(), now.changes.len()), (Some(bare.head()), 1), "{name}");
        assert_eq!(bare.content("dags/sales/job.py"), "print('bob')\n");
        ann.push(&delivery("sales", &mine), &now.seen).await.unwrap();
        assert_eq!(bare.content("dags/sales/job.py"), "print('ann')\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_deliver_at_once_through_an_api_and_both_commits_survive() {
    for (kind, name) in KINDS {
        let bare = Bare::with_readme();
        let host = ApiHost::start(kind, &bare, Fault::None).await;
        let (ann, bob) = (Without::git(name, &host.url, TOKEN), Without::git(name, &host.url, TOKEN));
        for round in 0..3 {
            let files = job(&format!("print({round})\n"));
            let (sales, stock) = (delivery("sales", &files), delivery("stock", &files));
            let (a, b) = tokio::join!(ann.deliver(&sales), bob.deliver(&stock));
            let (a, b) = (a.unwrap(), b.unwrap());
            let log = bare.git(&["rev-list", "main"]);
            assert!(log.contains(&a.commit) && log.contains(&b.commit), "{name}, round {round}: {log}");
            assert_eq!(bare.commits(), 3 + 2 * round, "{name}");
        }
        bare.git(&["fsck", "--strict"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_is_faster_stays() {
    for (kind, name) in KINDS {
        let bare = Bare::with_readme();
        let host = ApiHost::start(kind, &bare, Fault::Faster).await;
        let files = job("print(1)\n");
        Without::git(name, &host.url, TOKEN).deliver(&delivery("sales", &files)).await.unwrap();
        assert_eq!((bare.commits(), bare.content("other/file")), (3, "faster\n".to_owned()), "{name}");
        assert_eq!(bare.content("dags/sales/job.py"), "print(1)\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_arrived_without_an_answer_is_a_delivery() {
    for (kind, name) in KINDS {
        let bare = Bare::with_readme();
        let host = ApiHost::start(kind, &bare, Fault::BreaksAfter).await;
        let files = job("print(1)\n");
        let delivered = Without::git(name, &host.url, TOKEN).deliver(&delivery("sales", &files)).await.unwrap();
        assert_eq!((delivered.commit, bare.commits()), (bare.head(), 2), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_api_refuses_is_said_and_nothing_has_changed() {
    type Is = fn(&GitError) -> bool;
    let faults: [(Fault, Is); 5] = [
        (Fault::Redirects, |error| matches!(error, GitError::Redirect)),
        (Fault::ReadOnly, |error| matches!(error, GitError::Forbidden)),
        (
            Fault::RateLimits,
            |error| matches!(error, GitError::RateLimited { after } if *after == Some(Duration::from_secs(60))),
        ),
        (Fault::Page, |error| matches!(error, GitError::NotApi)),
        (Fault::Protected, |error| matches!(error, GitError::Declined { .. } | GitError::Forbidden)),
    ];
    for (kind, name) in KINDS {
        let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
        let head = bare.head();
        for (fault, is) in faults {
            let host = ApiHost::start(kind, &bare, fault).await;
            let error = Without::git(name, &host.url, TOKEN).deliver(&delivery("sales", &files)).await.unwrap_err();
            assert!(is(&error), "{name}, {fault:?}: {error:?}");
            assert!(!format!("{error:?} {error}").contains(TOKEN));
        }
        let host = ApiHost::start(kind, &bare, Fault::None).await;
        let error = Without::git(name, &host.url, "another").answers().await.unwrap_err();
        assert!(matches!(error, GitError::SignIn), "{name}: {error:?}");
        let other = |change: fn(&mut Person)| Without::with(name, &host.url, TOKEN, change);
        let error = other(|ann| "prod".clone_into(&mut ann.site.branch)).answers().await.unwrap_err();
        assert!(matches!(&error, GitError::BranchMissing { branch } if branch == "prod"), "{name}: {error:?}");
        let url = host.url.replace("jobs.git", "none");
        let error = Without::git(name, &url, TOKEN).answers().await.unwrap_err();
        assert!(matches!(error, GitError::RepositoryMissing), "{name}: {error:?}");
        let url = host.url.clone();
        drop(host);
        let error = Without::git(name, &url, TOKEN).answers().await.unwrap_err();
        assert!(matches!(error, GitError::Unreachable), "{name}: {error:?}");
        assert_eq!(bare.head(), head, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_repository_gets_its_first_commit_where_the_api_can_make_it() {
    for (kind, name) in KINDS {
        let (bare, files) = (Bare::empty(), job("print(1)\n"));
        let host = ApiHost::start(kind, &bare, Fault::None).await;
        let ann = Without::git(name, &host.url, TOKEN);
        let delivered = ann.deliver(&delivery("sales", &files)).await;
        if kind == GitApiKind::GitHub {
            assert!(matches!(delivered, Err(GitError::EmptyRepository)), "{delivered:?}");
            assert_eq!(bare.git(&["for-each-ref"]), "");
            continue;
        }
        assert_eq!((delivered.unwrap().commit, bare.commits()), (bare.head(), 1), "{name}");
        assert_eq!(bare.files(), ["dags/sales/job.cells.json", "dags/sales/job.py"], "{name}");
        bare.git(&["fsck", "--strict"]);
    }
    for (kind, name) in KINDS.into_iter().filter(|(kind, _)| *kind != GitApiKind::GitHub) {
        let bare = Bare::empty();
        let host = ApiHost::start(kind, &bare, Fault::None).await;
        let ann = Without::git(name, &host.url, TOKEN);
        ann.answers().await.unwrap();
        assert_eq!(ann.1.names().await.unwrap(), Vec::<String>::new(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_too_long_to_be_shown_is_not_read_but_replaced_all_the_same() {
    for (kind, name) in KINDS {
        let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
        let long = "x".repeat(2 << 20);
        bare.commit(&[("dags/sales/job.py", Some(&long)), ("dags/sales/job.cells.json", Some("{}"))]);
        let host = ApiHost::start(kind, &bare, Fault::None).await;
        let ann = Without::with(name, &host.url, TOKEN, |ann| ann.site.most_bytes = 1 << 20);
        let plan = ann.plan(&delivery("sales", &files)).await.unwrap();
        assert_eq!(plan.changes[0].was, Some(Content::Opaque { bytes: 2 << 20 }), "{name}");
        ann.push(&delivery("sales", &files), &plan.seen).await.unwrap();
        assert_eq!(bare.content("dags/sales/job.py"), "print(1)\n", "{name}");
    }
}

/// An older Gitea. If others were faster, its 404 names a file.
#[tokio::test(flavor = "multi_thread")]
async fn a_gitea_without_the_call_is_not_taken_for_one_where_others_are_faster() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    let host = ApiHost::start(GitApiKind::Gitea, &bare, Fault::NoSuchCall).await;
    let error = Without::git("gitea", &host.url, TOKEN).deliver(&delivery("sales", &files)).await.unwrap_err();
    assert!(matches!(error, GitError::NoSuchCall), "{error:?}");
    let asked = host.heard().into_iter().filter(|(method, _, _)| method == "POST").count();
    assert_eq!((asked, bare.commits()), (1, 1), "it is not tried again");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_proxy_gets_an_apis_token_unencrypted() {
    for (kind, name) in KINDS {
        let (bare, files, proxy) = (Bare::with_readme(), job("print(1)\n"), Proxy::start().await);
        let host = ApiHost::start(kind, &bare, Fault::None).await;
        let everywhere = ["http_proxy", "ALL_PROXY"].map(|variable| (variable, proxy.url.clone().into()));
        let ann = Without::with(name, &host.url, TOKEN, |ann| ann.site.environment.extend(everywhere));
        ann.deliver(&delivery("sales", &files)).await.unwrap();
        assert_eq!((proxy.heard(), bare.commits()), (Vec::new(), 2), "{name}");
    }
}

#[tokio::test]
async fn an_api_is_asked_through_the_proxy_of_the_environment() {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let api = through(&address);
    let heard = async {
        let (mut socket, _) = proxy.accept().await.unwrap();
        let mut line = [0; 28];
        socket.read_exact(&mut line).await.unwrap();
        String::from_utf8_lossy(&line).into_owned()
    };
    let (heard, asked) = tokio::join!(heard, api.head());
    assert_eq!(heard, "CONNECT git.example:443 HTTP");
    assert!(asked.is_err(), "it has closed the connection");
}

#[tokio::test]
async fn a_proxy_that_cannot_be_used_fails_each_delivery_and_nothing_else() {
    let error = through("socks5://127.0.0.1:1").head().await.unwrap_err();
    assert!(matches!(error, GitError::Proxy), "{error:?}");
}

/// The API of a host that is reached through a proxy.
fn through(proxy: &str) -> Api {
    let mut person = Person::with("https://git.example/team/jobs.git", Some(TOKEN));
    person.site.api = Some(GitApi::of("gitea", &person.site.url, true).unwrap());
    person.site.environment.retain(|(name, _)| !name.to_lowercase().ends_with("_proxy"));
    person.site.environment.push(("ALL_PROXY", proxy.into()));
    Api::of(&person.site, &upstream::client_config(&[]).unwrap()).unwrap().unwrap()
}

#[tokio::test]
async fn an_api_that_never_answers_ends_at_the_deadline() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/team/jobs.git", silent.local_addr().unwrap());
    let ann = Without::with("gitea", &url, TOKEN, |ann| ann.site.deadline = Duration::from_millis(300));
    let error = ann.answers().await.unwrap_err();
    assert!(matches!(error, GitError::Timeout { after } if after == Duration::from_millis(300)), "{error:?}");
}
