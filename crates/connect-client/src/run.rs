//! One run of a statement: what arrives of it, bounded while it arrives.

use std::{collections::VecDeque, ops::Range, sync::Arc};

use arrow_array::{Array, RecordBatch, cast::AsArray};
use connect_proto::connect::{DataType, Relation, execute_plan_response::ResponseType, relation::RelType};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Column, ConnectError, Interrupter, LimitExceeded, Limits, Progress, RunOptions, Session, Statement,
    cells::{Budget, cell},
    chunks::{Chunks, Complete, Refused},
    dropped_arguments::misses_argument,
    explain::unwrap_error,
    ipc::decoded,
    responses::Responses,
    schema::{of_arrow, of_spark},
    statement::{WRAPPER, check_tag, limited},
};

/// Something that a run tells.
#[derive(Debug)]
pub enum Event {
    /// Comes once, before the first rows. A command without a result has no columns.
    Columns(Arc<[Column]>),
    Rows(Rows),
    Progress(Progress),
    /// The last event of a run that did not fail.
    Ended(Ended),
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    pub rows: u64,
    /// Bytes of Arrow data that arrived.
    pub bytes: u64,
    /// The result has more than this. What arrived before is correct, but not all.
    pub limit: Option<LimitExceeded>,
}

/// Some consecutive rows of a result, compact as they arrived.
#[derive(Clone, Debug)]
pub struct Rows {
    columns: Arc<[Column]>,
    batch: RecordBatch,
    bytes: u64,
}

impl Rows {
    #[must_use]
    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One cell as JSON, null where there is none, and whether that is all of it: a cell is written until its text has
    /// about `most_bytes`.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize, most_bytes: usize) -> (Value, bool) {
        let Some(array) = self.batch.columns().get(column) else { return (Value::Null, true) };
        let mut budget = Budget::new(most_bytes);
        let value = cell(array, row, self.spark_type(column), &mut budget);
        (value, !budget.is_spent())
    }

    /// The first cell of all, if it is a text.
    pub(crate) fn text(&self) -> Option<String> {
        let array = self.batch.columns().first().filter(|array| !array.is_empty() && array.is_valid(0))?;
        let short = array.as_string_opt::<i32>().map(|texts| texts.value(0));
        short.or_else(|| array.as_string_opt::<i64>().map(|texts| texts.value(0))).map(str::to_owned)
    }

    /// Whole rows as JSON, each an array, because column names may repeat. How large a row becomes is not bounded;
    /// [`Session::answer`] bounds it.
    pub fn to_json(&self, rows: Range<usize>) -> impl Iterator<Item = Vec<Value>> + '_ {
        let rows = rows.start..rows.end.min(self.len());
        rows.map(|row| self.row(row, &mut Budget::new(usize::MAX)))
    }

    /// The same for as many of the first rows as the budget allows, each of them whole.
    pub(crate) fn to_json_within<'a>(&'a self, budget: &'a mut Budget) -> impl Iterator<Item = Vec<Value>> + 'a {
        (0..self.len()).map_while(move |row| {
            let cells = self.row(row, budget);
            (!budget.is_spent()).then_some(cells)
        })
    }

    fn row(&self, row: usize, budget: &mut Budget) -> Vec<Value> {
        let columns = self.batch.columns().iter().enumerate();
        columns.map(|(column, array)| cell(array, row, self.spark_type(column), budget)).collect()
    }

    fn spark_type(&self, column: usize) -> Option<&DataType> {
        self.columns.get(column).and_then(|column| column.spark_type.as_ref())
    }

    /// The Arrow data that it arrived in, bytes, which stay in memory as long as it does.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The Arrow data, for whoever passes it on.
    #[must_use]
    pub fn record_batch(&self) -> &RecordBatch {
        &self.batch
    }
}

/// A statement that runs on the server. Dropping it stops it there.
#[derive(Debug)]
pub struct Run {
    session: Session,
    limits: Limits,
    tags: Vec<String>,
    own_tag: String,
    /// The statement, if it has arguments that its parser may drop.
    once_more: Option<Statement>,
    /// Whether it is run once more, with arguments that are bound later.
    binds_later: bool,
    phase: Phase,
    columns: Option<Arc<[Column]>>,
    chunks: Chunks,
    rows: u64,
    has_batch: bool,
    /// Bytes that came with a command's end, not in batches.
    command_bytes: u64,
    waiting: VecDeque<Event>,
    /// What was written in front of the statement.
    prefix: &'static str,
}

