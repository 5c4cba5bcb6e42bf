//! Line magics: what becomes of `%name arguments`.

pub(crate) mod cell;
mod install;
mod shell;
pub(crate) mod sql;

use python_source::Escape;

use crate::{
    context::Context,
    prelude::Helper,
    python,
    words::{Sentence, say},
};

pub(crate) use install::installs;
pub(crate) use shell::{output as shell_output, run as shell_run};

/// What takes the place of an escape.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    /// Nothing: the line becomes a comment.
    Remove,
    /// Python, a statement or, where a name is assigned, an expression.
    Code(String),
    /// A statement of the notebook, which is converted itself.
    Statement(String),
}

/// Magics that show or set something of the notebook alone.
const DROPPED: [&str; 44] = [
    "autocall",
    "automagic",
    "autoreload",
    "code_wrap",
    "colors",
    "config",
    "debug",
    "doctest_mode",
    "gui",
    "hist",
    "history",
    "load_ext",
    "logoff",
    "logon",
    "logstart",
    "logstate",
    "logstop",
    "lsmagic",
    "magic",
    "manage_spark",
    "matplotlib",
    "notebook",
    "page",
    "pastebin",
    "pdb",
    "pdef",
    "pdoc",
    "pfile",
    "pinfo",
    "pinfo2",
    "pprint",
    "precision",
    "psearch",
    "psource",
    "quickref",
    "reload_ext",
    "reset",
    "reset_selective",
    "spark",
    "tensorboard",
    "unload_ext",
    "who",
    "whos",
    "xmode",
];

/// Magics that measure a statement.
const MEASURING: [&str; 6] = ["time", "timeit", "prun", "memit", "lprun", "mprun"];

/// Programs that IPython runs under their own name.
const ALIASES: [&str; 17] = [
    "cat", "cp", "ldir", "less", "lf", "lk", "ll", "ls", "lx", "man", "mkdir", "more", "mv", "rm", "rmdir", "tail",
    "touch",
];

/// The Python for a line magic. `line` is the escape's line in the cell.
pub(crate) fn line(escape: &Escape, line: usize, context: &mut Context<'_>) -> Answer {
    let (name, args) = split(&escape.value);
    let has_target = escape.target.is_some();
    match name {
        _ if MEASURING.contains(&name) && name != "time" && has_target => {
            let message = say!("`%1` measures; what it measured is no value in a job.", format!("%{name}"));
            context.error(line, "measured_value", message, say!("Take the time with time.perf_counter()."));
            Answer::Remove
        }
        _ if MEASURING.contains(&name) => measured(name, args, line, context),
        "sql" | "sparksql" => sql::line(args, escape, line, context),
        "pip" | "conda" | "mamba" | "micromamba" | "uv" => install::line(name, args, line, context),
        "env" | "set_env" => environment(args, has_target, context),
        "cd" if !has_target => directory(args, line, context),
        "pwd" if has_target => with(Helper::Os, "_os.getcwd()".to_owned(), context),
        "pwd" => dropped(name, line, context),
        "sx" | "system" | "sc" => shell_output(args, has_target, line, context),
        _ if ALIASES.contains(&name) => shell_run(&escape.value, has_target, line, context),
        _ if DROPPED.contains(&name) && !has_target => dropped(name, line, context),
        _ => {
            let (code, fix) = refused(name);
            context.error(line, code, notebook_only(&format!("%{name}")), fix);
            Answer::Remove
        }
    }
}

/// The word behind the sign, and the rest.
pub(crate) fn split(value: &str) -> (&str, &str) {
    let value = value.trim();
    let (name, args) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
    (name, args.trim())
}

fn with(helper: Helper, code: String, context: &mut Context<'_>) -> Answer {
    context.helpers.insert(helper);
    Answer::Code(code)
}

fn dropped(name: &str, line: usize, context: &mut Context<'_>) -> Answer {
    let message = say!("`%1` is removed: a job has no use for it.", format!("%{name}"));
    context.note(line, "removed", message, say!("Nothing to do."));
    Answer::Remove
}

/// That a magic has no meaning in a job.
fn notebook_only(magic: &str) -> Sentence {
    say!("`%1` works in a notebook only.", magic)
}

/// What to do about a magic that has no meaning in a job.
fn without_magic() -> Sentence {
    say!("Write the cell without it, or leave the cell out.")
}

