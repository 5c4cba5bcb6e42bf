//! Jobs that are proposed by merge requests, through the program git and through the APIs of three hosts.

use super::{
    super::{GitError, Plan},
    api::{KINDS, Without},
    api_host::{ApiHost, Fault, MergeRequest, TOKEN},
    http_host::{self, HttpHost},
    repository::{Bare, Person, delivery, job},
};
use crate::config::GitApiKind;

fn person(url: &str) -> Person {
    with_token(url, None)
}

fn with_token(url: &str, token: Option<&str>) -> Person {
    let mut person = Person::with(url, token);
    person.site.by_merge_request = true;
    person
}

fn by_api(kind: &str, url: &str) -> Without {
    Without::with(kind, url, TOKEN, |ann| ann.site.by_merge_request = true)
}

fn branch(plan: &Plan) -> String {
    plan.branch.clone().unwrap()
}

#[tokio::test]
async fn a_job_goes_to_a_new_branch_that_was_shown_and_the_configured_one_stays() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    let (ann, sales, head) = (person(&bare.url()), delivery("sales", &files), bare.head());
    let plan = ann.plan(&sales).await.unwrap();
    let own = branch(&plan);
    assert!(own.starts_with("spark-monitor/sales-"), "{own}");
    assert_eq!(bare.branches(), ["main"], "a plan changes nothing");
    let delivered = ann.push(&sales, &plan.seen).await.unwrap();
    let request = delivered.merge_request.unwrap();
    assert_eq!((delivered.branch, delivered.is_new, &request.branch), (own.clone(), true, &own));
    assert!(request.number.is_none() && request.problem.is_none(), "git alone opens none");
    assert_eq!(bare.branches(), ["main".to_owned(), own.clone()]);
    assert_eq!((bare.head(), bare.git(&["rev-parse", &own]).trim()), (head.clone(), delivered.commit.as_str()));
    let changed = bare.git(&["diff", "--name-only", &format!("main..{own}")]);
    assert_eq!(changed, "dags/sales/job.cells.json\ndags/sales/job.py\n");
    bare.git(&["fsck", "--strict"]);
}

#[tokio::test]
async fn the_same_job_is_proposed_once_even_if_the_branch_below_has_moved() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    let (ann, sales) = (person(&bare.url()), delivery("sales", &files));
    let first = ann.deliver(&sales).await.unwrap();
    bare.commit(&[("other", Some("x"))]);
    let again = ann.deliver(&sales).await.unwrap();
    assert_eq!((again.commit, again.is_new, &again.branch), (first.commit, false, &first.branch));
    assert_eq!(bare.branches().len(), 2);
    // Another job is another proposal.
    let other = ann.deliver(&delivery("sales", &job("print(2)\n"))).await.unwrap();
    assert_ne!(other.branch, first.branch);
    // Once it is merged, nothing is left to propose.
    bare.git(&["update-ref", "refs/heads/main", &other.commit]);
    let merged = ann.deliver(&delivery("sales", &job("print(2)\n"))).await.unwrap();
    assert!(!merged.is_new && merged.merge_request.is_none());
    assert_eq!((merged.branch.as_str(), bare.branches().len()), ("main", 3));
}

#[tokio::test]
async fn a_branch_that_a_reviewer_has_changed_is_not_touched() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    let (ann, sales) = (person(&bare.url()), delivery("sales", &files));
    let own = ann.deliver(&sales).await.unwrap().branch;
    bare.change_on(&own, |work| std::fs::write(work.join("dags/sales/job.py"), "reviewed\n").unwrap());
    let head = bare.git(&["rev-parse", &own]);
    let error = ann.deliver(&sales).await.unwrap_err();
    assert!(matches!(&error, GitError::BranchTaken { branch } if *branch == own), "{error:?}");
    assert_eq!(bare.git(&["rev-parse", &own]), head);
}

