//! Cell magics: what becomes of a cell that begins with `%%name`.

use crate::{
    context::Context,
    lines::{self, Line},
    magics::{Answer, measures, notebook_only, shell, split, sql, without_magic, without_options},
    prelude::Helper,
    python,
    words::say,
};

/// A cell that begins with `%%`.
pub(crate) struct CellMagic<'a> {
    /// The word behind `%%`.
    pub name: &'a str,
    /// The rest of that line.
    pub args: &'a str,
    /// The lines after it.
    pub body: &'a str,
    /// The line of the magic in the cell.
    pub line: usize,
}

/// Splits the magic off; none if the text begins with none.
pub(crate) fn find(text: &str, line: usize) -> Option<CellMagic<'_>> {
    let (first, body) = text.split_once('\n').unwrap_or((text, ""));
    let (name, args) = split(first.strip_prefix("%%")?);
    // `%%time?` asks for help.
    (!first.trim_end().ends_with('?')).then_some(CellMagic { name, args, body, line })
}

/// A part of what a cell becomes.
pub(crate) enum Part<'a> {
    /// Lines as they are.
    Lines(Vec<Line>),
    /// Python of the notebook, which is converted itself.
    Python {
        text: &'a str,
        /// The line of the cell at which it begins.
        line: usize,
    },
}

/// What becomes of a cell with a magic; nothing if it goes.
pub(crate) fn converted<'a>(magic: &CellMagic<'a>, context: &mut Context<'_>) -> Vec<Part<'a>> {
    let CellMagic { name, args, body, line } = *magic;
    let python = Part::Python { text: body, line: line + 1 };
    let made = match name {
        "time" | "timeit" | "prun" | "memit" | "mprun" | "lprun" => {
            measures(name, "%%", line, context);
            // `%%timeit setup` has a statement that runs before.
            let setup = if name == "timeit" { without_options(args, "nr") } else { "" };
            let setup = (!setup.is_empty()).then_some(Part::Python { text: setup, line });
            return setup.into_iter().chain([python]).collect();
        }
        "spark" | "pyspark" | "local" if !args.contains("-c sql") => return vec![python],
        "capture" => return captured(args, body, line, context),
        "sql" | "sparksql" => sql::cell(args, body, line, context),
        "spark" => sql::cell(args.replace("-c sql", "").trim(), body, line, context),
        "bash" | "sh" | "zsh" if args.is_empty() => script(name, body, line, context),
        "script" if !args.is_empty() && !args.starts_with('-') => script(args, body, line, context),
        "system" | "sx" | "!" => script("sh", body, line, context),
        "writefile" | "file" => written(args, body, line, context),
        "html" | "HTML" | "javascript" | "js" | "svg" | "SVG" | "markdown" | "latex" | "mermaid" | "css" => {
            let message = say!("The cell of `%1` is removed: a job shows nothing.", format!("%%{name}"));
            context.note(line, "removed", message, say!("Nothing to do."));
            Vec::new()
        }
        "configure" => {
            let message = say!("`%1` is removed: it sets up the notebook's session.", "%%configure");
            context.note(line, "removed", message, say!("Give the job its settings where it is run."));
            Vec::new()
        }
        "bash" | "sh" | "zsh" | "script" => {
            let message = say!("`%1` has options that a job cannot keep.", format!("%%{name}"));
            context.error(line, "unknown_magic", message, say!("Use subprocess.run, or leave the cell out."));
            Vec::new()
        }
        "R" | "scala" | "julia" | "perl" | "ruby" | "cython" | "python2" | "pypy" | "sparkr" => {
            let message = say!("The cell is not Python but `%1`.", format!("%%{name}"));
            context.error(line, "language", message, say!("Write it in Python, or leave the cell out."));
            Vec::new()
        }
        _ => {
            context.error(line, "unknown_magic", notebook_only(&format!("%%{name}")), without_magic());
            Vec::new()
        }
    };
    if made.is_empty() { Vec::new() } else { vec![Part::Lines(made)] }
}

fn script(program: &str, body: &str, line: usize, context: &mut Context<'_>) -> Vec<Line> {
    match shell::script(program, body, line, context) {
        // Its first line has the first line of the body.
        Answer::Code(code) => lines::from(line + 1, &code),
        Answer::Remove | Answer::Statement(_) => Vec::new(),
    }
}

/// `%%capture`: the body runs, and its output is not shown.
fn captured<'a>(args: &str, body: &'a str, line: usize, context: &mut Context<'_>) -> Vec<Part<'a>> {
    let python = Part::Python { text: body, line: line + 1 };
    let words: Vec<&str> = args.split_whitespace().collect();
    context.captured.extend(words.iter().filter(|word| !word.starts_with('-')).map(|word| (*word).to_owned()));
    let is_shown = |what| words.contains(&what);
    let wanted = match (is_shown("--no-stdout"), is_shown("--no-stderr")) {
        (false, false) => "",
        (true, false) => "stdout=False",
        (false, true) => "stderr=False",
        (true, true) => return vec![python],
    };
    context.helpers.insert(Helper::Capture);
    let begin = lines::at(line, &format!("_captured = _Captured({wanted})"));
    let last = line + body.split('\n').count();
    vec![Part::Lines(begin), python, Part::Lines(lines::at(last, "_captured.end()"))]
}

/// `%%writefile path`: the body becomes the content of a file.
fn written(args: &str, body: &str, line: usize, context: &mut Context<'_>) -> Vec<Line> {
    let (appends, path) = match args.strip_prefix("-a ").or_else(|| args.strip_prefix("--append ")) {
        Some(path) => (true, path.trim()),
        None => (false, args),
    };
    if path.is_empty() || path.starts_with('-') {
        let message = say!("`%1` cannot be read.", "%%writefile");
        context.error(line, "unknown_magic", message, say!("Name one file."));
        return Vec::new();
    }
    context.helpers.insert(Helper::Paths);
    let path = context.expression(path.trim_matches(['"', '\'']));
    // IPython ends a cell with a newline before it runs it.
    let end = if body.ends_with('\n') { "" } else { "\n" };
    let text = python::literal(&format!("{body}{end}"));
    let open = if appends { "open(\"a\", encoding=\"utf-8\")" } else { "open(\"w\", encoding=\"utf-8\")" };
    let code = format!("with _pathlib.Path({path}).expanduser().{open} as _file:\n    _file.write({text})");
    lines::from(line, &code)
}
