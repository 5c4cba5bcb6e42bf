//! A Spark Connect request as Spark prints it: its session, the line of code that built it, and its content.

mod plan_text;

use wire::{CallSite, NamedBy};

use plan_text::{Field, Value, find};
use upstream::Weight;

use crate::text;

/// Operators that a name lists, the outermost first.
const OPERATORS: usize = 3;
/// What Spark writes after the first kilobyte of a longer string, before its size (`ProtoUtils.abbreviate`).
const CUT_BY_SPARK: &str = "[truncated(size=";
/// How our own client's tags begin; they name nothing.
const OUR_TAG: &str = "berdl-sql-";
/// What our own client writes around a query, so that Spark refuses everything else.
const OUR_WRAPPER: (&str, &str) = ("SELECT * FROM (\n", "\n)");
/// Operations that clients send automatically, without a user's request.
const HOUSEKEEPING: [&str; 3] = ["ml_command", "remove_cached_remote_relation_command", "get_resources_command"];

/// The parts of a request that we use. Spark prints deep parts of a plan empty, so any of them may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectRequest {
    pub session_id: Option<String>,
    pub operation_id: Option<String>,
    /// The user's tag, from `spark.addTag`.
    own_tag: Option<String>,
    sql: Option<String>,
    /// For example `show: sort, aggregate`.
    operators: Option<String>,
    pub call_site: Option<CallSite>,
    /// The command's field in the protocol; none for a query.
    command: Option<String>,
}

impl Weight for ConnectRequest {
    fn weight_bytes(&self) -> usize {
        let texts = [&self.session_id, &self.operation_id, &self.own_tag, &self.sql, &self.operators, &self.command];
        let call_site = match &self.call_site {
            Some(CallSite::CellText { hash: text, .. } | CallSite::File { file: text, .. }) => text.weight_bytes(),
            Some(CallSite::Cell { .. }) | None => 0,
        };
        texts.map(Weight::weight_bytes).iter().sum::<usize>() + call_site
    }
}

impl ConnectRequest {
    /// Parses a stage's `details`, or the description of a job or an SQL execution, which Spark truncates.
    pub fn of_details(text: &str) -> Self {
        let text = text.strip_prefix("Spark Connect - ").unwrap_or(text);
        // The line where the text was cut is unreliable: `query: ...` is no SQL text.
        let cut = text.strip_suffix("...").map(|text| text.rsplit_once('\n').map_or("", |(lines, _)| lines));
        let request = plan_text::parse(cut.unwrap_or(text));
        let scalar = |name| find(&request, name).and_then(Value::scalar).map(str::to_owned);
        let tags = request.iter().filter(|field| field.name == "tags").filter_map(|field| field.value.scalar());
        let plan = find(&request, "plan").map_or(&[][..], Value::message);
        let command = find(plan, "command").map(Value::message);
        let relation = command.or_else(|| find(plan, "root").map(Value::message)).unwrap_or_default();
        Self {
            session_id: scalar("session_id"),
            operation_id: scalar("operation_id"),
            own_tag: tags.map(str::trim).find(|tag| names_something(tag)).map(str::to_owned),
            ..Self::of_plan(relation)
        }
    }

    /// Parses the `statement` of an operation, which is the plan alone.
    pub fn of_statement(text: &str) -> Self {
        Self::of_plan(&plan_text::parse(text))
    }

    /// Adds the tag, which Spark reports separately.
    pub fn tagged(self, tag: Option<&str>) -> Self {
        Self { own_tag: self.own_tag.or_else(|| tag.map(str::to_owned)), ..self }
    }

    fn of_plan(plan: &[Field]) -> Self {
        let outermost = plan.iter().find(|field| field.name != "common");
        let command = outermost.filter(|field| is_command(&field.name));
        let relation = match command {
            Some(field) => find(field.value.message(), "input").map_or(&[][..], Value::message),
            None => plan,
        };
        Self {
            sql: sql_text(plan),
            operators: operators(command.and_then(|field| action_of(&field.name)), relation),
            call_site: latest_call_site(plan),
            command: command.map(|field| field.name.clone()),
            ..Self::default()
        }
    }

    /// Whether the client sent it for its own housekeeping.
    pub fn is_housekeeping(&self) -> bool {
        self.command.as_deref().is_some_and(|command| HOUSEKEEPING.contains(&command))
    }

    /// Whether this is the separate command that analyses the text of `spark.sql(…)` before it is run.
    pub fn is_analysis(&self) -> bool {
        self.command.as_deref() == Some("sql_command")
    }

    /// The SQL text as Spark reports it, which may be cut.
    pub fn sql(&self) -> Option<&str> {
        self.sql.as_deref()
    }