#[derive(Debug)]
enum Phase {
    /// Spark analyses a query, or runs a command.
    Command {
        responses: Responses,
        result: Option<Box<Relation>>,
    },
    /// Spark runs a query.
    Query(Responses),
    Ended,
}

impl Session {
    /// Prepares a run of a statement; it begins with the first [`Run::next`].
    ///
    /// The statement is sent as a command first, like PySpark does: a query comes back unexecuted and is then run with
    /// a limit, a command runs once and comes back with its result.
    #[must_use]
    pub fn run(&self, statement: &Statement, options: RunOptions) -> Run {
        let own_tag = format!("berdl-sql-{}", Uuid::new_v4());
        let tags: Vec<_> = options.tags.into_iter().chain([own_tag.clone()]).collect();
        let responses = Responses::new(self, statement.command_plan(), tags.clone(), options.limits, false);
        Run {
            session: self.clone(),
            limits: options.limits,
            tags,
            own_tag,
            once_more: Some(statement.clone()).filter(|statement| !statement.arguments.is_empty()),
            binds_later: false,
            phase: Phase::Command { responses, result: None },
            columns: None,
            chunks: Chunks::new(options.limits.max_bytes),
            rows: 0,
            has_batch: false,
            command_bytes: 0,
            waiting: VecDeque::new(),
            prefix: "",
        }
    }

    /// The same for a statement that must be a query. Spark refuses everything else while it parses, because the
    /// statement stands in a query. Positions in errors are those in the statement.
    #[must_use]
    pub fn run_query(&self, statement: &Statement, options: RunOptions) -> Run {
        Run { prefix: WRAPPER, ..self.run(&statement.as_query(), options) }
    }
}

impl Run {
    /// The id of the operation that runs now. A query's changes once, after its analysis.
    #[must_use]
    pub fn operation_id(&self) -> Option<&str> {
        match &self.phase {
            Phase::Command { responses, .. } | Phase::Query(responses) => Some(responses.operation_id()),
            Phase::Ended => None,
        }
    }

    /// Stops this run from elsewhere.
    #[must_use]
    pub fn interrupter(&self) -> Interrupter {
        Interrupter { session: self.session.clone(), tag: self.own_tag.clone() }
    }