#[tokio::test]
async fn what_a_person_agreed_to_push_is_not_proposed_and_the_other_way_round() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    let (pushes, proposes) = (Person::new(&bare.url()), person(&bare.url()));
    let sales = delivery("sales", &files);
    let (pushed, proposed) = (pushes.plan(&sales).await.unwrap(), proposes.plan(&sales).await.unwrap());
    let error = proposes.push(&sales, &pushed.seen).await.unwrap_err();
    assert!(matches!(&error, GitError::Conflict(now) if **now == proposed), "{error:?}");
    let error = pushes.push(&sales, &proposed.seen).await.unwrap_err();
    assert!(matches!(&error, GitError::Conflict(now) if **now == pushed), "{error:?}");
    assert_eq!((bare.commits(), bare.branches().len()), (1, 1));
}

#[tokio::test]
async fn an_empty_repository_has_nothing_to_merge_into() {
    let (bare, files) = (Bare::empty(), job("print(1)\n"));
    let error = person(&bare.url()).plan(&delivery("sales", &files)).await.unwrap_err();
    assert!(matches!(error, GitError::NothingToMergeInto), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_who_propose_at_once_both_succeed() {
    let bare = Bare::with_readme();
    let host = HttpHost::start(&bare, http_host::Fault::None).await;
    let [ann, bob] = [(); 2].map(|()| with_token(&host.url, Some(http_host::TOKEN)));
    for round in 0..3 {
        let files = job(&format!("print({round})\n"));
        let (sales, stock) = (delivery("sales", &files), delivery("stock", &files));
        let (a, b) = tokio::join!(ann.deliver(&sales), bob.deliver(&stock));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert_eq!(bare.branches().len(), 3 + 3 * round, "{} {}", a.branch, b.branch);
        // The same job of both is one proposal.
        let same = delivery("same", &files);
        let (a, b) = tokio::join!(ann.deliver(&same), bob.deliver(&same));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert_eq!((a.branch, a.commit), (b.branch, b.commit));
    }
    assert_eq!(bare.commits(), 1);
    bare.git(&["fsck", "--strict"]);
}

#[tokio::test]
async fn a_host_that_declines_the_branch_has_nothing_of_it() {
    let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
    bare.hook("pre-receive", "echo 'Branches begin with team/'; exit 1");
    let error = person(&bare.url()).deliver(&delivery("sales", &files)).await.unwrap_err();
    let GitError::Declined { message } = error else { panic!("{error:?}") };
    assert!(message.starts_with("Branches begin with team/"), "{message}");
    assert_eq!(bare.branches(), ["main"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_opens_one_merge_request_for_a_protected_branch() {
    for (kind, name) in KINDS {
        let (bare, files) = (Bare::with_readme(), job("print('ä')\n"));
        bare.commit(&[("dags/sales/job.py", Some("old\n")), ("dags/sales/job.cells.json", Some("{}"))]);
        let (host, head) = (ApiHost::start(kind, &bare, Fault::Protected).await, bare.head());
        let (ann, sales) = (by_api(name, &host.url), delivery("sales", &files));
        let plan = ann.plan(&sales).await.unwrap();
        assert_eq!(plan, person(&bare.url()).plan(&sales).await.unwrap(), "{name}: the plan is the same as with git");
        let delivered = ann.push(&sales, &plan.seen).await.unwrap();
        let own = branch(&plan);
        let request = delivered.merge_request.unwrap();
        assert_eq!((request.number, request.problem.is_none(), &request.branch), (Some(1), true, &own), "{name}");
        assert_eq!(bare.git(&["rev-parse", &own]).trim(), delivered.commit, "{name}");
        assert_eq!(bare.git(&["log", "-1", "--format=%P %an %s", &own]), format!("{head} ann Deliver sales\n"));
        assert_eq!(bare.git(&["show", &format!("{own}:dags/sales/job.py")]), "print('ä')\n");
        let (title, into) = ("Deliver sales".to_owned(), "main".to_owned());
        let expected = MergeRequest { number: 1, title, description: String::new(), branch: own, into, is_open: true };
        assert_eq!((host.requests(), bare.head()), (vec![expected], head), "{name}");

        // Again: the one that is open.
        let again = ann.deliver(&sales).await.unwrap();
        assert_eq!((again.is_new, again.merge_request.unwrap().number), (false, Some(1)), "{name}");
        assert_eq!(host.requests().len(), 1, "{name}");

        // A person merges it, and Airflow's branch has it.
        host.merge(1, kind == GitApiKind::Gitea);
        assert_eq!(bare.content("dags/sales/job.py"), "print('ä')\n");
        let merged = ann.deliver(&sales).await.unwrap();
        assert!(!merged.is_new && merged.merge_request.is_none(), "{name}");

        // The next change is the next one.
        let changed = ann.deliver(&delivery("sales", &job("print(2)\n"))).await.unwrap();
        assert_eq!(changed.merge_request.unwrap().number, Some(2), "{name}");
        bare.git(&["fsck", "--strict"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_request_that_is_refused_leaves_the_branch_and_says_why() {
    for (kind, name) in KINDS {
        let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
        let host = ApiHost::start(kind, &bare, Fault::NoRequests).await;
        let (ann, sales) = (by_api(name, &host.url), delivery("sales", &files));
        let delivered = ann.deliver(&sales).await.unwrap();
        let request = delivered.merge_request.unwrap();
        assert!(matches!(request.problem, Some(GitError::Forbidden)), "{name}: {:?}", request.problem);
        assert_eq!((request.number, bare.branches().len(), host.requests().len()), (None, 2, 0), "{name}");
        // With the right, the next delivery opens it.
        host.set_fault(Fault::None);
        let again = ann.deliver(&sales).await.unwrap();
        assert_eq!((again.is_new, again.merge_request.unwrap().number), (false, Some(1)), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_opens_no_second_merge_request_through_an_api() {
    for (kind, name) in KINDS {
        for fault in [Fault::BreaksAfter, Fault::RequestUnanswered, Fault::Faster] {
            let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
            let host = ApiHost::start(kind, &bare, fault).await;
            let delivered = by_api(name, &host.url).deliver(&delivery("sales", &files)).await.unwrap();
            let request = delivered.merge_request.unwrap();
            assert_eq!((delivered.is_new, request.number), (true, Some(1)), "{name}, {fault:?}: {:?}", request.problem);
            assert_eq!((bare.branches().len(), host.requests().len()), (2, 1), "{name}, {fault:?}");
            assert_eq!(bare.git(&["rev-parse", &request.branch]).trim(), delivered.commit, "{name}, {fault:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn people_who_propose_the_same_at_once_through_an_api_share_a_merge_request() {
    for (kind, name) in KINDS {
        let bare = Bare::with_readme();
        let host = ApiHost::start(kind, &bare, Fault::None).await;
        let (ann, bob, files) = (by_api(name, &host.url), by_api(name, &host.url), job("print(1)\n"));
        let sales = delivery("sales", &files);
        let (a, b) = tokio::join!(ann.deliver(&sales), bob.deliver(&sales));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert_eq!((&a.commit, bare.branches().len(), host.requests().len()), (&b.commit, 2, 1), "{name}");
        assert_eq!(a.merge_request.unwrap().number, b.merge_request.unwrap().number, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_that_others_have_changed_is_not_touched_through_an_api() {
    for (kind, name) in KINDS {
        let (bare, files) = (Bare::with_readme(), job("print(1)\n"));
        let host = ApiHost::start(kind, &bare, Fault::None).await;
        let (ann, sales) = (by_api(name, &host.url), delivery("sales", &files));
        let own = ann.deliver(&sales).await.unwrap().branch;
        bare.change_on(&own, |work| std::fs::write(work.join("dags/sales/job.py"), "reviewed\n").unwrap());
        let error = ann.deliver(&sales).await.unwrap_err();
        assert!(matches!(&error, GitError::BranchTaken { branch } if *branch == own), "{name}: {error:?}");
    }
}
