//! Cell magics: what becomes of a cell that begins with `%%name`.

use crate::{
    cells,
    context::Context,
    lines::{self, Line},
    magics::{Answer, measures, shell, split, sql, without_options},
    prelude::Helper,
    python,
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

/// The lines for a cell with a magic.
pub(crate) fn converted(magic: &CellMagic<'_>, context: &mut Context<'_>) -> Vec<Line> {
    let CellMagic { name, args, body, line } = *magic;
    let python = |context: &mut Context<'_>| cells::python(body, line + 1, context);
    match name {
        "time" | "timeit" | "prun" | "memit" | "mprun" | "lprun" => {
            measures(name, "%%", line, context);
            // `%%timeit setup` has a statement that runs before.
            let setup = if name == "timeit" { without_options(args, "nr") } else { "" };
            let mut made = if setup.is_empty() { Vec::new() } else { cells::python(setup, line, context) };
            made.extend(python(context));
            made
        }
        "spark" | "pyspark" | "local" if !args.contains("-c sql") => python(context),
        "sql" | "sparksql" => sql::cell(args, body, line, context),
        "spark" => sql::cell(args.replace("-c sql", "").trim(), body, line, context),
        "capture" => captured(args, body, line, context),
        "bash" | "sh" | "zsh" if args.is_empty() => script(name, body, line, context),
        "script" if !args.is_empty() && !args.starts_with('-') => script(args, body, line, context),
        "system" | "sx" | "!" => script("sh", body, line, context),
        "writefile" | "file" => written(args, body, line, context),
        "html" | "HTML" | "javascript" | "js" | "svg" | "SVG" | "markdown" | "latex" | "mermaid" | "css" => {
            let message = format!("The cell of `%%{name}` is removed: a job shows nothing.");
            context.note(line, "removed", message, "Nothing to do.");
            Vec::new()
        }
        "configure" => {
            let message = "`%%configure` is removed: it sets up the notebook's session.".to_owned();
            context.note(line, "removed", message, "Give the job its settings where it is run.");
            Vec::new()
        }
        "bash" | "sh" | "zsh" | "script" => {
            let message = format!("`%%{name}` has options that a job cannot keep.");
            context.error(line, "unknown_magic", message, "Use subprocess.run, or leave the cell out.");
            Vec::new()
        }
        "R" | "scala" | "julia" | "perl" | "ruby" | "cython" | "python2" | "pypy" | "sparkr" => {
            let message = format!("The cell is not Python but `%%{name}`.");
            context.error(line, "language", message, "Write it in Python, or leave the cell out.");
            Vec::new()
        }
        _ => {
            let message = format!("`%%{name}` works in a notebook only.");
            context.error(line, "unknown_magic", message, "Write the cell without it, or leave the cell out.");
            Vec::new()
        }
    }
}

fn script(program: &str, body: &str, line: usize, context: &mut Context<'_>) -> Vec<Line> {
    match shell::script(program, body, line, context) {
        // Its first line has the first line of the body.
        Answer::Code(code) => lines::from(line + 1, &code),
        Answer::Remove => Vec::new(),
    }
}

/// `%%capture`: the body runs, and its output is not shown.
fn captured(args: &str, body: &str, line: usize, context: &mut Context<'_>) -> Vec<Line> {
    let words: Vec<&str> = args.split_whitespace().collect();
    context.captured.extend(words.iter().filter(|word| !word.starts_with('-')).map(|word| (*word).to_owned()));
    let is_shown = |what| words.contains(&what);
    let wanted = match (is_shown("--no-stdout"), is_shown("--no-stderr")) {
        (false, false) => "",
        (true, false) => "stdout=False",
        (false, true) => "stderr=False",
        (true, true) => return cells::python(body, line + 1, context),
    };
    context.helpers.insert(Helper::Capture);
    let mut made = lines::at(line, &format!("_captured = _Captured({wanted})"));
    made.extend(cells::python(body, line + 1, context));
    let last = made.last().map_or(line, |last| last.from);
    made.extend(lines::at(last, "_captured.end()"));
    made
}

/// `%%writefile path`: the body becomes the content of a file.
fn written(args: &str, body: &str, line: usize, context: &mut Context<'_>) -> Vec<Line> {
    let (appends, path) = match args.strip_prefix("-a ").or_else(|| args.strip_prefix("--append ")) {
        Some(path) => (true, path.trim()),
        None => (false, args),
    };
    if path.is_empty() || path.starts_with('-') {
        let message = "`%%writefile` cannot be read.".to_owned();
        context.error(line, "unknown_magic", message, "Name one file.");
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
