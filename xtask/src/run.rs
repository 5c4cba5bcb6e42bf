//! Runs commands until they end, or until Ctrl-C.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::stop::{self, Passing};

/// A command that runs in `folder`.
pub fn command(program: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    command
}

/// Runs the command with its output shown.
///
/// # Errors
/// When it cannot be started or fails.
pub fn run(command: &mut Command) -> Result<()> {
    let (mut child, _passing) = start(command)?;
    let status = child.wait()?;
    stop::check()?;
    if !status.success() {
        bail!("{} failed ({status})", words(command));
    }
    Ok(())
}

/// Runs the command and shows its output only if it fails.
///
/// # Errors
/// When it cannot be started or fails.
pub fn quiet(command: &mut Command) -> Result<String> {
    let (child, _passing) = start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let output = child.wait_with_output()?;
    stop::check()?;
    if !output.status.success() {
        eprintln!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        bail!("{} failed ({})", words(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs the command, shows nothing, and returns whether it succeeded, with its output and errors.
///
/// # Errors
/// When it cannot be started.
pub fn captured(command: &mut Command) -> Result<(bool, String)> {
    let (child, _passing) = start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let output = child.wait_with_output()?;
    let words = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Ok((output.status.success(), words))
}

/// Whether the command can be run and succeeds.
pub fn works(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

/// Runs the command, shows its standard output and passes each line to `each`. Returns whether it succeeded.
///
/// # Errors
/// When it cannot be started.
pub fn lines(command: &mut Command, each: impl FnMut(&str)) -> Result<bool> {
    let (mut child, _passing) = start(command.stdout(Stdio::piped()))?;
    show(child.stdout.take(), each)?;
    Ok(child.wait()?.success())
}

/// As [`lines`], for standard error.
///
/// # Errors
/// When it cannot be started.
pub fn error_lines(command: &mut Command, each: impl FnMut(&str)) -> Result<bool> {
    let (mut child, _passing) = start(command.stderr(Stdio::piped()))?;
    show(child.stderr.take(), each)?;
    Ok(child.wait()?.success())
}

fn show(output: Option<impl Read>, mut each: impl FnMut(&str)) -> Result<()> {
    let Some(output) = output else { return Ok(()) };
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{line}");
        each(&line);
    }
    Ok(())
}

/// Starts the command in its own process group, so that it can be ended with all its children.
fn start(command: &mut Command) -> Result<(Child, Passing)> {
    let child = command.stdin(Stdio::null()).process_group(0).spawn();
    let child = child.with_context(|| format!("cannot start {}", words(command)))?;
    let passing = Passing::on_to(&child);
    Ok((child, passing))
}

fn words(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
