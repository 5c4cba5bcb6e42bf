//! What git's words mean: it has one exit code for nearly everything.

use super::{cleaned::cleaned, error::GitError};

/// A part of what is said, and what it means.
type Saying = (&'static str, fn() -> GitError);

/// Parts of what git, curl and SSH say (with `LC_ALL=C`), and what they mean; the first that is found counts.
const SAYINGS: [Saying; 35] = [
    ("Could not resolve host", || GitError::HostUnknown),
    ("Name or service not known", || GitError::HostUnknown),
    ("Temporary failure in name resolution", || GitError::HostUnknown),
    ("Host key verification failed", || GitError::HostKey),
    ("REMOTE HOST IDENTIFICATION HAS CHANGED", || GitError::HostKey),
    ("Authentication failed", || GitError::SignIn),
    ("could not read Username", || GitError::SignIn),
    ("could not read Password", || GitError::SignIn),
    ("unable to read askpass response", || GitError::SignIn),
    ("Permission denied (", || GitError::SignIn),
    ("Too many authentication failures", || GitError::SignIn),
    ("returned error: 401", || GitError::SignIn),
    ("returned error: 403", || GitError::Forbidden),
    ("access denied or repository not exported", || GitError::Forbidden),
    ("returned error: 404", || GitError::RepositoryMissing),
    ("' not found", || GitError::RepositoryMissing),
    ("Repository not found", || GitError::RepositoryMissing),
    ("does not appear to be a git repository", || GitError::RepositoryMissing),
    ("returned error: 301", || GitError::Redirect),
    ("returned error: 302", || GitError::Redirect),
    ("returned error: 303", || GitError::Redirect),
    ("returned error: 307", || GitError::Redirect),
    ("returned error: 308", || GitError::Redirect),
    ("unable to update url base from redirection", || GitError::Redirect),
    ("returned error: 5", || GitError::HostFailed),
    ("SSL certificate problem", || GitError::Certificate),
    ("certificate verification failed", || GitError::Certificate),
    ("certificate subject name", || GitError::Certificate),
    ("Connection refused", || GitError::Unreachable),
    ("Failed to connect", || GitError::Unreachable),
    ("Could not connect to server", || GitError::Unreachable),
    ("Couldn't connect to server", || GitError::Unreachable),
    ("Connection timed out", || GitError::Unreachable),
    ("No route to host", || GitError::Unreachable),
    ("Network is unreachable", || GitError::Unreachable),
];

/// The error that git's standard error tells of.
pub(super) fn failure(err: &str, secret: Option<&str>) -> GitError {
    // What the host says may be anything, also git's own words.
    let own: Vec<&str> = err.lines().filter(|line| !is_remotes(line)).collect();
    let said = |part: &str| own.iter().any(|line| line.contains(part));
    if let Some((_, error)) = SAYINGS.iter().find(|(part, _)| said(part)) {
        return error();
    }
    let fatal = own.iter().rev().find(|line| line.starts_with("fatal: ") || line.starts_with("error: "));
    let last = fatal.or(own.iter().rev().find(|line| !line.trim().is_empty()));
    let message = match last {
        Some(line) => cleaned(line, secret),
        None => "it gave no reason".to_owned(),
    };
    GitError::Failed { message }
}

/// Why the host did not take a push.
#[derive(Debug)]
pub(super) enum NotTaken {
    /// The branch is not where it was.
    Moved,
    /// It may have arrived, or not.
    Unclear(GitError),
    Refused(GitError),
}

/// Reads what `git push --porcelain` printed.
///
/// # Errors
/// When the host did not take the commit, or nobody knows.
pub(super) fn pushed(success: bool, out: &str, err: &str, secret: Option<&str>) -> Result<(), NotTaken> {
    // Flag, from:to and the reason, with tabs between.
    let line = out.lines().find_map(|line| {
        let mut fields = line.splitn(3, '\t');
        let flag = fields.next().filter(|flag| flag.chars().count() == 1)?;
        fields.next()?;
        Some((flag, fields.next().unwrap_or_default()))
    });
    match line {
        Some(("!", reason)) => Err(refused(reason, err, secret)),
        Some(_) if success => Ok(()),
        _ => Err(match failure(err, secret) {
            error @ (GitError::Failed { .. } | GitError::Unreachable | GitError::HostFailed) => {
                NotTaken::Unclear(error)
            }
            error => NotTaken::Refused(error),
        }),
    }
}

fn refused(reason: &str, err: &str, secret: Option<&str>) -> NotTaken {
    const MOVED: [&str; 6] = [
        "(fetch first)",
        "(non-fast-forward)",
        "(failed to update ref)",
        "cannot lock ref",
        "failed to lock",
        "incorrect old value",
    ];
    if MOVED.iter().any(|part| reason.contains(part)) {
        return NotTaken::Moved;
    }
    if reason.starts_with("[remote failure]") {
        return NotTaken::Unclear(GitError::Failed { message: cleaned(reason, secret) });
    }
    let own = reason.split_once('(').map_or(reason, |(_, reason)| reason.trim_end_matches(')'));
    let remote = err.lines().filter(|line| is_remotes(line)).filter_map(|line| line.split_once(':'));
    let remote = remote.map(|(_, words)| words).collect::<Vec<_>>().join("\n");
    let message = match cleaned(&remote, secret) {
        words if words.is_empty() => cleaned(own, secret),
        words => format!("{} ({})", words, cleaned(own, secret)),
    };
    NotTaken::Refused(GitError::Declined { message })
}

fn is_remotes(line: &str) -> bool {
    line.trim_start().starts_with("remote:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gits_words_become_errors_and_the_remotes_do_not() {
        for (err, expected) in [
            ("fatal: unable to access 'https://h/r/': Could not resolve host: h", "the git host's name is unknown"),
            ("fatal: Authentication failed for 'https://h/r/'", "the git host refused the sign-in"),
            (
                "git@h: Permission denied (publickey).\nfatal: Could not read from remote",
                "the git host refused the sign-in",
            ),
            ("fatal: unable to access 'x': The requested URL returned error: 403", "the git host does not allow this"),
            ("fatal: repository 'https://h/r/' not found", "the git host does not know the repository"),
            ("remote: Authentication failed\nfatal: bad pack", "git failed: fatal: bad pack"),
            ("", "git failed: it gave no reason"),
        ] {
            assert_eq!(failure(err, None).to_string(), expected, "{err}");
        }
    }

    #[test]
    fn a_push_is_accepted_refused_to_be_tried_again_or_unclear() {
        let verdict = |success, line: &str, err| match pushed(success, &format!("To x\n{line}\nDone\n"), err, None) {
            Ok(()) => "taken".to_owned(),
            Err(why) => format!("{why:?}"),
        };
        assert_eq!(verdict(true, " \ta:refs/heads/b\t1..2", ""), "taken");
        assert_eq!(verdict(true, "*\ta:refs/heads/b\t[new branch]", ""), "taken");
        for reason in ["[rejected] (fetch first)", "[remote rejected] (cannot lock ref 'x': is at 1 but expected 2)"] {
            assert_eq!(verdict(false, &format!("!\ta:refs/heads/b\t{reason}"), ""), "Moved");
        }
        let declined =
            verdict(false, "!\ta:b\t[remote rejected] (pre-receive hook declined)", "remote: Not on Friday!  \n");
        assert_eq!(declined, "Refused(Declined { message: \"Not on Friday! (pre-receive hook declined)\" })");
        assert!(verdict(false, "", "fatal: the remote end hung up unexpectedly").starts_with("Unclear"));
        assert_eq!(verdict(false, "", "fatal: Authentication failed for 'x'"), "Refused(SignIn)");
    }
}
