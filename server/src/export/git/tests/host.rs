//! Deliveries to a host over HTTP, and what a host can refuse.

use super::{
    super::{Content, GitError},
    http_host::{Fault, HttpHost, TOKEN},
    proxy::Proxy,
    repository::{Bare, Person, delivery, job},
};

#[tokio::test]
async fn a_job_is_delivered_over_http_with_the_token() {
    let bare = Bare::with_readme();
    bare.commit(&[("dags/sales/job.py", Some("old\n")), ("dags/sales/job.cells.json", Some("{}")), ("big", Some("x"))]);
    let host = HttpHost::start(&bare, Fault::None).await;
    let (ann, files) = (Person::with(&host.url, Some(TOKEN)), job("print(1)\n"));
    let plan = ann.plan(&delivery("sales", &files)).await.unwrap();
    assert_eq!(plan.changes[0].was, Some(Content::Text("old\n".to_owned())));
    let delivered = ann.push(&delivery("sales", &files), &plan.seen).await.unwrap();
    assert_eq!((bare.head(), bare.commits(), host.pushes()), (delivered.commit, 3, 1));
    assert_eq!(bare.content("big"), "x", "others' files stay");
    assert!(host.signed_in() > 0);
    bare.git(&["fsck", "--strict"]);
}

#[tokio::test]
async fn only_files_that_are_compared_are_fetched_where_the_host_can_leave_the_rest_out() {
    let bare = Bare::with_readme();
    bare.git(&["config", "uploadpack.allowFilter", "true"]);
    bare.commit(&[("dags/sales/job.py", Some("old\n")), ("dags/sales/job.cells.json", Some("{}")), ("big", Some("x"))]);
    let host = HttpHost::start(&bare, Fault::None).await;
    let (ann, files) = (Person::with(&host.url, Some(TOKEN)), job("print(1)\n"));
    let plan = ann.plan(&delivery("sales", &files)).await.unwrap();
    assert_eq!(plan.changes[0].was, Some(Content::Text("old\n".to_owned())));
    ann.push(&delivery("sales", &files), &plan.seen).await.unwrap();
    bare.commit(&[("other", Some("more"))]);
    ann.deliver(&delivery("other", &files)).await.unwrap();
    assert_eq!((bare.commits(), bare.content("big").as_str(), bare.content("other").as_str()), (5, "x", "more"));
    bare.git(&["fsck", "--strict"]);
    let blob = bare.git(&["rev-parse", "main:big"]);
    let mut git = std::process::Command::new("git");
    super::repository::clean(&mut git, ann.folder.path());
    git.env("GIT_NO_LAZY_FETCH", "1").current_dir(ann.cache().join("repository.git"));
    let done = git.args(["cat-file", "-e", blob.trim()]).output().unwrap();
    assert!(!done.status.success(), "its content was fetched for nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_proxy_gets_the_token_unencrypted() {
    let (bare, files, proxy) = (Bare::with_readme(), job("print(1)\n"), Proxy::start().await);
    let host = HttpHost::start(&bare, Fault::None).await;
    let mut ann = Person::with(&host.url, Some(TOKEN));
    let everywhere = ["http_proxy", "ALL_PROXY", "all_proxy"].map(|name| (name, proxy.url.clone().into()));
    ann.site.environment.extend(everywhere);
    ann.deliver(&delivery("sales", &files)).await.unwrap();
    assert_eq!((host.pushes(), bare.commits()), (1, 2));
    assert_eq!(proxy.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn a_wrong_token_is_refused_without_showing_it() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    let host = HttpHost::start(&bare, Fault::None).await;
    for token in [Some("CANARY-wrong"), None] {
        let error = Person::with(&host.url, token).plan(&delivery("sales", &files)).await.unwrap_err();
        assert!(matches!(error, GitError::SignIn), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("CANARY"), "{error:?}");
    }
}

#[tokio::test]
async fn a_host_that_refuses_or_fails_is_told_apart() {
    let files = job("print(1)\n");
    for (fault, expected) in
        [(Fault::ReadOnly, "Forbidden"), (Fault::Redirects, "Redirect"), (Fault::Fails, "HostFailed")]
    {
        let bare = Bare::with_readme();
        let host = HttpHost::start(&bare, fault).await;
        let error = Person::with(&host.url, Some(TOKEN)).deliver(&delivery("sales", &files)).await.unwrap_err();
        let said = format!("{error:?}");
        assert!(said.starts_with(expected) && !said.contains("CANARY"), "{said}");
        assert_eq!((bare.commits(), host.pushes()), (1, 0));
        assert!(fault != Fault::Redirects || host.signed_in() == 0, "nobody asked for the token");
    }
}

#[tokio::test]
async fn a_repository_or_host_that_is_not_there_is_named_as_such() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    let host = HttpHost::start(&bare, Fault::None).await;
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, expected) in [
        (host.url.replace("jobs.git", "other.git"), "RepositoryMissing"),
        (bare.url().replace("jobs.git", "other.git"), "RepositoryMissing"),
        (format!("http://{gone}/jobs.git"), "Unreachable"),
    ] {
        let error = Person::with(&url, Some(TOKEN)).plan(&delivery("sales", &files)).await.unwrap_err();
        assert_eq!(format!("{error:?}"), expected, "{url}");
    }
}

#[tokio::test]
async fn a_hook_that_declines_is_quoted_cleaned_and_nothing_is_pushed() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    bare.hook(
        "pre-receive",
        "printf '\\033[31mNot on Friday\\033[0m, see https://u:pw@h/p?x=1 CANARY-token\\n'; exit 1",
    );
    let head = bare.head();
    let host = HttpHost::start(&bare, Fault::None).await;
    for url in [host.url.clone(), bare.url()] {
        let error = Person::with(&url, Some(TOKEN)).deliver(&delivery("sales", &files)).await.unwrap_err();
        let GitError::Declined { message } = error else { panic!("{error:?}") };
        assert!(message.starts_with("Not on Friday, see https://h/p "), "{message}");
        assert!(message.ends_with("(pre-receive hook declined)"), "{message}");
        assert_eq!((message.contains("pw"), bare.head()), (false, head.clone()));
        assert!(url == bare.url() || !message.contains("CANARY"), "{message}");
    }
}
