//! A whole notebook as one job: its cells one after the other, and the findings.

mod hidden;
mod names;
mod order;
mod parameters;
mod secrets;

use std::{
    collections::{BTreeSet, HashSet},
    convert::Infallible,
};

pub(crate) use self::parameters::is_parameters;
pub use self::secrets::{CellSecret, cell_secrets};
use python_source::{Assignment, Program};

use crate::{
    cells,
    context::Context,
    finding::{Finding, Severity, mend},
    lines::{Line, Starts},
    magics::sql,
    notebook::Notebook,
    options::Options,
    prelude::Helper,
    python,
    words::{Sentence, say},
};

/// A notebook as a job.
#[derive(Clone, Debug)]
pub struct Job {
    /// The Python file.
    pub text: String,
    /// What a person should know, decide or mend, by cell and line.
    pub findings: Vec<Finding>,
    /// The parameters with their defaults.
    pub parameters: Vec<Assignment>,
    /// The cell that has them.
    pub parameters_cell: Option<usize>,
    /// Packages that the notebook installed.
    pub requirements: Vec<String>,
    /// For every line of the file the cell and the line in it; none before the first cell.
    places: Vec<Option<Place>>,
}

/// A line of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The code cell, from 0.
    pub cell: usize,
    /// The line in it, from 1.
    pub line: usize,
}

impl Job {
    /// Where a line of the file, counted from 1, comes from.
    #[must_use]
    pub fn place(&self, line: usize) -> Option<Place> {
        self.places.get(line.checked_sub(1)?).copied().flatten()
    }

    /// Whether something keeps it from being written.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity.blocks())
    }

    /// Adds what Python itself said of a line of the file, counted from 1.
    pub fn refuse(&mut self, line: usize, message: &str) {
        let place = self.place(line).unwrap_or(Place { cell: 0, line: 1 });
        let known = |finding: &&Finding| finding.cell == place.cell && finding.severity == Severity::Error;
        if self.findings.iter().find(known).is_none_or(|finding| finding.line != place.line) {
            let message = say!("Python does not accept this (%1).", message);
            self.add(place, Severity::Error, "syntax_error", message, mend());
        }
    }

    /// Adds that a secret stands in the notebook outside its code, which is shipped too.
    pub fn has_secret_elsewhere(&mut self) {
        let message = say!("There is a secret in a text of the notebook, which papermill would get with it.");
        let fix = say!("Remove it from the notebook's texts, or choose another target.");
        self.add(Place { cell: 0, line: 1 }, Severity::Error, "secret", message, fix);
    }

    /// Adds that no Python has looked at the job.
    pub fn was_not_compiled(&mut self, reason: &str) {
        let message = say!("The job was not compiled, because %1.", reason);
        let fix = say!("Choose a Python that is installed here (--python), or make the notebook smaller.");
        self.add(Place { cell: 0, line: 1 }, Severity::Note, "not_compiled", message, fix);
    }

    fn add(&mut self, at: Place, severity: Severity, code: &'static str, message: Sentence, fix: Sentence) {
        self.findings.push(Finding { severity, code, cell: at.cell, line: at.line, message, fix });
    }

    /// Where each cell begins and which lines come from where, for programs that show an error of the job.
    #[must_use]
    pub fn places(&self) -> &[Option<Place>] {
        &self.places
    }
}

/// The most findings of one gate over the whole file.
const MOST_REFUSALS: usize = 100;

/// Converts a notebook. `name` is the notebook's file name, for the first comment. The same notebook always gives the
/// same job.
#[must_use]
pub fn convert(notebook: &Notebook, name: &str, options: &Options) -> Job {
    let Ok(job) = convert_while(notebook, name, options, || Ok::<_, Infallible>(()));
    job
}

/// The same, as long as `go_on` agrees; it is called before each cell and before each step over all of them.
///
/// # Errors
/// What `go_on` returns.
pub fn convert_while<E>(
    notebook: &Notebook,
    name: &str,
    options: &Options,
    go_on: impl Fn() -> Result<(), E>,
) -> Result<Job, E> {
    let mut context = Context {
        options,
        known: known(notebook, options, &go_on)?,
        cell: 0,
        findings: Vec::new(),
        helpers: BTreeSet::new(),
        futures: BTreeSet::new(),
        requirements: Vec::new(),
        required: HashSet::new(),
        captured: HashSet::new(),
        is_full: false,
    };
    if notebook.language != "python" {
        let message = say!("The notebook is written in %1.", notebook.language);
        context.error(1, "language", message, say!("Only Python becomes a job."));
    }
    let mut converted = Vec::new();
    let is_kept = |index: &usize| notebook.language == "python" && !options.skip.contains(index);
    for (index, cell) in notebook.cells.iter().enumerate().filter(|(index, _)| is_kept(index)) {
        go_on()?;
        context.cell = index;
        let mut lines = cells::cell(&cell.source, &mut context);
        let blank = lines.iter().rev().take_while(|line| line.text.trim().is_empty()).count();
        lines.truncate(lines.len() - blank);
        converted.push((index, lines));
    }
    go_on()?;
    secrets::check(notebook, &mut context);
    hidden::check(notebook, &mut context);
    order::check(notebook, &mut context);
    go_on()?;
    names::check(&converted, &mut context);
    let parameters = parameters::of(notebook, &mut context);
    go_on()?;
    let job = assembled(notebook, name, &converted, parameters, context);
    go_on()?;
    Ok(checked(job, options))
}

