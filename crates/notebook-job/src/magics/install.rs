//! Installing packages: a job gets them from its environment, so that the lines go and the packages are listed.

use crate::{
    context::Context,
    magics::{Answer, dropped},
    words::say,
};

/// The packages that a command line installs, if it installs any.
pub(crate) fn installs(command: &str) -> Option<Vec<String>> {
    let command = command.split(" #").next().unwrap_or_default();
    // More than one command is for a person to judge.
    if command.contains(['|', ';', '&']) && !command.contains("2>&1") {
        return None;
    }
    let words: Vec<&str> = command.split_whitespace().collect();
    let at = words.iter().position(|word| matches!(*word, "install" | "add"))?;
    let program = words.get(..at)?;
    let installer = |word: &&str| {
        let name = word.rsplit('/').next().unwrap_or_default();
        matches!(name, "pip" | "pip3" | "conda" | "mamba" | "micromamba" | "uv") || name.starts_with("pip3.")
    };
    // At most `sudo`, `python -m` or `{sys.executable} -m` stand before.
    (program.len() <= 4 && program.last().or(program.first()).is_some_and(installer))
        .then(|| packages(words.get(at + 1..).unwrap_or_default()))
}

/// The packages among the arguments. Options that take a value are followed by no package.
fn packages(words: &[&str]) -> Vec<String> {
    const VALUED: [&str; 22] = [
        "-r",
        "--requirement",
        "-c",
        "--constraint",
        "-i",
        "--index-url",
        "--extra-index-url",
        "-f",
        "--find-links",
        "-t",
        "--target",
        "-n",
        "--name",
        "--channel",
        "-p",
        "--prefix",
        "--trusted-host",
        "--progress-bar",
        "--timeout",
        "--retries",
        "--proxy",
        "--cert",
    ];
    let mut found = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if VALUED.contains(word) {
            words.next();
        } else if word.starts_with('>') || *word == "2>&1" {
            break;
        } else if !word.starts_with(['-', '>']) {
            found.push(word.trim_matches(['"', '\'', ';']).to_owned());
        }
    }
    found.retain(|package| !package.is_empty());
    found
}

/// `%pip install …`.
pub(super) fn line(name: &str, args: &str, line: usize, context: &mut Context<'_>) -> Answer {
    match installs(&format!("{name} {args}")) {
        Some(packages) => drop(&packages, line, context),
        None => dropped(name, line, context),
    }
}

/// Removes a line that installs packages.
pub(crate) fn drop(packages: &[String], line: usize, context: &mut Context<'_>) -> Answer {
    for package in packages {
        if context.required.insert(package.clone()) {
            context.requirements.push(package.clone());
        }
    }
    let message = say!("The line that installs packages is removed: a job does not install any.");
    let fix = match packages.is_empty() {
        true => say!("Install the packages where the job runs."),
        false => say!("Install what requirements.txt lists where the job runs."),
    };
    context.note(line, "requirements", message, fix);
    Answer::Remove
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_among_options() {
        let packages = |command| installs(command).map(|packages| packages.join(" "));
        assert_eq!(
            packages("pip install -q pandas==2.0 'numpy>=1' -r a.txt x").as_deref(),
            Some("pandas==2.0 numpy>=1 x")
        );
        assert_eq!(packages("{sys.executable} -m pip install a > /dev/null").as_deref(), Some("a"));
        assert_eq!(packages("conda install -y -c conda-forge b").as_deref(), Some("b"));
        assert_eq!(packages("uv pip install c  # for plots").as_deref(), Some("c"));
        assert_eq!(packages("pip install --trusted-host pypi.org d").as_deref(), Some("d"));
        assert_eq!(packages("make && pip install c"), None);
        assert_eq!(packages("pip install a; python gen.py"), None);
        assert_eq!(packages("pip list"), None);
        assert_eq!(packages("echo pip; make install"), None);
    }
}
