//! The columns of a result, and the schema of a query that is not run.

use arrow_schema::SchemaRef;
use connect_proto::connect::{
    AnalyzePlanRequest, DataType,
    analyze_plan_request::{Analyze, Schema as AskSchema},
    analyze_plan_response::Result as Analysed,
    data_type::Kind,
};
use serde::Serialize;

use crate::{
    ConnectError, ProtocolError, Session, Statement,
    explain::unwrap_error,
    spark_type::{name_of_arrow, name_of_spark},
    statement::WRAPPER,
};

use std::time::Duration;

/// How long an analysis may take: it may have to list the files of large tables.
const ANALYSIS_TIMEOUT: Duration = Duration::from_secs(300);

/// One column. Names may repeat.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Column {
    pub name: String,
    /// The type as `DESCRIBE` writes it, for example `decimal(10,2)`.
    #[serde(rename = "type")]
    pub type_name: String,
    #[serde(skip)]
    pub(crate) spark_type: Option<DataType>,
}

impl Session {
    /// The columns of a query, without running it. On Spark 4.0 to analyse a command means to run it, so what is
    /// analysed is always a query around the statement.
    ///
    /// # Errors
    /// Spark's error of a statement that is no query or is wrong, with positions in the statement.
    pub async fn schema(&self, statement: &Statement) -> Result<Vec<Column>, ConnectError> {
        let request = AnalyzePlanRequest {
            session_id: self.session_id().to_owned(),
            client_observed_server_side_session_id: self.observed(),
            user_context: self.user_context(),
            client_type: self.client_type(),
            analyze: Some(Analyze::Schema(AskSchema { plan: Some(statement.as_query().query_plan()) })),
        };
        let answer = self
            .call("AnalyzePlan", ANALYSIS_TIMEOUT, request, async |mut stub, request| stub.analyze_plan(request).await)
            .await
            .map_err(|error| unwrap_error(error, WRAPPER))?;
        self.check(&answer.session_id, &answer.server_side_session_id)?;
        match answer.result {
            Some(Analysed::Schema(schema)) => of_spark(schema.schema.as_ref()),
            _ => Err(ProtocolError::Missing("the schema").into()),
        }
    }
}

/// The columns of Spark's own schema.
pub(crate) fn of_spark(schema: Option<&DataType>) -> Result<Vec<Column>, ConnectError> {
    let Some(Kind::Struct(fields)) = schema.and_then(|schema| schema.kind.as_ref()) else {
        return Err(ProtocolError::Missing("the schema's fields").into());
    };
    let column = |field: &connect_proto::connect::data_type::StructField| Column {
        name: field.name.clone(),
        type_name: name_of_spark(field.data_type.as_ref()),
        spark_type: field.data_type.clone(),
    };
    Ok(fields.fields.iter().map(column).collect())
}

/// The columns of Arrow data that came without Spark's schema, as results of commands do.
pub(crate) fn of_arrow(schema: &SchemaRef) -> Vec<Column> {
    let column = |field: &arrow_schema::FieldRef| Column {
        name: field.name().clone(),
        type_name: name_of_arrow(field),
        spark_type: None,
    };
    schema.fields().iter().map(column).collect()
}
