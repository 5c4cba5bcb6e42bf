//! `%sql` and `%%sql` become `spark.sql("…")`.

use python_source::Escape;

use crate::{
    context::Context,
    lines::{self, Line},
    magics::Answer,
    python,
    sql::{Statement, statements},
    words::{Sentence, say},
};

/// Options before the SQL, as sparkmagic, sparksql-magic and jupysql have them.
#[derive(Debug, Default, PartialEq)]
struct Options {
    /// The name of the result.
    name: Option<String>,
    /// Nothing is shown.
    quiet: bool,
    rows: Option<String>,
    cache: bool,
    view: Option<String>,
}

/// `%sql SELECT …` on one line.
pub(super) fn line(args: &str, escape: &Escape, line: usize, context: &mut Context<'_>) -> Answer {
    let Some((options, text)) = options(args, line, context) else { return Answer::Remove };
    let text = text.trim().trim_end_matches(';');
    let Some(statement) = statements(text).into_iter().next() else { return Answer::Remove };
    let call = call(&context.expression(text), &statement, &options);
    if escape.target.is_some() {
        return Answer::Code(call);
    }
    if let Some(name) = &options.name {
        return Answer::Code(format!("{name} = {call}"));
    }
    Answer::Code(shown(call, &statement, &options))
}

/// `%%sql` with its statements. `line` is the line of the magic.
pub(super) fn cell(args: &str, body: &str, line: usize, context: &mut Context<'_>) -> Vec<Line> {
    let Some((options, rest)) = options(args, line, context) else { return Vec::new() };
    if body.contains("{{") {
        let message = say!("The SQL is a template (`%1`), which only its magic fills in.", "{{ }}");
        let fix = say!("Use a parameter, `:name`, or spark.sql with an f-string.");
        context.error(line, "sql_template", message, fix);
        return Vec::new();
    }
    if let Some(name) = context.template(body) {
        let message = say!("Some SQL magics put the value of `%1` into the text; a job does not.", name);
        context.error(line, "sql_template", message, say!("Write `:name`, or spark.sql with an f-string."));
        return Vec::new();
    }
    // SQL may begin on the line of the magic.
    let text = format!("{rest}\n{body}");
    let found = statements(&text);
    if found.is_empty() {
        let message = say!("`%1` is removed: it has no statement.", "%%sql");
        context.note(line, "removed", message, say!("Nothing to do."));
    }
    let mut made = Vec::new();
    for (at, statement) in found.iter().enumerate() {
        let from = line + statement.line;
        let call = call(&python::literal(&statement.text), statement, &options);
        let code = match (at + 1 == found.len(), &options.name) {
            (true, Some(name)) => format!("{name} = {call}"),
            (true, None) => shown(call, statement, &options),
            (false, _) => call,
        };
        made.extend(lines::from(from, &code));
    }
    made
}

/// The names that SQL magics of a cell give to their results.
pub(crate) fn names(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in source.lines().filter(|line| line.contains('%')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        for pair in words.windows(2) {
            match pair {
                ["-o" | "--output", name] | [name, "<<"] if is_name(name) => found.push((*name).to_owned()),
                _ => {}
            }
        }
    }
    found
}

/// The options, and what follows them; none if there is one that we do not know.
fn options<'a>(args: &'a str, line: usize, context: &mut Context<'_>) -> Option<(Options, &'a str)> {
    let mut found = Options::default();
    let mut rest = args.trim();
    while !rest.is_empty() {
        let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let after = after.trim_start();
        let value = || {
            let (value, behind) = after.split_once(char::is_whitespace).unwrap_or((after, ""));
            (value.to_owned(), behind.trim_start())
        };
        rest = match word {
            "-q" | "--quiet" => {
                found.quiet = true;
                after
            }
            "-c" | "--cache" | "-e" | "--eager" => {
                found.cache = true;
                after
            }
            "-o" | "--output" => set(&mut found.name, value()),
            "-v" | "--view" => set(&mut found.view, value()),
            "-n" | "-l" | "--maxrows" | "--limit" => set(&mut found.rows, value()),
            // How many rows sparkmagic brings to the notebook, and how: nothing is brought there.
            "-m" | "-r" | "--samplemethod" | "--samplefraction" => value().1,
            _ if after.starts_with("<<") => {
                found.name = Some(word.to_owned());
                after.get(2..).unwrap_or_default().trim_start()
            }
            _ if after.is_empty() && is_name(word) && statements(word).iter().all(|one| !one.answers()) => {
                found.name = Some(word.to_owned());
                ""
            }
            _ if word.contains("://") || (word.starts_with('-') && word != "--") => {
                let word = word.split("://").next().unwrap_or_default();
                let message = say!("`%1` is an option of an SQL magic that the export does not know.", word);
                context.error(line, "sql_option", message, with_spark_sql());
                return None;
            }
            _ => break,
        };
    }
    let bad_name = found.name.iter().any(|name| !is_name(name));
    let bad_rows = found.rows.iter().any(|rows| rows.parse::<u32>().is_err());
    if bad_name || bad_rows {
        let message = say!("The options of the SQL magic cannot be read.");
        context.error(line, "sql_option", message, with_spark_sql());
        return None;
    }
    Some((found, rest))
}

fn with_spark_sql() -> Sentence {
    say!("Write the query with spark.sql(…).")
}

fn set<'a>(field: &mut Option<String>, (value, rest): (String, &'a str)) -> &'a str {
    *field = Some(value);
    rest
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_') && word.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn call(text: &str, statement: &Statement, options: &Options) -> String {
    let args: Vec<String> = statement.parameters.iter().map(|name| format!("\"{name}\": {name}")).collect();
    let args = if args.is_empty() { String::new() } else { format!(", args={{{}}}", args.join(", ")) };
    let cached = if options.cache && statement.answers() { ".cache()" } else { "" };
    format!("spark.sql({text}{args}){cached}")
}

/// What a notebook would have shown is printed.
fn shown(call: String, statement: &Statement, options: &Options) -> String {
    if let Some(view) = options.view.as_ref().filter(|_| statement.answers()) {
        return format!("{call}.createOrReplaceTempView({})", python::literal(view));
    }
    match &options.rows {
        _ if options.quiet || !statement.answers() => call,
        Some(rows) => format!("{call}.show({rows}, truncate=False)"),
        None => format!("{call}.show(truncate=False)"),
    }
}
