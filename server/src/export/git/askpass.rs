//! The program that git asks for user and token: it answers for the configured host only.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use secrecy::ExposeSecret;
use tokio::process::Command;

use crate::config::{GitAccount, GitUrl};

/// The token is in the environment of git, of its transport and of this script while a fetch or push runs, and nowhere
/// else: in no argument, address, configuration or file.
const SCRIPT: &str = r#"#!/bin/sh
# Made by berdl-spark-monitor: gives git the user and the token of the configured host, and of no other.
case "$1" in
"Username for '$SPARK_MONITOR_GIT_SCHEME://$SPARK_MONITOR_GIT_HOST': ") printf '%s\n' "$SPARK_MONITOR_GIT_USER" ;;
"Password for '$SPARK_MONITOR_GIT_SCHEME://"*"@$SPARK_MONITOR_GIT_HOST': ") printf '%s\n' "$SPARK_MONITOR_GIT_TOKEN" ;;
*) exit 1 ;;
esac
"#;

/// Writes the script, unless it is there.
///
/// # Errors
/// When the folder cannot be written.
pub(super) fn written(folder: &Path) -> io::Result<PathBuf> {
    let path = folder.join("askpass");
    if fs::read_to_string(&path).is_ok_and(|text| text == SCRIPT) {
        return Ok(path);
    }
    let part = folder.join("askpass.part");
    let _ = fs::remove_file(&part);
    OpenOptions::new().write(true).create_new(true).mode(0o700).open(&part)?.write_all(SCRIPT.as_bytes())?;
    fs::rename(&part, &path)?;
    Ok(path)
}

/// Lets a command ask the script.
pub(super) fn asks(command: &mut Command, script: &Path, url: &GitUrl, account: &GitAccount) {
    command.env("GIT_ASKPASS", script);
    command.env("SPARK_MONITOR_GIT_SCHEME", url.protocol().name()).env("SPARK_MONITOR_GIT_HOST", url.host());
    command.env("SPARK_MONITOR_GIT_USER", &account.user);
    command.env("SPARK_MONITOR_GIT_TOKEN", account.token.expose_secret());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn another_host_gets_neither_user_nor_token() {
        let folder = tempfile::tempdir().unwrap();
        let script = written(folder.path()).unwrap();
        let url = GitUrl::parse("https://git.example:8443/r", false).unwrap();
        let account = GitAccount { user: "ann@x".to_owned(), token: "CANARY-$(x)".to_owned().into() };
        for (prompt, expected) in [
            ("Username for 'https://git.example:8443': ", "ann@x\n"),
            ("Password for 'https://ann%40x@git.example:8443': ", "CANARY-$(x)\n"),
            ("Password for 'https://ann@x@git.example:8443': ", "CANARY-$(x)\n"),
            ("Username for 'https://git.example': ", ""),
            ("Password for 'https://ann@git.example:8443.evil.example': ", ""),
            ("Password for 'http://ann@git.example:8443': ", ""),
            ("Password for 'http://ann@proxy:3128': ", ""),
            ("Enter passphrase for key: ", ""),
        ] {
            // Through `sh`, because a parallel test's new process may still have the file open for writing.
            let mut command = Command::new("sh");
            asks(command.arg(&script).arg(prompt), &script, &url, &account);
            let done = command.output().await.unwrap();
            assert_eq!(String::from_utf8(done.stdout).unwrap(), expected, "{prompt}");
        }
    }
}
