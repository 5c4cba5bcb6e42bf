//! What Spark says about an error: the status's details, and what `FetchErrorDetails` adds.

use std::{collections::BTreeMap, time::Duration};

use connect_proto::{
    connect::{FetchErrorDetailsResponse, fetch_error_details_response as fetched},
    rpc,
};
use prost::Message;
use serde::Serialize;
use tonic::Status;

/// The longest message that is kept. A generated class in an error can be megabytes.
const MAX_MESSAGE_BYTES: usize = 64 << 10;

/// An error of a statement, as Spark describes it. Stack traces are not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SparkError {
    pub error_class: Option<String>,
    pub sql_state: Option<String>,
    pub message: String,
    pub parameters: BTreeMap<String, String>,
    pub contexts: Vec<QueryContext>,
    /// Where in the statement; parse errors have no contexts but this.
    pub position: Option<Position>,
    /// With it the server answers `FetchErrorDetails`, once.
    #[serde(skip)]
    pub(crate) error_id: Option<String>,
}

/// A part of the statement that an error is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QueryContext {
    /// Index of the first and of the last character.
    pub start: i32,
    pub stop: i32,
    pub fragment: String,
    /// A view's name, if the error is in a view's text and not in the statement.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub object_name: String,
}

/// A line from 1 and a column from 0, as Spark counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// What a gRPC status carries besides code and message.
#[derive(Debug, Default)]
pub(crate) struct StatusDetails {
    info: Option<rpc::ErrorInfo>,
    message: String,
    pub(crate) retry_delay: Option<Duration>,
}

pub(crate) fn of_status(status: &Status) -> StatusDetails {
    let mut details = StatusDetails { message: status.message().to_owned(), ..StatusDetails::default() };
    let Some(decoded) = StatusDetails::decode(status.details()) else { return details };
    for any in &decoded.details {
        let kind = any.type_url.rsplit('/').next().unwrap_or_default();
        match kind {
            "google.rpc.ErrorInfo" => details.info = rpc::ErrorInfo::decode(any.value.as_slice()).ok(),
            "google.rpc.RetryInfo" => {
                let delay = rpc::RetryInfo::decode(any.value.as_slice()).ok().and_then(|info| info.retry_delay);
                details.retry_delay = delay.and_then(|delay| Duration::try_from(delay).ok());
            }
            _ => {}
        }
    }
    details
}

impl StatusDetails {
    /// Spark's error in the details, or one in the message's text: a server that cannot describe an error writes its
    /// class there.
    pub(crate) fn spark_error(&self) -> Option<SparkError> {
        let Some(info) = &self.info else {
            let class = class_in(&self.message)?;
            return Some(SparkError { error_class: Some(class.to_owned()), ..SparkError::saying(&self.message) });
        };
        let get = |key: &str| info.metadata.get(key).filter(|value| !value.is_empty()).cloned();
        let parameters = get("messageParameters").and_then(|json| serde_json::from_str(&json).ok());
        let error_class = get("errorClass").or_else(|| class_in(&self.message).map(str::to_owned));
        // An exception of Java may have no text.
        let nameless = || error_class.clone().unwrap_or_else(|| "Spark reports an error without a message".to_owned());
        let message = if self.message.is_empty() { nameless() } else { self.message.clone() };
        Some(SparkError {
            error_class,
            sql_state: get("sqlState"),
            parameters: parameters.unwrap_or_default(),
            error_id: get("errorId"),
            ..SparkError::saying(&message)
        })
    }
}

impl SparkError {
    fn saying(message: &str) -> Self {
        Self { message: cut(message), position: position_in(message), ..Self::default() }
    }

    /// Adds what the server tells on request. What is already known stays if the answer lacks it.
    pub(crate) fn complete(&mut self, response: &FetchErrorDetailsResponse) {
        let root = response.root_error_idx.and_then(|index| usize::try_from(index).ok());
        let Some(root) = root.and_then(|index| response.errors.get(index)) else { return };
        if !root.message.is_empty() {
            self.message = cut(&root.message);
            self.position = position_in(&root.message).or(self.position);
        }
        let Some(throwable) = described(root, &response.errors) else { return };
        self.error_class = throwable.error_class.clone().or_else(|| self.error_class.take());
        self.sql_state = throwable.sql_state.clone().or_else(|| self.sql_state.take());
        if !throwable.message_parameters.is_empty() {
            self.parameters = throwable.message_parameters.clone().into_iter().collect();
        }
        self.contexts = throwable.query_contexts.iter().map(context).collect();
    }