fn refused(name: &str) -> (&'static str, Sentence) {
    match name {
        "run" => ("run_magic", say!("Import what the other file defines, or copy its code into a cell.")),
        "pylab" => ("unknown_magic", say!("Import numpy and matplotlib by their names.")),
        "store" | "load" | "recall" | "rerun" | "macro" | "edit" | "loadpy" => {
            ("unknown_magic", say!("Write what it brings into the cell, or leave the cell out."))
        }
        "dotenv" => ("unknown_magic", say!("Set the variables where the job runs.")),
        _ => ("unknown_magic", without_magic()),
    }
}

/// `%time statement`: the statement stays. What is measured goes, and so do the options.
fn measured(name: &str, args: &str, line: usize, context: &mut Context<'_>) -> Answer {
    let (mut name, mut statement) = (name, args);
    loop {
        statement = without_options(statement, valued(name));
        // `%time %timeit f()`: a loop, so that a line of nothing else needs no stack.
        match statement.strip_prefix('%').map(split).filter(|(inner, _)| MEASURING.contains(inner)) {
            Some(inner) => (name, statement) = inner,
            None => break,
        }
    }
    if statement.is_empty() {
        return dropped(name, line, context);
    }
    measures(name, "%", line, context);
    Answer::Statement(statement.to_owned())
}

/// The letters of a measuring magic's options that take a value.
fn valued(name: &str) -> &'static str {
    match name {
        "time" => "",
        "timeit" => "nr",
        _ => "lrsTDmfu",
    }
}

/// Says that a measuring magic goes.
pub(crate) fn measures(name: &str, signs: &str, line: usize, context: &mut Context<'_>) {
    let magic = format!("{signs}{name}");
    let message = match name {
        "timeit" => say!("`%1` is removed: its code runs once, and the names it defines stay.", magic),
        _ => say!("`%1` is removed; what it measured stays.", magic),
    };
    context.note(line, "removed", message, say!("Nothing to do."));
}

/// The arguments behind `-q`, `-n 10` and `-n10`; `valued` are the letters that take a value.
pub(crate) fn without_options<'a>(args: &'a str, valued: &str) -> &'a str {
    let mut rest = args.trim_start();
    while let Some(option) = rest.strip_prefix('-').filter(|option| option.starts_with(char::is_alphabetic)) {
        let letter = option.chars().next().unwrap_or_default();
        let (word, after) = option.split_once(char::is_whitespace).unwrap_or((option, ""));
        rest = after.trim_start();
        if valued.contains(letter) && word.len() == 1 {
            rest = rest.split_once(char::is_whitespace).map_or("", |(_, after)| after.trim_start());
        }
    }
    rest
}

/// `%env NAME=value`, `%env NAME value`, and `%env NAME`, which tells the value.
fn environment(args: &str, has_target: bool, context: &mut Context<'_>) -> Answer {
    let parts = args.split_once('=').or_else(|| args.split_once(char::is_whitespace));
    let Some((name, value)) = parts.map(|(name, value)| (name.trim(), value.trim())) else {
        return match has_target {
            true => with(Helper::Os, format!("_os.environ.get({}, \"\")", python::literal(args)), context),
            false => Answer::Remove,
        };
    };
    let code = format!("_os.environ[{}] = {}", python::literal(name), context.expression(value));
    with(Helper::Os, code, context)
}

/// `%cd folder`.
fn directory(args: &str, line: usize, context: &mut Context<'_>) -> Answer {
    let folder = without_options(args, "").trim_matches(['"', '\'']);
    if folder == "-" || folder.starts_with("--") {
        let message = say!("`%1` has no meaning in a job.", format!("%cd {folder}"));
        context.error(line, "unknown_magic", message, say!("Name the folder."));
        return Answer::Remove;
    }
    let folder = context.expression(if folder.is_empty() { "~" } else { folder });
    with(Helper::Os, format!("_os.chdir(_os.path.expanduser({folder}))"), context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(DROPPED.is_sorted() && ALIASES.is_sorted());
    }

    #[test]
    fn options_are_passed_over() {
        assert_eq!(without_options("-n 10 -r3 -q f(-1)", "nr"), "f(-1)");
        assert_eq!(without_options("-x", "n"), "");
        assert_eq!(without_options("-1 + x", "n"), "-1 + x");
    }
}
