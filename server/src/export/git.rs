//! Delivers a job to a git repository: one commit, pushed without force, after it was shown what it changes.
//!
//! `git` itself is called, because then credential helpers, SSH agents, proxies and certificates work as the user knows
//! them. There is no work tree: the newest commit is fetched into a bare folder that can be thrown away at any time.

mod api;
mod askpass;
mod blobs;
mod cache;
mod call;
mod cleaned;
mod commit;
mod compare;
mod content;
mod error;
mod link;
mod merge_request;
mod place;
mod plan;
mod process;
mod remote;
#[cfg(test)]
mod tests;
mod tree;
mod verdict;

use std::{path::PathBuf, time::Duration};

use notebook_job::File;
use tokio::time::sleep;

pub(crate) use self::{
    api::Api,
    content::Content,
    error::GitError,
    merge_request::MergeRequest,
    plan::{Change, Plan},
};
use self::{cache::Held, call::Git, compare::Source, verdict::NotTaken};
use crate::config::GitSite;

/// How often a push is tried while others push.
const ATTEMPTS: u32 = 8;

/// The repository of this site.
#[derive(Clone, Debug)]
pub(crate) struct Repository {
    site: GitSite,
    way: Way,
}

/// How the host is asked.
#[derive(Clone, Debug)]
enum Way {
    /// By the program git, with this folder for fetched commits.
    Program(PathBuf),
    Api(Box<Api>),
}

/// A job for the repository.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Delivery<'a> {
    /// The job's own folder, beneath the configured one; usually one name.
    pub folder: &'a str,
    /// The files in it.
    pub files: &'a [File],
}

/// What a person agreed to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Agreed<'a> {
    /// The plan that was shown, [`Plan::seen`].
    pub seen: &'a str,
    /// Whether files that no export wrote are replaced.
    pub replace: bool,
}

/// A job that is in the repository.
#[derive(Debug)]
pub(crate) struct Delivered {
    /// The branch's commit with it.
    pub commit: String,
    /// False if the job was there already, so that nothing was pushed.
    pub is_new: bool,
    /// The branch that has it.
    pub branch: String,
    /// How it gets from there to the configured branch; none if that is the one.
    pub merge_request: Option<MergeRequest>,
    /// The job's folder in the repository.
    pub folder: String,
    /// The commit's page, if the host's address tells it.
    pub web_url: Option<String>,
}

impl Repository {
    /// The repository, asked through the API of its host. Nothing is called yet.
    pub(crate) fn through(site: &GitSite, api: Api) -> Self {
        Self { site: site.clone(), way: Way::Api(Box::new(api)) }
    }

    /// The repository with its folder for fetched commits, by default the site's. Nothing is run or written yet.
    ///
    /// # Errors
    /// When there is no folder.
    pub(crate) fn open(site: &GitSite, cache_folder: Option<PathBuf>) -> Result<Self, GitError> {
        let folder = cache_folder.or_else(|| site.cache_folder.clone());
        let folder = folder.ok_or_else(|| GitError::Cache(std::io::ErrorKind::NotFound.into()))?;
        Ok(Self { site: site.clone(), way: Way::Program(folder) })
    }

    /// What a push would change. It changes nothing.
    ///
    /// # Errors
    /// When the repository cannot be read, or something is in the way.
    pub(crate) async fn plan(&self, delivery: &Delivery<'_>) -> Result<Plan, GitError> {
        let folder = self.check(delivery)?;
        let cache = match &self.way {
            Way::Program(cache) => cache,
            Way::Api(api) => return api.plan(delivery, folder).await,
        };
        let held = Held::wait(&self.site, cache).await?;
        let plan = async {
            let files = stored(&held.git, delivery).await?;
            current(&held.git, folder, &files).await
        };
        plan.await.inspect_err(|error| without_faults(&held, error))
    }

    /// Pushes the job, if that changes what the person agreed to and nothing else. What others push meanwhile stays: the
    /// commit is made again on theirs, unless they changed the same files.
    ///
    /// # Errors
    /// When the push would change something else, or the host does not take it. Then the branch is as it was.
    pub(crate) async fn push(
        &self,
        delivery: &Delivery<'_>,
        agreed: Agreed<'_>,
        message: &str,
    ) -> Result<Delivered, GitError> {
        let folder = self.check(delivery)?;
        let cache = match &self.way {
            Way::Program(cache) => cache,
            Way::Api(api) => {
                let pushed = api.push(delivery, folder.clone(), agreed, message).await?;
                let mut delivered = self.delivered(pushed.commit, pushed.is_new, folder, pushed.branch);
                if let Some(request) = &mut delivered.merge_request {
                    self.open_request(api, request, message).await;
                }
                return Ok(delivered);
            }
        };
        let held = Held::wait(&self.site, cache).await?;
        let pushed = self.push_with(&held.git, folder, delivery, agreed, message).await;
        pushed.inspect_err(|error| without_faults(&held, error))
    }

