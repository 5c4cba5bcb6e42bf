//! Names without a value: what a cell left in the kernel that is gone now, or that only IPython has.

use std::collections::{HashMap, HashSet};

use python_source::{NameEvent, NameUse, Program, is_builtin};

use crate::{
    context::Context,
    lines::{self, Line, Starts},
    prelude::Helper,
    words::say,
};

/// Looks at every name of the converted cells, in the order in which the job runs.
pub(super) fn check(converted: &[(usize, Vec<Line>)], context: &mut Context<'_>) {
    let mut walk = Walk::default();
    let mut later: Vec<(usize, usize, NameUse)> = Vec::new();
    let defined_at = definitions(converted, context);
    // Python 3.14 looks at annotations only when somebody asks for them.
    let annotations_run = !context.futures.contains("annotations") && context.python().minor < 14;
    for (cell, lines) in converted {
        context.cell = *cell;
        let text = lines::text(lines);
        let starts = Starts::of(&text);
        let at = |offset| lines.get(starts.line(offset) - 1).map_or(1, |line| line.from);
        let program = Program::module(text, context.python());
        addresses(&program, &at, context);
        for event in program.names() {
            match event {
                NameEvent::Defined(name) => {
                    walk.defined.insert(name);
                }
                NameEvent::Star => walk.star = true,
                NameEvent::Used(used) if used.annotation && !annotations_run => {}
                NameEvent::Used(used) => {
                    let line = at(used.range.start);
                    walk.star |= !used.guarded && DYNAMIC.contains(&used.name.as_str());
                    if used.name == "input" && !walk.defined.contains("input") {
                        let message = say!("`input` waits for a person.");
                        context.error(line, "input", message, say!("Make it a parameter."));
                    } else if used.deferred {
                        later.push((*cell, line, used));
                    } else {
                        walk.used(&used, line, defined_at.get(&used.name).copied(), context);
                    }
                }
            }
        }
    }
    // A function runs later, when all that the notebook defines may be there.
    for (cell, line, used) in later {
        context.cell = cell;
        walk.used(&used, line, None, context);
    }
}

/// A cell may not define a name that the job's first lines define, or they would no longer work.
pub(super) fn taken(ours: &str, converted: &[(usize, Vec<Line>)], context: &mut Context<'_>) {
    let defined = |text: String, python| {
        Program::module(text, python).names().into_iter().filter_map(|event| match event {
            NameEvent::Defined(name) => Some(name),
            _ => None,
        })
    };
    let mut ours: HashSet<String> = defined(ours.to_owned(), context.python()).collect();
    // `spark` and `display` are made only where the notebook uses them before it makes them itself.
    ours.retain(|name| name.starts_with('_'));
    for (cell, lines) in converted {
        for name in defined(lines::text(lines), context.python()).filter(|name| ours.contains(name)) {
            context.cell = *cell;
            let message = say!("The job has a `%1` of its own.", name);
            context.error(1, "name_taken", message, say!("Give yours another name."));
        }
    }
}

/// Calls that may give a value to any name.
const DYNAMIC: [&str; 4] = ["exec", "globals", "locals", "vars"];

/// The last cell that defines each name.
fn definitions(converted: &[(usize, Vec<Line>)], context: &Context<'_>) -> HashMap<String, usize> {
    let mut found = HashMap::new();
    for (cell, lines) in converted {
        for event in Program::module(lines::text(lines), context.python()).names() {
            if let NameEvent::Defined(name) = event {
                found.insert(name, *cell);
            }
        }
    }
    found
}

#[derive(Default)]
struct Walk {
    defined: HashSet<String>,
    star: bool,
    told: HashSet<String>,
}

impl Walk {
    fn used(&mut self, used: &NameUse, line: usize, later: Option<usize>, context: &mut Context<'_>) {
        let name = used.name.as_str();
        // `from IPython import get_ipython` works in a job, but there is no IPython to get.
        let is_defined = self.defined.contains(name) && name != "get_ipython";
        if used.guarded || is_defined || is_builtin(name) || is_ours(name) {
            return;
        }
        let helper = match name {
            "spark" => Some(Helper::Spark),
            "sc" => Some(Helper::SparkContext),
            "display" => Some(Helper::Display),
            _ => None,
        };
        if !self.told.insert(name.to_owned()) {
            return;
        }
        if let Some(helper) = helper {
            if helper == Helper::SparkContext {
                let message = say!("`sc` needs a classic driver; Spark Connect has none.");
                let fix = say!("Use `spark` if the job runs on Spark Connect.");
                context.note(line, "spark_context", message, fix);
            }
            context.helpers.insert(helper);
            return;
        }
        if is_notebooks(name) {
            let message = say!("`%1` is the notebook's own: a job has no earlier outputs and no IPython.", name);
            context.error(line, "notebook_only", message, say!("Give the value a name in the cell that makes it."));
        } else if self.star {
            // `from module import *` may have brought it.
        } else if context.captured.contains(name) {
            let message = say!("`%1` is the output that `%2` kept, which a job does not have.", name, "%%capture");
            context.error(line, "captured_output", message, say!("Keep the output in a variable of your own."));
        } else if let Some(cell) = later {
            let message = say!("`%1` is used here, but only cell %2 defines it.", name, cell);
            context.error(line, "used_before_definition", message, say!("Move the definition before its use."));
        } else {
            let message = say!("`%1` is defined nowhere in this notebook.", name);
            let fix = say!("Define it in a cell; it may be left in your kernel by a cell that is gone.");
            context.error(line, "undefined_name", message, fix);
        }
    }
}

/// Names that a job's first lines define.
fn is_ours(name: &str) -> bool {
    const OURS: [&str; 10] =
        ["_Captured", "_Within", "_captured", "_each", "_os", "_pathlib", "_run", "_script", "_shell", "_shell_lines"];
    OURS.contains(&name)
}

/// Names that IPython gives to every notebook.
fn is_notebooks(name: &str) -> bool {
    let numbered = name.strip_prefix("_i").or_else(|| name.strip_prefix('_'));
    matches!(name, "get_ipython" | "In" | "Out" | "_" | "__" | "___" | "_i" | "_ii" | "_iii" | "_ih" | "_oh" | "_dh")
        || numbered.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Addresses in the notebook that mean another machine where the job runs.
fn addresses(program: &Program, at: &dyn Fn(usize) -> usize, context: &mut Context<'_>) {
    for found in program.texts() {
        let value = found.value.as_str();
        let line = at(found.range.start);
        let is_spark = ["sc://", "spark://", "local["].iter().any(|start| value.starts_with(start)) || value == "local";
        if is_spark {
            let message =
                say!("The address of Spark is written into the notebook: the job goes there, wherever it runs.");
            let fix = say!("Use SparkSession.builder.getOrCreate(); the target gives the address.");
            context.note(line, "spark_address", message, fix);
        } else if ["localhost", "127.0.0.1", "[::1]"].iter().any(|host| value.contains(host)) {
            let message = say!("The address of the notebook's own machine is another one where the job runs.");
            context.note(line, "local_address", message, say!("Make it a parameter."));
        }
    }
}
