//! The prompts that a person may start in an agent.

use rmcp::model::{GetPromptResult, Prompt, PromptArgument, PromptMessage, Role};
use serde_json::{Map, Value};

/// The longest argument, characters.
const MOST_ARGUMENT: usize = 2_000;

/// All of them.
pub(super) fn all() -> Vec<Prompt> {
    let argument = |name: &str, description: &str, required| {
        PromptArgument::new(name).with_description(description).with_required(required)
    };
    vec![
        Prompt::new(
            "why_slow",
            Some("Find out why a Spark query is slow, and what to change"),
            Some(vec![argument("query_id", "As spark_queries names it; the running one when absent", false)]),
        ),
        Prompt::new(
            "fix_error",
            Some("Mend code whose Spark query failed"),
            Some(vec![
                argument("query_id", "As spark_queries names it; the newest that failed when absent", false),
                argument("code", "The cell that failed", false),
            ]),
        ),
        Prompt::new(
            "write_query",
            Some("Write code for Spark that is checked before anybody runs it"),
            Some(vec![argument("task", "What the code shall do", true)]),
        ),
    ]
}

/// A prompt with its arguments; none if no prompt has this name.
pub(super) fn get(name: &str, arguments: &Map<String, Value>) -> Option<GetPromptResult> {
    let given = |name: &str| {
        let text = arguments.get(name).and_then(Value::as_str).unwrap_or_default();
        text.chars().take(MOST_ARGUMENT).collect::<String>()
    };
    let query = match given("query_id") {
        id if id.is_empty() => String::new(),
        id => format!(" It is the query {id}."),
    };
    let text = match name {
        "why_slow" => format!(
            "Find out why my Spark query is slow.{query} Call spark_queries if you do not know its id, then spark_findings \
             for it, and spark_explain if no finding tells the cause. Say the finding's own sentence and numbers, then what \
             to change, as code if there is some. If there is no finding, say that nothing wrong was found."
        ),
        "fix_error" => format!(
            "A Spark query of mine failed.{query} Call spark_queries and spark_query to read its failure, and spark_catalog \
             for the names and types of the tables in it. Mend the code, and call spark_check with it before you show it. \
             Say the verdict. {}",
            given("code")
        ),
        "write_query" => format!(
            "Write Python code for Spark; `spark` is the session. Look up tables and columns with spark_catalog. Call \
             spark_check with the code and mend it until nothing fails. Show the code with the verdict, and do not run it. \
             The task: {}",
            given("task")
        ),
        _ => return None,
    };
    Some(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]))
}
