//! A statement with its arguments, and the plans that Spark gets for it.

use connect_proto::connect::{
    Command, Limit, Plan, Relation, RelationCommon, Sql, SqlCommand, command::CommandType, plan::OpType,
    relation::RelType,
};

use crate::{ArgumentError, Arguments, Limits, arguments::expressions};

/// One SQL statement.
#[derive(Clone, Debug, Default)]
pub struct Statement {
    pub text: String,
    pub arguments: Arguments,
}

/// How a statement is run.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    pub limits: Limits,
    /// Tags that the operations get besides their own; neither empty nor with a comma.
    pub tags: Vec<String>,
}

/// Spark joins tags with commas.
pub(crate) fn check_tag(tag: &str) -> Result<(), ArgumentError> {
    if tag.is_empty() || tag.contains(',') { Err(ArgumentError::Tag) } else { Ok(()) }
}

/// What stands in front of a statement that must be a query. Nothing but a query may follow it.
pub(crate) const WRAPPER: &str = "SELECT * FROM (\n";

impl Statement {
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), arguments: Arguments::default() }
    }

    /// The same as a query within a query, so that Spark refuses commands while it parses.
    pub(crate) fn as_query(&self) -> Self {
        let text = self.text.trim_end().trim_end_matches(';');
        Self { text: format!("{WRAPPER}{text}\n)"), arguments: self.arguments.clone() }
    }

    /// The same with something in front of it.
    pub(crate) fn after(&self, prefix: &str) -> Self {
        Self { text: format!("{prefix}{}", self.text), arguments: self.arguments.clone() }
    }

    pub(crate) fn relation(&self) -> Relation {
        let (named_arguments, pos_arguments) = expressions(&self.arguments);
        let sql = Sql { query: self.text.clone(), named_arguments, pos_arguments, ..Sql::default() };
        relation(0, RelType::Sql(sql))
    }

    /// The plan that analyses a query and runs a command. A query comes back as a relation that was not run.
    pub(crate) fn command_plan(&self) -> Plan {
        let command = SqlCommand { input: Some(self.relation()), ..SqlCommand::default() };
        Plan { op_type: Some(OpType::Command(Command { command_type: Some(CommandType::SqlCommand(command)) })) }
    }

    pub(crate) fn query_plan(&self) -> Plan {
        Plan { op_type: Some(OpType::Root(self.relation())) }
    }
}

/// The plan that runs a query, and reads one row more than allowed to know whether there are more.
pub(crate) fn limited(input: Relation, limits: Limits) -> Plan {
    let one_more = i32::try_from(limits.max_rows.saturating_add(1)).ok();
    let root = match one_more {
        Some(limit) => relation(1, RelType::Limit(Box::new(Limit { input: Some(Box::new(input)), limit }))),
        None => input,
    };
    Plan { op_type: Some(OpType::Root(root)) }
}

fn relation(plan_id: i64, rel_type: RelType) -> Relation {
    let common = RelationCommon { plan_id: Some(plan_id), ..RelationCommon::default() };
    Relation { common: Some(common), rel_type: Some(rel_type) }
}
