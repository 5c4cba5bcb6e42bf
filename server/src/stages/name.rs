//! A name for a stage that a person can read: the user's own tag, the SQL text, or the operators.

use super::plan_text::{self, Field, Value};
use crate::upstream::driver::StageRow;

/// Longest name that is sent, characters.
const LONGEST: usize = 120;
/// Operators that are named, the outermost first.
const OPERATORS: usize = 3;

/// Under Spark Connect `name` is the same unreadable dump for every stage; `details` holds the whole request.
const CONNECT_PREFIX: &str = "Spark Connect - session_id";

/// The best name there is; Spark's own for a classic driver.
pub(super) fn of_stage(row: &StageRow) -> String {
    if !row.name.starts_with(CONNECT_PREFIX) {
        return shortened(&row.name);
    }
    let request = plan_text::parse(&row.details);
    let found = own_tag(&request).or_else(|| sql_text(&request)).or_else(|| operators(&request));
    found.map_or_else(|| format!("stage {}", row.stage_id), |name| shortened(&name))
}

/// What the user called it with `spark.addTag`.
fn own_tag(request: &[Field]) -> Option<String> {
    let tags = request.iter().filter(|field| field.name == "tags");
    tags.filter_map(|field| field.value.scalar()).find(|tag| !tag.trim().is_empty()).map(str::to_owned)
}

/// The text of the outermost `sql`.
fn sql_text(fields: &[Field]) -> Option<String> {
    for field in fields {
        let inner = field.value.message();
        if field.name == "sql"
            && let Some(query) = plan_text::find(inner, "query").and_then(Value::scalar)
        {
            return Some(query.to_owned());
        }
        if let Some(found) = sql_text(inner) {
            return Some(found);
        }
    }
    None
}

/// For example `show: sort, aggregate` or `write: sort, repartition`.
fn operators(request: &[Field]) -> Option<String> {
    let plan = plan_text::find(request, "plan")?.message();
    let (action, relation) = match plan_text::find(plan, "command") {
        Some(command) => {
            let command = command.message().iter().find(|field| field.name != "common")?;
            (action_of(&command.name), plan_text::find(command.value.message(), "input")?.message())
        }
        None => (None, plan_text::find(plan, "root")?.message()),
    };
    let mut names = Vec::new();
    let mut relation = relation;
    while let Some(operator) = relation.iter().find(|field| field.name != "common") {
        names.push(operator.name.as_str());
        let inner = operator.value.message();
        relation =
            plan_text::find(inner, "input").or_else(|| plan_text::find(inner, "left")).map_or(&[], Value::message);
    }
    // Showing a table is what the user did, not a part of the query.
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
        _ => None,
    }
}

/// Spark Connect's name for a relation as one would say it.
fn operator_word(relation: &str) -> String {
    match relation {
        "repartition_by_expression" => "repartition".to_owned(),
        "local_relation" => "local data".to_owned(),
        other => other.replace('_', " "),
    }
}

fn shortened(text: &str) -> String {
    let mut words = text.split_whitespace();
    let mut line = words.next().unwrap_or_default().to_owned();
    for word in words {
        line.push(' ');
        line.push_str(word);
    }
    if line.chars().count() <= LONGEST {
        return line;
    }
    line.chars().take(LONGEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(details: &str) -> String {
        of_stage(&StageRow { name: CONNECT_PREFIX.into(), details: details.into(), stage_id: 7, ..StageRow::default() })
    }

    #[test]
    fn the_users_tag_comes_before_the_sql_text_before_the_operators() {
        let sql = "plan { root { common { plan_id: 1 } sql { query: \"select\\n  1\" } } }";
        assert_eq!(name(sql), "select 1");
        assert_eq!(name(&format!("{sql} tags: \"nightly\"")), "nightly");
        let show = "plan { root { show_string { input { sort { input { aggregate { input { range { } } } } } } } } }";
        assert_eq!(name(show), "show: sort, aggregate, range");
        let write = "plan { command { write_operation { input { common { } sort { input { range { } } } } } } }";
        assert_eq!(name(write), "write: sort, range");
    }

    #[test]
    fn a_request_that_says_nothing_is_called_by_its_number() {
        assert_eq!(name(""), "stage 7");
        assert_eq!(name("plan { root { common { } } }"), "stage 7");
    }

    #[test]
    fn classic_stages_keep_sparks_name() {
        let row = StageRow { name: "count at <console>:1".into(), ..StageRow::default() };
        assert_eq!(of_stage(&row), "count at <console>:1");
    }
}