    async fn push_with(
        &self,
        git: &Git,
        folder: String,
        delivery: &Delivery<'_>,
        agreed: Agreed<'_>,
        message: &str,
    ) -> Result<Delivered, GitError> {
        let files = stored(git, delivery).await?;
        for attempt in 0..ATTEMPTS {
            let plan = current(git, folder.clone(), &files).await?;
            if let Some(head) = plan.head.clone().filter(|_| plan.is_unchanged()) {
                return Ok(self.delivered(head, false, folder, None));
            }
            let plan = agreed.check(plan)?;
            if let Some(branch) = plan.branch.clone()
                && let Some(commit) = proposed(git, &branch, &folder, &files).await?
            {
                return Ok(self.delivered(commit, false, folder, Some(branch)));
            }
            let commit = commit::make(git, &plan, message).await?;
            let branch = plan.branch.as_deref().unwrap_or(&self.site.branch);
            match remote::push(git, branch, &commit).await {
                Ok(()) => return Ok(self.delivered(commit, true, folder, plan.branch)),
                Err(NotTaken::Moved) => pause(attempt).await,
                Err(NotTaken::Refused(error)) => return Err(error),
                // The host may have taken it before the connection broke.
                Err(NotTaken::Unclear(error)) => match remote::head_of(git, branch).await {
                    Ok(Some(head)) if head == commit => return Ok(self.delivered(commit, true, folder, plan.branch)),
                    _ => return Err(error),
                },
            }
        }
        Err(GitError::Busy)
    }

    /// What stands beside the jobs' folders, and they: the names in the configured folder.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub(crate) async fn names(&self) -> Result<Vec<String>, GitError> {
        let shown = |entries: Vec<tree::Entry>| {
            entries.into_iter().filter_map(|entry| String::from_utf8(entry.name).ok()).collect()
        };
        let cache = match &self.way {
            Way::Program(cache) => cache,
            Way::Api(api) => {
                let Some(head) = api.head().await? else { return Ok(Vec::new()) };
                return api.folder(&head, &self.site.folder).await.map(shown);
            }
        };
        let held = Held::wait(&self.site, cache).await?;
        let names = async {
            let Some(newest) = remote::head(&held.git).await? else { return Ok(Vec::new()) };
            let head = remote::fetch(&held.git, &self.site.branch, &newest).await?;
            tree::folder(&held.git, &head, &self.site.folder).await.map(shown)
        };
        names.await.inspect_err(|error| without_faults(&held, error))
    }

    /// Asks the host for the branch.
    ///
    /// # Errors
    /// When it does not answer, or does not let the monitor in.
    pub(crate) async fn answers(&self) -> Result<(), GitError> {
        let cache = match &self.way {
            Way::Program(cache) => cache,
            Way::Api(api) => return api.head().await.map(|_| ()),
        };
        let held = Held::wait(&self.site, cache).await?;
        remote::head(&held.git).await.map(|_| ())
    }

    fn check(&self, delivery: &Delivery<'_>) -> Result<String, GitError> {
        place::check(delivery.files)?;
        place::folder(&self.site.folder, delivery.folder)
    }

    /// Has the host open the merge request, or finds the one that is open. If it does not, the branch is there all the same.
    async fn open_request(&self, api: &Api, request: &mut MergeRequest, message: &str) {
        match api.merge_request(&request.branch, message).await {
            Ok(number) => {
                request.number = Some(number);
                request.web_url = link::merge_request(&self.site, number);
            }
            Err(error) => request.problem = Some(error),
        }
    }

    /// `own` is the job's own branch, if it has one.
    fn delivered(&self, commit: String, is_new: bool, folder: String, own: Option<String>) -> Delivered {
        let web_url = link::commit(&self.site, &commit);
        let branch = own.clone().unwrap_or_else(|| self.site.branch.clone());
        let merge_request = own.map(|branch| {
            let web_url = link::new_merge_request(&self.site, &branch);
            MergeRequest { branch, number: None, web_url, problem: None }
        });
        Delivered { commit, is_new, branch, merge_request, folder, web_url }
    }
}

impl Agreed<'_> {
    /// The plan, if the person agreed to it.
    fn check(self, plan: Plan) -> Result<Plan, GitError> {
        if plan.seen != self.seen {
            return Err(GitError::Conflict(Box::new(plan)));
        }
        if plan.replaces_foreign() && !self.replace {
            return Err(GitError::Foreign(Box::new(plan)));
        }
        Ok(plan)
    }
}

/// The files with the ids of their contents, which are stored.
async fn stored<'a>(git: &Git, delivery: &Delivery<'a>) -> Result<Vec<(&'a File, String)>, GitError> {
    let mut files = Vec::new();
    for file in delivery.files {
        files.push((file, commit::store(git, file).await?));
    }
    Ok(files)
}

/// The plan on the branch as it is now.
async fn current(git: &Git, folder: String, files: &[(&File, String)]) -> Result<Plan, GitError> {
    let head = match remote::head(git).await? {
        None => None,
        Some(newest) => Some(remote::fetch(git, &git.site.branch, &newest).await?),
    };
    merge_request::proposed(compare::compare(git, head, folder, files).await?, &git.site)
}

/// The commit of a job's own branch; none if there is no such branch yet.
async fn proposed(
    git: &Git,
    branch: &str,
    folder: &str,
    files: &[(&File, String)],
) -> Result<Option<String>, GitError> {
    let Some(newest) = remote::head_of(git, branch).await? else { return Ok(None) };
    let head = remote::fetch(git, branch, &newest).await?;
    merge_request::same(git, (branch, &head), folder, files).await?;
    Ok(Some(head))
}

/// Throws away what was fetched after a failure that it may be the cause of.
fn without_faults(held: &Held, error: &GitError) {
    if matches!(error, GitError::Failed { .. } | GitError::TooLarge { .. }) {
        // If it cannot be removed, the next call says so.
        let _ = held.forget();
    }
}

/// Waits longer each time, and not as long as others do.
async fn pause(attempt: u32) {
    let mut bytes = [0; 2];
    // Without randomness the waits are equal, which only makes them longer.
    let _ = getrandom::fill(&mut bytes);
    let most = 100_u64 << attempt.min(4);
    sleep(Duration::from_millis(20 + u64::from(u16::from_le_bytes(bytes)) % most)).await;
}