    /// Moves positions back by what was written in front of the statement, whole lines.
    pub(crate) fn unwrapped(mut self, prefix: &str) -> Self {
        let lines = u32::try_from(prefix.matches('\n').count()).unwrap_or(0);
        let characters = i32::try_from(prefix.chars().count()).unwrap_or(0);
        // `; line 3 pos 2;`, and the plan with what was written in front.
        if let Some((message, rest)) = self.message.split_once("; line ") {
            self.position = self.position.or_else(|| analysed_position(rest));
            self.message = message.to_owned();
        }
        if let Some(position) = &mut self.position {
            position.line = position.line.saturating_sub(lines).max(1);
        }
        for context in self.contexts.iter_mut().filter(|context| context.object_name.is_empty()) {
            context.start = context.start.saturating_sub(characters).max(0);
            context.stop = context.stop.saturating_sub(characters).max(0);
        }
        self
    }
}

/// What the error or one of its causes tells. A failed task's error is wrapped into others without a description.
fn described<'a>(root: &'a fetched::Error, errors: &'a [fetched::Error]) -> Option<&'a fetched::SparkThrowable> {
    let mut error = root;
    // A chain of causes that runs in a circle ends.
    for _ in 0..=errors.len() {
        if let Some(throwable) = error.spark_throwable.as_ref().filter(|throwable| throwable.error_class.is_some()) {
            return Some(throwable);
        }
        let cause = error.cause_idx.and_then(|index| usize::try_from(index).ok());
        error = cause.and_then(|index| errors.get(index))?;
    }
    None
}

fn context(context: &fetched::QueryContext) -> QueryContext {
    QueryContext {
        start: context.start_index,
        stop: context.stop_index,
        fragment: cut(&context.fragment),
        object_name: context.object_name.clone(),
    }
}

/// `TABLE_OR_VIEW_NOT_FOUND` of `[TABLE_OR_VIEW_NOT_FOUND] The table …`, also behind a Java class's name.
pub(crate) fn class_in(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once('[')?;
    let (class, _) = rest.split_once(']')?;
    let named =
        !class.is_empty() && class.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b"._".contains(&b));
    (named && class.bytes().any(|byte| byte.is_ascii_uppercase())).then_some(class)
}

/// The position of `(line 1, pos 7)`.
fn position_in(message: &str) -> Option<Position> {
    let (_, rest) = message.split_once("(line ")?;
    let (line, rest) = rest.split_once(", pos ")?;
    let (column, _) = rest.split_once(')')?;
    Some(Position { line: line.parse().ok()?, column: column.parse().ok()? })
}

/// The position of `3 pos 2;`.
pub(crate) fn analysed_position(text: &str) -> Option<Position> {
    let (line, rest) = text.split_once(" pos ")?;
    let (column, _) = rest.split_once(';')?;
    Some(Position { line: line.parse().ok()?, column: column.parse().ok()? })
}

fn cut(text: &str) -> String {
    let end = text.floor_char_boundary(MAX_MESSAGE_BYTES);
    let kept = text.get(..end).unwrap_or_default();
    if kept.len() < text.len() { format!("{kept}…") } else { kept.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn position_and_class_are_found_in_a_parse_errors_text() {
        let text =
            "\n[PARSE_SYNTAX_ERROR] Syntax error at or near 'SELEC'. SQLSTATE: 42601 (line 1, pos 0)\n\n== SQL ==\n";
        assert_eq!(class_in(text), Some("PARSE_SYNTAX_ERROR"));
        assert_eq!(position_in(text), Some(Position { line: 1, column: 0 }));
        assert_eq!(class_in("no class [here]"), None);
        assert_eq!(position_in("(line 1, pos x)"), None);
    }

    #[test]
    fn an_error_within_a_wrapper_says_nothing_of_the_wrapper() {
        let text = "[UNRESOLVED_COLUMN] No `x`. SQLSTATE: 42703; line 3 pos 2;\n'Project [*]\n+- 'SubqueryAlias a";
        let error = SparkError::saying(text).unwrapped(crate::statement::WRAPPER);
        assert_eq!(error.message, "[UNRESOLVED_COLUMN] No `x`. SQLSTATE: 42703");
        assert_eq!(error.position, Some(Position { line: 2, column: 2 }));
    }

    #[test]
    fn causes_in_a_circle_end() {
        let error = fetched::Error { cause_idx: Some(0), ..fetched::Error::default() };
        assert_eq!(described(&error, std::slice::from_ref(&error)), None);
    }

    #[test]
    fn the_second_answer_to_a_question_about_an_error_takes_nothing_away() {
        let mut error = SparkError { sql_state: Some("42601".into()), ..SparkError::saying("first") };
        error.complete(&FetchErrorDetailsResponse::default());
        assert_eq!((error.message.as_str(), error.sql_state.as_deref()), ("first", Some("42601")));
    }
}
