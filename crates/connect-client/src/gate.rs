//! Single requests of somebody else's client, put into our session. Whoever sends them has judged them before.

use std::time::Duration;

use connect_proto::connect::{
    AnalyzePlanRequest, AnalyzePlanResponse, Command, ConfigRequest, ConfigResponse, CreateDataFrameViewCommand,
    ExecutePlanRequest, ExecutePlanResponse, Plan, analyze_plan_request::Analyze, command::CommandType,
    config_request::Operation, plan::OpType,
};
use prost::Message;
use tonic::{Response, Status};
use uuid::Uuid;

use crate::{ConnectError, Session};

/// How long one of them may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes of an answer that is a result.
const MAX_RESULT_BYTES: usize = 1 << 20;

impl Session {
    /// What Spark says of a plan. On Spark 4.0 this runs SQL commands in the plan: the caller has made sure that there
    /// are none.
    ///
    /// # Errors
    /// Spark's, or when it does not answer.
    pub async fn analyze_plan(&self, analyze: Analyze) -> Result<AnalyzePlanResponse, ConnectError> {
        let request = AnalyzePlanRequest {
            session_id: self.session_id().to_owned(),
            client_observed_server_side_session_id: self.observed(),
            user_context: self.user_context(),
            client_type: self.client_type(),
            analyze: Some(analyze),
        };
        let answer =
            self.call("AnalyzePlan", PATIENCE, request, async |mut stub, request| stub.analyze_plan(request).await);
        let answer = answer.await?;
        self.check(&answer.session_id, &answer.server_side_session_id)?;
        Ok(answer)
    }

    /// Reads or changes the session's configuration.
    ///
    /// # Errors
    /// Spark's, or when it does not answer.
    pub async fn operate_config(&self, operation: Operation) -> Result<ConfigResponse, ConnectError> {
        let request = ConfigRequest {
            session_id: self.session_id().to_owned(),
            client_observed_server_side_session_id: self.observed(),
            user_context: self.user_context(),
            operation: Some(operation),
            client_type: self.client_type(),
        };
        let answer =
            self.call("Config", PATIENCE, request, async |mut stub, request| stub.config(request).await).await?;
        self.check(&answer.session_id, &answer.server_side_session_id)?;
        Ok(answer)
    }

    /// Makes a temporary view of this session.
    ///
    /// # Errors
    /// Spark's, or when it does not answer.
    pub async fn create_view(&self, view: CreateDataFrameViewCommand) -> Result<(), ConnectError> {
        let command = Command { command_type: Some(CommandType::CreateDataframeView(view)) };
        self.execute_plan(Plan { op_type: Some(OpType::Command(command)) }).await.map(|_| ())
    }

    /// Runs a plan with a short result, such as the name of the current database.
    ///
    /// # Errors
    /// Spark's, when it does not answer, or when the result is longer than 1 MiB.
    pub async fn execute_plan(&self, plan: Plan) -> Result<Vec<ExecutePlanResponse>, ConnectError> {
        let request = ExecutePlanRequest {
            session_id: self.session_id().to_owned(),
            client_observed_server_side_session_id: self.observed(),
            user_context: self.user_context(),
            operation_id: Some(Uuid::new_v4().to_string()),
            plan: Some(plan),
            client_type: self.client_type(),
            ..ExecutePlanRequest::default()
        };
        self.call("ExecutePlan", PATIENCE, request, async |mut stub, request| {
            let mut stream = stub.execute_plan(request).await?.into_inner();
            let (mut answers, mut bytes) = (Vec::new(), 0_usize);
            while let Some(answer) = stream.message().await? {
                bytes = bytes.saturating_add(answer.encoded_len());
                if bytes > MAX_RESULT_BYTES {
                    return Err(Status::out_of_range("the result is longer than 1 MiB"));
                }
                answers.push(answer);
            }
            Ok(Response::new(answers))
        })
        .await
    }
}
