//! A bare repository for a test, and what others do with it. The developer's own configuration of git plays no part.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use notebook_job::File;

use super::super::{Agreed, Delivered, Delivery, GitError, Plan, Repository};
use crate::config::{GitSite, settings_from};

/// A folder with a bare repository, and others' things.
pub struct Bare {
    pub folder: tempfile::TempDir,
}

impl Bare {
    /// Without a commit.
    pub fn empty() -> Self {
        let bare = Self { folder: tempfile::tempdir().unwrap() };
        bare.git(&["init", "--quiet", "--bare", "--initial-branch=main", "--template=", "."]);
        bare.git(&["config", "http.receivepack", "true"]);
        bare
    }

    /// With one commit that has a file `README`.
    pub fn with_readme() -> Self {
        let bare = Self::empty();
        bare.commit(&[("README", Some("Jobs.\n"))]);
        bare
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("jobs.git")
    }

    pub fn url(&self) -> String {
        format!("file://{}", self.path().display())
    }

    /// Runs git in the repository, and returns what it prints.
    pub fn git(&self, args: &[&str]) -> String {
        fs::create_dir_all(self.path()).unwrap();
        let mut command = git(&self.path(), self.folder.path());
        let done = command.args(args).output().unwrap();
        assert!(done.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    /// What somebody else commits: files with their content, or none to remove them.
    pub fn commit(&self, files: &[(&str, Option<&str>)]) {
        self.change(|work| {
            for (name, content) in files {
                let path = work.join(name);
                let Some(content) = content else { return fs::remove_file(path).unwrap() };
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, content).unwrap();
            }
        });
    }

    /// What somebody else commits in a work tree.
    pub fn change(&self, edit: impl FnOnce(&Path)) {
        self.change_on("main", edit);
    }

    /// The same, on a branch that may be there.
    pub fn change_on(&self, branch: &str, edit: impl FnOnce(&Path)) {
        let work = tempfile::tempdir_in(self.folder.path()).unwrap();
        let run = |args: &[&str]| {
            let done = git(work.path(), self.folder.path()).args(args).output().unwrap();
            assert!(done.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&done.stderr));
        };
        run(&["clone", "--quiet", &self.url(), "."]);
        let has_branch = !self.git(&["for-each-ref", &format!("refs/heads/{branch}")]).is_empty();
        let from = format!("origin/{branch}");
        let begin = ["checkout", "--quiet", "-B", branch, &from];
        run(begin.get(..if has_branch { 5 } else { 4 }).unwrap());
        edit(work.path());
        run(&["add", "--all"]);
        run(&["commit", "--quiet", "-m", "Somebody else's"]);
        run(&["push", "--quiet", "origin", branch]);
    }

    /// All paths of the branch.
    pub fn files(&self) -> Vec<String> {
        self.git(&["ls-tree", "-r", "--name-only", "main"]).lines().map(str::to_owned).collect()
    }

    pub fn content(&self, path: &str) -> String {
        self.git(&["show", &format!("main:{path}")])
    }

    /// All branches.
    pub fn branches(&self) -> Vec<String> {
        let names = self.git(&["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads"]);
        names.lines().map(str::to_owned).collect()
    }

    pub fn head(&self) -> String {
        self.git(&["rev-parse", "main"]).trim().to_owned()
    }

    pub fn commits(&self) -> usize {
        self.git(&["rev-list", "main"]).lines().count()
    }

    /// A script that the host runs.
    pub fn hook(&self, name: &str, script: &str) {
        let path = self.path().join("hooks").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

fn git(folder: &Path, home: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder).stdin(Stdio::null());
    clean(&mut command, home);
    command
}

/// Where git is.
#[expect(clippy::disallowed_methods, reason = "tests run the developer's git, with none of their variables but this")]
pub fn programs() -> String {
    std::env::var("PATH").unwrap()
}

/// Takes the developer's configuration away from a git of the test's own.
pub fn clean(command: &mut Command, home: &Path) {
    command.env_clear().env("PATH", programs()).env("HOME", home).env("LC_ALL", "C");
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    for role in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{role}_NAME"), "bob").env(format!("GIT_{role}_EMAIL"), "bob@example.org");
    }
}

/// A person's sidecar: its site, with a state folder of its own.
pub struct Person {
    pub site: GitSite,
    pub folder: tempfile::TempDir,
}

impl Person {
    pub fn new(url: &str) -> Self {
        Self::with(url, None)
    }

    pub fn with(url: &str, token: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().display().to_string();
        let url = ["--spark-monitor-export-git-url", url, "--spark-monitor-export-git-allow-local"];
        let rest =
            ["--spark-monitor-export-git-folder", "dags", "--xdg-state-home", &state, "--jupyterhub-user", "ann"];
        let settings = settings_from(&[&url[..], &rest].concat()).unwrap();
        let token = token.map(|token| token.to_owned().into());
        let mut site = GitSite::of(&settings, token, &mut Vec::new()).unwrap().unwrap();
        site.environment =
            vec![("PATH", programs().into()), ("HOME", folder.path().into()), ("GIT_CONFIG_NOSYSTEM", "1".into())];
        Self { site, folder }
    }

    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.site.deadline = deadline;
        self
    }

    pub fn cache(&self) -> PathBuf {
        self.site.cache_folder.clone().unwrap()
    }

    pub async fn plan(&self, delivery: &Delivery<'_>) -> Result<Plan, GitError> {
        Repository::open(&self.site, None).unwrap().plan(delivery).await
    }

    pub async fn push(&self, delivery: &Delivery<'_>, seen: &str) -> Result<Delivered, GitError> {
        let agreed = Agreed { seen, replace: false };
        Repository::open(&self.site, None).unwrap().push(delivery, agreed, "Deliver sales").await
    }

    /// Looks at the plan and agrees.
    pub async fn deliver(&self, delivery: &Delivery<'_>) -> Result<Delivered, GitError> {
        let plan = self.plan(delivery).await?;
        self.push(delivery, &plan.seen).await
    }
}

pub fn file(name: &str, content: &str) -> File {
    File { name: name.to_owned(), content: content.into() }
}

/// A job whose text is given.
pub fn job(text: &str) -> Vec<File> {
    vec![file("job.py", text), file("job.cells.json", "{\"lines\":[]}\n")]
}

/// As a delivery into a folder of its own.
pub fn delivery<'a>(folder: &'a str, files: &'a [File]) -> Delivery<'a> {
    Delivery { folder, files }
}