    /// The whole SQL text; none if it has been cut or is very long.
    pub fn sql_text(&self) -> Option<String> {
        let is_cut = |sql: &str| sql.ends_with('…') || sql.ends_with("...") || sql.contains(CUT_BY_SPARK);
        text::code(self.sql.as_deref().filter(|sql| !is_cut(sql))?)
    }

    /// The best available name.
    pub fn name(&self) -> (NamedBy, String) {
        let names = [(NamedBy::Tag, &self.own_tag), (NamedBy::Sql, &self.sql), (NamedBy::Operators, &self.operators)];
        let best = names.into_iter().find_map(|(by, name)| Some((by, text::name(name.as_deref()?))));
        best.unwrap_or((NamedBy::Nothing, String::new()))
    }
}

/// Whether a person gave this tag.
pub fn names_something(tag: &str) -> bool {
    !tag.is_empty() && !tag.starts_with(OUR_TAG)
}

/// `line 2 in cell [3]`, `/home/ann/q.py:6` or `/tmp/ipykernel_42/123456.py:2`.
pub fn call_site(text: &str) -> Option<CallSite> {
    if let Some((line, cell)) = text.strip_prefix("line ").and_then(|rest| rest.split_once(" in cell [")) {
        return Some(CallSite::Cell { number: cell.strip_suffix(']')?.parse().ok()?, line: line.parse().ok()? });
    }
    let (path, line) = text.rsplit_once(':')?;
    let line = line.parse().ok()?;
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let hash = file.strip_suffix(".py").filter(|_| path.contains("/ipykernel_"));
    match hash.filter(|hash| !hash.is_empty() && hash.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(hash) => Some(CallSite::CellText { hash: hash.to_owned(), line }),
        // The names of the JVM's own files say nothing about the user's code.
        None if file.ends_with(".py") => Some(CallSite::File { file: file.to_owned(), line }),
        None => None,
    }
}

fn is_command(name: &str) -> bool {
    name.ends_with("_command") || name.starts_with("write_operation") || name == "create_dataframe_view"
}

/// The text of the outermost `sql`.
fn sql_text(fields: &[Field]) -> Option<String> {
    for field in fields {
        let inner = field.value.message();
        if field.name == "sql"
            && let Some(query) = find(inner, "query").and_then(Value::scalar)
        {
            let inner = query.strip_prefix(OUR_WRAPPER.0);
            return Some(inner.map_or(query, |inner| inner.strip_suffix(OUR_WRAPPER.1).unwrap_or(inner)).to_owned());
        }
        if let Some(found) = sql_text(inner) {
            return Some(found);
        }
    }
    None
}

/// A plan records the lines of all its column expressions; the cell that ran last built the whole plan.
fn latest_call_site(fields: &[Field]) -> Option<CallSite> {
    let rank = |site: &CallSite| match site {
        CallSite::Cell { number, line } => (2, *number, *line),
        CallSite::CellText { line, .. } => (1, 0, *line),
        CallSite::File { line, .. } => (0, 0, *line),
    };
    let of_field = |field: &Field| match &field.value {
        Value::Scalar(text) if field.name == "call_site" => call_site(text),
        Value::Scalar(_) => None,
        Value::Message(inner) => latest_call_site(inner),
    };
    fields.iter().filter_map(of_field).max_by_key(rank)
}

fn operators(action: Option<&'static str>, relation: &[Field]) -> Option<String> {
    let mut names = Vec::new();
    let mut relation = relation;
    while let Some(operator) = relation.iter().find(|field| field.name != "common") {
        names.push(operator.name.as_str());
        let inner = operator.value.message();
        relation = find(inner, "input").or_else(|| find(inner, "left")).map_or(&[], Value::message);
    }
    // Showing a table is the user's action, not part of the query.
    let (action, names) = match names.split_first() {
        Some((&"show_string" | &"html_string", rest)) => (Some("show"), rest),
        _ => (action, names.as_slice()),
    };
    let mut words: Vec<String> = names.iter().map(|name| operator_word(name)).collect();
    words.dedup();
    words.truncate(OPERATORS);
    let list = words.join(", ");
    match (action, list.is_empty()) {
        (Some(action), true) => Some(action.to_owned()),
        (Some(action), false) => Some(format!("{action}: {list}")),
        (None, false) => Some(list),
        (None, true) => None,
    }
}

fn action_of(command: &str) -> Option<&'static str> {
    match command {
        "write_operation" | "write_operation_v2" => Some("write"),
        "create_dataframe_view" => Some("create view"),
        "checkpoint_command" => Some("checkpoint"),
        _ => None,
    }
}

/// A readable name for a relation of Spark Connect.
fn operator_word(relation: &str) -> String {
    match relation {
        "repartition_by_expression" => "repartition".to_owned(),
        "local_relation" => "local data".to_owned(),
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests;