/// Every name that a cell of the notebook binds, in a function too: a command in it is given the function's values.
fn known<E>(notebook: &Notebook, options: &Options, go_on: &impl Fn() -> Result<(), E>) -> Result<HashSet<String>, E> {
    let mut known = HashSet::new();
    for cell in &notebook.cells {
        go_on()?;
        known.extend(Program::cell(cell.source.clone(), options.python).bound());
        known.extend(sql::names(&cell.source));
    }
    Ok(known)
}

fn assembled(
    notebook: &Notebook,
    name: &str,
    converted: &[(usize, Vec<Line>)],
    parameters: Option<(usize, Vec<Assignment>)>,
    mut context: Context<'_>,
) -> Job {
    if parameters.is_some() {
        context.helpers.insert(Helper::Parameters);
    }
    let mut ours = prelude(&context.helpers);
    if let Some((_, parameters)) = &parameters {
        let names: Vec<String> = parameters.iter().map(|one| python::literal(&one.name)).collect();
        ours.push_str(&format!("_given = _given_parameters([{}])\n", names.join(", ")));
    }
    ours.push_str("_cell = globals().get(\"_job_cell\") or (lambda number: None)\n");
    names::taken(&ours, converted, &mut context);
    let mut text = String::new();
    let mut places = Vec::new();
    let mut add = |line: &str, place: Option<Place>| {
        text.push_str(line);
        text.push('\n');
        places.push(place);
    };
    if !context.futures.is_empty() {
        let features: Vec<&str> = context.futures.iter().map(String::as_str).collect();
        add(&format!("from __future__ import {}", features.join(", ")), None);
    }
    add(&python::comment(&format!("Made from {name} by berdl-spark-monitor.")), None);
    add("# Each cell follows its marker. Lines that only a notebook has a use for are comments.", None);
    ours.lines().for_each(|line| add(line, None));
    let mut converted = converted.iter().peekable();
    for index in 0..notebook.cells.len() {
        let at = |line| Some(Place { cell: index, line });
        add("", at(1));
        let Some((_, lines)) = converted.next_if(|(cell, _)| *cell == index) else {
            add(&format!("# %% cell {index} (left out)"), at(1));
            continue;
        };
        add(&format!("# %% cell {index}"), at(1));
        add(&format!("_cell({index})"), at(1));
        lines.iter().for_each(|line| add(&line.text, at(line.from)));
        if let Some((_, parameters)) = parameters.as_ref().filter(|(cell, _)| *cell == index) {
            let last = at(lines.last().map_or(1, |line| line.from));
            add("", last);
            add("# %% injected-parameters", last);
            for name in parameters.iter().map(|one| &one.name) {
                add(&format!("{name} = _parameter({}, {name})", python::literal(name)), last);
            }
        }
    }
    Job {
        text,
        findings: context.findings,
        parameters_cell: parameters.as_ref().map(|(cell, _)| *cell),
        parameters: parameters.map(|(_, parameters)| parameters).unwrap_or_default(),
        requirements: context.requirements,
        places,
    }
}

/// Imports of one line stand together, everything else apart.
fn prelude(helpers: &BTreeSet<Helper>) -> String {
    let needed: BTreeSet<Helper> = helpers.iter().flat_map(|one| one.needs().iter().chain([one])).copied().collect();
    let needed: BTreeSet<Helper> = needed.iter().flat_map(|one| one.needs().iter().chain([one])).copied().collect();
    let (imports, rest): (Vec<Helper>, Vec<Helper>) = needed.into_iter().partition(|one| one.is_import());
    let mut text: String = imports.into_iter().map(Helper::source).collect();
    for source in rest.into_iter().map(Helper::source) {
        text.push_str(if text.is_empty() { "" } else { "\n\n" });
        text.push_str(source);
    }
    if text.is_empty() { text } else { format!("\n{text}\n\n") }
}

/// The gates that need no Python: the whole file must be read by the parser, for the Python that will run it.
fn checked(mut job: Job, options: &Options) -> Job {
    let program = Program::module(job.text.clone(), options.python);
    let starts = Starts::of(&job.text);
    for problem in program.syntax_errors().iter().chain(&program.semantic_errors()).take(MOST_REFUSALS) {
        job.refuse(starts.line(problem.range.start), problem.message.trim_end_matches('.'));
    }
    for problem in program.version_errors().iter().take(MOST_REFUSALS) {
        let place = job.place(starts.line(problem.range.start)).unwrap_or(Place { cell: 0, line: 1 });
        let message = say!("Python %1 does not know this (%2).", options.python, problem.message.trim_end_matches('.'));
        let fix = say!("Run the job with a newer Python (--python), or write it in an older way.");
        job.add(place, Severity::Error, "python_version", message, fix);
    }
    job.findings.sort_by_key(|one| (one.cell, one.line, one.severity));
    job
}
