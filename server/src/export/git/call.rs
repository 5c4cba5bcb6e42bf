//! Calls of `git` on the folder of fetched commits: their variables, their configuration and their limits.

use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;
use tokio::process::Command;

use super::{
    askpass,
    error::GitError,
    process::{self, Bounds, Finished, size},
    verdict,
};
use crate::config::{GitProtocol, GitSite};

/// Most that is read of a command's output, bytes. A listing of the job's folder is the longest.
pub(super) const MOST_OUTPUT: usize = 1 << 20;

/// What holds for each command, whatever the user's configuration says.
const SETTINGS: [&str; 14] = [
    // Nothing but the configured protocol, which is allowed below.
    "protocol.allow=never",
    // A redirect would take the token to another host.
    "http.followRedirects=false",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.bare=true",
    "gc.auto=0",
    "maintenance.auto=false",
    "fetch.recurseSubmodules=false",
    "push.recurseSubmodules=no",
    "push.followTags=false",
    "push.gpgSign=false",
    "push.negotiate=false",
    "i18n.commitEncoding=UTF-8",
    "advice.pushUpdateRejected=false",
];

/// The program, and the folder it works on.
#[derive(Clone, Debug)]
pub(super) struct Git {
    pub site: GitSite,
    /// The bare repository.
    pub bare: PathBuf,
    /// The script that git asks for a password.
    pub askpass: PathBuf,
}

impl Git {
    /// Runs a command that needs no network, and returns what it printed.
    ///
    /// # Errors
    /// When it fails, or prints more than is read.
    pub async fn local(&self, args: &[&str], input: &[u8]) -> Result<Vec<u8>, GitError> {
        let bounds = self.bounds(MOST_OUTPUT, false);
        let done = process::run(self.command(args), input, &bounds).await?;
        if done.is_cut {
            let message = "it printed more than is read".to_owned();
            return Err(GitError::Failed { message });
        }
        if done.success { Ok(done.out) } else { Err(self.failure(&done)) }
    }

    /// Runs a command that prints one line.
    ///
    /// # Errors
    /// When it fails.
    pub async fn line(&self, args: &[&str], input: &[u8]) -> Result<String, GitError> {
        let out = self.local(args, input).await?;
        Ok(String::from_utf8_lossy(&out).trim().to_owned())
    }

    /// Runs a command that talks to the host.
    ///
    /// # Errors
    /// When it does not end in time, or fetches too much. A command that fails is no error here.
    pub async fn remote(&self, args: &[&str], most_output: usize) -> Result<Finished, GitError> {
        let site = &self.site;
        let allowed = format!("protocol.{}.allow=always", site.url.protocol().name());
        let mut all = vec!["-c", &allowed];
        all.extend(args);
        let mut command = self.command(&all);
        if let Some(account) = &site.account {
            askpass::asks(&mut command, &self.askpass, &site.url, account);
        }
        let done = process::run(command, b"", &self.bounds(most_output, true)).await?;
        // It may have grown since the last look.
        match size(&self.bare) > site.most_bytes {
            true => Err(GitError::TooLarge { most_bytes: site.most_bytes }),
            false => Ok(done),
        }
    }

    /// What a failed command says.
    pub fn failure(&self, done: &Finished) -> GitError {
        verdict::failure(&done.err, self.secret())
    }

    /// The token, to be hidden in what others say.
    pub fn secret(&self) -> Option<&str> {
        self.site.account.as_ref().map(|account| account.token.expose_secret())
    }

    /// The index that commits are made with.
    pub fn index(&self) -> PathBuf {
        self.bare.join("job.index")
    }

    fn bounds(&self, most_output: usize, watches_folder: bool) -> Bounds {
        let folder = watches_folder.then(|| (self.bare.clone(), self.site.most_bytes));
        Bounds { deadline: self.site.deadline, most_output, folder }
    }

    fn command(&self, args: &[&str]) -> Command {
        let site = &self.site;
        let mut command = Command::new("git");
        command.env_clear().envs(site.environment.iter().map(|(name, value)| (name, value)));
        command.env("LC_ALL", "C").env("GIT_DIR", &self.bare).env("GIT_INDEX_FILE", self.index());
        command.current_dir(self.bare.parent().unwrap_or(Path::new("/")));
        if site.url.protocol() == GitProtocol::Http {
            // It is for this machine. A proxy would get the token unencrypted.
            command.env("no_proxy", "*").env("NO_PROXY", "*");
        }
        // Nobody sits here who could answer. An empty name asks nobody.
        command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ASKPASS", "").env("GCM_INTERACTIVE", "never");
        command.env("SSH_ASKPASS", "false").env("SSH_ASKPASS_REQUIRE", "force");
        // Files that were not fetched are fetched on purpose only.
        command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_NO_REPLACE_OBJECTS", "1").env("GIT_OPTIONAL_LOCKS", "0");
        command.env("GIT_AUTHOR_NAME", &site.author_name).env("GIT_AUTHOR_EMAIL", &site.author_email);
        command.env("GIT_COMMITTER_NAME", &site.author_name).env("GIT_COMMITTER_EMAIL", &site.author_email);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.arg("-c").arg(format!("remote.origin.url={}", site.url.as_str()));
        if site.account.is_some() {
            // The user's configuration could send the site's token elsewhere (`insteadOf`, a proxy), and `.netrc` have
            // another one. So there is none, nor a home where one could be.
            command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
            command.env("HOME", self.bare.parent().unwrap_or(Path::new("/")));
            command.args(["-c", "credential.helper="]);
        }
        command.args(args);
        command
    }
}