    /// The next event, or `None` after the last. The future may be dropped and the method called again.
    ///
    /// # Errors
    /// When the statement fails, is interrupted, or its result cannot be trusted. The run is over then.
    pub async fn next(&mut self) -> Result<Option<Event>, ConnectError> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Ok(Some(event));
            }
            if matches!(self.phase, Phase::Ended) {
                return Ok(None);
            }
            if let Err(error) = self.advance().await {
                if misses_argument(&error) && self.began_once_more().await {
                    continue;
                }
                self.close().await;
                return Err(unwrap_error(error, self.prefix));
            }
        }
    }

    /// Stops the run on the server, if it is not over, and waits until the server was told.
    pub async fn close(&mut self) {
        match &mut self.phase {
            Phase::Command { responses, .. } | Phase::Query(responses) => responses.close().await,
            Phase::Ended => {}
        }
        self.phase = Phase::Ended;
    }

    /// Begins the statement once more, with arguments that are bound later.
    async fn began_once_more(&mut self) -> bool {
        if self.binds_later {
            self.session.bind_early().await;
        }
        let Some(statement) = self.once_more.take() else { return false };
        self.binds_later = matches!(self.phase, Phase::Command { .. }) && self.session.bind_later().await;
        if self.binds_later {
            let plan = statement.command_plan();
            let responses = Responses::new(&self.session, plan, self.tags.clone(), self.limits, false);
            self.phase = Phase::Command { responses, result: None };
        }
        self.binds_later
    }

    /// Handles one response.
    async fn advance(&mut self) -> Result<(), ConnectError> {
        if let Phase::Command { .. } = &self.phase {
            self.tags.iter().try_for_each(|tag| check_tag(tag))?;
        }
        let response = match &mut self.phase {
            Phase::Command { responses, .. } | Phase::Query(responses) => responses.next().await?,
            Phase::Ended => return Ok(()),
        };
        let Some(response) = response else { return self.complete() };
        if response.schema.is_some() && self.columns.is_none() {
            self.begin(of_spark(response.schema.as_ref())?.into());
        }
        match response.response_type {
            Some(ResponseType::ExecutionProgress(progress)) => self.waiting.push_back(Event::Progress(progress.into())),
            Some(ResponseType::SqlCommandResult(answer)) => {
                if let Phase::Command { result, .. } = &mut self.phase {
                    *result = answer.relation.map(Box::new);
                }
            }
            Some(ResponseType::ArrowBatch(chunk)) => {
                let over = match self.chunks.add(&chunk) {
                    Ok(None) => None,
                    Ok(Some(Complete { data, rows })) => {
                        let (batches, bytes) = (decoded(data, Some(rows))?, data.len());
                        self.add(batches, bytes)
                    }
                    Err(Refused::Protocol(error)) => return Err(error.into()),
                    Err(Refused::Limit(limit)) => Some(limit),
                };
                if over.is_some() {
                    self.close().await;
                    self.end(over);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The current operation is complete.
    fn complete(&mut self) -> Result<(), ConnectError> {
        match std::mem::replace(&mut self.phase, Phase::Ended) {
            Phase::Command { result, .. } => match result.map(|relation| *relation) {
                Some(Relation { rel_type: Some(RelType::LocalRelation(local)), .. }) => {
                    let data = local.data.unwrap_or_default();
                    let bytes = u64::try_from(data.len()).unwrap_or(u64::MAX);
                    self.command_bytes = bytes;
                    let over = if bytes > self.limits.max_bytes {
                        Some(LimitExceeded::bytes(self.limits.max_bytes, Some(bytes)))
                    } else if data.is_empty() {
                        None
                    } else {
                        self.add(decoded(&data, None)?, data.len())
                    };
                    self.end(over);
                }
                Some(relation) => {
                    let plan = limited(relation, self.limits);
                    let responses = Responses::new(&self.session, plan, self.tags.clone(), self.limits, true);
                    self.phase = Phase::Query(responses);
                }
                None => self.end(None),
            },
            Phase::Query(_) => {
                self.chunks.end()?;
                self.end(None);
            }
            Phase::Ended => {}
        }
        Ok(())
    }

    fn begin(&mut self, columns: Arc<[Column]>) -> Arc<[Column]> {
        self.waiting.push_back(Event::Columns(Arc::clone(&columns)));
        self.columns = Some(Arc::clone(&columns));
        columns
    }

    /// Adds rows as far as they are allowed; tells if there are more.
    fn add(&mut self, batches: Vec<RecordBatch>, bytes: usize) -> Option<LimitExceeded> {
        let bytes = u64::try_from(bytes.checked_div(batches.len()).unwrap_or(0)).unwrap_or(u64::MAX);
        for batch in batches {
            let columns = match &self.columns {
                Some(columns) => Arc::clone(columns),
                None => self.begin(of_arrow(&batch.schema()).into()),
            };
            let left = usize::try_from(self.limits.max_rows.saturating_sub(self.rows)).unwrap_or(usize::MAX);
            let kept = batch.num_rows().min(left);
            // Without any row, the first batch still has the columns' Arrow types.
            if kept > 0 || !self.has_batch {
                self.has_batch = true;
                self.rows = self.rows.saturating_add(u64::try_from(kept).unwrap_or(0));
                self.waiting.push_back(Event::Rows(Rows { columns, batch: batch.slice(0, kept), bytes }));
            }
            if kept < batch.num_rows() {
                return Some(LimitExceeded::rows(self.limits.max_rows));
            }
        }
        None
    }

    fn end(&mut self, limit: Option<LimitExceeded>) {
        if self.columns.is_none() {
            self.begin(Arc::from([]));
        }
        let bytes = self.chunks.bytes().saturating_add(self.command_bytes);
        self.waiting.push_back(Event::Ended(Ended { rows: self.rows, bytes, limit }));
    }
}
