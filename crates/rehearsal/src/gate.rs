//! Between the program and Spark: answers its requests without running anything of it.
//!
//! Spark gets `EXPLAIN EXTENDED` of SQL, the analysis of plans whose SQL is known to be queries, readers of the
//! catalogue, temporary views and harmless settings of a session that is thrown away. It never gets a plan to run that
//! the program has made.

use std::collections::HashMap;

use check::{Effect, Refused};
use connect_client::{ConnectError, Session, SparkError, Statement, StatementKind};
use connect_proto::connect::{
    AnalyzePlanRequest, AnalyzePlanResponse, Catalog, Command, ConfigRequest, ConfigResponse, ExecutePlanRequest, Plan,
    Range, Relation, StorageLevel,
    analyze_plan_request::{Analyze, Schema},
    analyze_plan_response as answered,
    catalog::CatType,
    command::CommandType,
    config_request::operation::OpType as ConfigType,
    plan::OpType,
    relation::RelType,
    write_operation::SaveType,
};
use prost::Message;
use serde::Serialize;

use crate::plan::{Contents, Refusal};

/// What the program gets.
pub(crate) enum Reply {
    /// The bytes of a message.
    Answer(Vec<u8>),
    /// Spark's error.
    Spark(Vec<u8>),
    /// It is not rehearsed.
    Refused(String),
    /// Done, and there is no result.
    Nothing,
    /// The relation that stands for a statement.
    Relation(Vec<u8>),
    /// A short result, each message behind its length.
    Responses(Vec<u8>),
}

/// Why a request has no answer.
enum Failed {
    Refused(Refusal),
    Spark(Box<SparkError>),
    /// Spark cannot be asked; the rehearsal ends.
    Lost(ConnectError),
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<ConnectError> for Failed {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Spark(error) => Self::Spark(error),
            ConnectError::NotExplained => {
                Self::Refused(Refusal::new("NOT_REHEARSED", "Spark might run a part of the statement to explain it."))
            }
            ConnectError::Status { message, .. } => {
                Self::Refused(Refusal::new("NOT_REHEARSED", format!("Spark does not accept the request: {message}")))
            }
            error => Self::Lost(error),
        }
    }
}

type Answered = Result<Reply, Failed>;

/// Settings that change how a program is understood, and nothing outside its session.
const SETTINGS: [&str; 14] = [
    "spark.sql.ansi.",
    "spark.sql.adaptive.",
    "spark.sql.autoBroadcastJoinThreshold",
    "spark.sql.broadcastTimeout",
    "spark.sql.caseSensitive",
    "spark.sql.execution.arrow.",
    "spark.sql.files.",
    "spark.sql.legacy.timeParserPolicy",
    "spark.sql.parquet.",
    "spark.sql.repl.eagerEval.",
    "spark.sql.session.timeZone",
    "spark.sql.shuffle.partitions",
    "spark.sql.sources.partitionOverwriteMode",
    "spark.sql.crossJoin.enabled",
];

/// The most effects and refusals that are kept.
const MOST_NOTES: usize = 100;

/// One rehearsal's requests.
pub(crate) struct Gate<'a> {
    session: &'a Session,
    kinds: HashMap<String, StatementKind>,
    pub effects: Vec<Effect>,
    pub refused: Vec<Refused>,
    line: usize,
}

#[derive(Serialize)]
struct SparkSaid<'a> {
    class: Option<&'a str>,
    message: &'a str,
}

impl<'a> Gate<'a> {
    pub(crate) fn new(session: &'a Session) -> Self {
        Self { session, kinds: HashMap::new(), effects: Vec::new(), refused: Vec::new(), line: 0 }
    }

    /// Answers a request that line `line` of the program sent.
    ///
    /// # Errors
    /// When Spark cannot be asked.
    pub(crate) async fn answer(&mut self, kind: Request, line: usize, payload: &[u8]) -> Result<Reply, ConnectError> {
        self.line = line;
        let answered = match kind {
            Request::Analyze => match AnalyzePlanRequest::decode(payload) {
                Ok(AnalyzePlanRequest { analyze: Some(analyze), .. }) => self.analyze(analyze).await,
                _ => unreadable(),
            },
            Request::Execute => match ExecutePlanRequest::decode(payload) {
                Ok(ExecutePlanRequest { plan: Some(Plan { op_type: Some(plan) }), .. }) => self.execute(plan).await,
                _ => unreadable(),
            },
            Request::Config => match ConfigRequest::decode(payload) {
                Ok(request) => self.config(request).await,
                _ => unreadable(),
            },
        };
        match answered {
            Ok(reply) => Ok(reply),
            Err(Failed::Lost(error)) => Err(error),
            Err(Failed::Spark(error)) => {
                let said = SparkSaid { class: error.error_class.as_deref(), message: &error.message };
                Ok(Reply::Spark(serde_json::to_vec(&said).unwrap_or_default()))
            }
            Err(Failed::Refused(refusal)) => {
                let message = refusal.message.clone();
                self.note(refusal);
                Ok(Reply::Refused(message))
            }
        }
    }

    fn note(&mut self, refusal: Refusal) {
        if self.refused.len() < MOST_NOTES {
            let refused = Refused { line: self.line, code: refusal.code, message: refusal.message };
            if !self.refused.contains(&refused) {
                self.refused.push(refused);
            }
        }
    }

    fn effect(&mut self, what: String, changes_names: bool) {
        if self.effects.len() < MOST_NOTES {
            self.effects.push(Effect { line: self.line, what, changes_names });
        }
    }

    async fn analyze(&mut self, analyze: Analyze) -> Answered {
        use answered::Result as Said;
        let said = match analyze {
            Analyze::SparkVersion(_) | Analyze::DdlParse(_) | Analyze::JsonToDdl(_) => {
                return Ok(Reply::Answer(self.session.analyze_plan(analyze).await?.encode_to_vec()));
            }
            Analyze::Schema(of) => {
                return Ok(Reply::Answer(self.analysed(&root(of.plan)?).await?.encode_to_vec()));
            }
            Analyze::TreeString(of) => {
                let relation = root(of.plan)?;
                self.analysed(&relation).await?;
                Said::TreeString(answered::TreeString::default())
            }
            // Spark would optimise the plan, and look at the files.
            Analyze::Explain(of) => {
                self.analysed(&root(of.plan)?).await?;
                Said::Explain(answered::Explain::default())
            }
            Analyze::IsLocal(of) => {
                self.analysed(&root(of.plan)?).await?;
                Said::IsLocal(answered::IsLocal::default())
            }
            Analyze::IsStreaming(of) => {
                self.analysed(&root(of.plan)?).await?;
                Said::IsStreaming(answered::IsStreaming::default())
            }
            Analyze::InputFiles(of) => {
                self.analysed(&root(of.plan)?).await?;
                Said::InputFiles(answered::InputFiles::default())
            }
            Analyze::SemanticHash(of) => {
                self.analysed(&root(of.plan)?).await?;
                Said::SemanticHash(answered::SemanticHash::default())
            }
            Analyze::SameSemantics(of) => {
                self.analysed(&root(of.target_plan)?).await?;
                self.analysed(&root(of.other_plan)?).await?;
                Said::SameSemantics(answered::SameSemantics::default())
            }
            // Nothing is kept of a program that does not run.
            Analyze::Persist(of) => {
                self.analysed(&present(of.relation)?).await?;
                Said::Persist(answered::Persist {})
            }
            Analyze::Unpersist(of) => {
                self.analysed(&present(of.relation)?).await?;
                Said::Unpersist(answered::Unpersist {})
            }
            Analyze::GetStorageLevel(of) => {
                self.analysed(&present(of.relation)?).await?;
                let storage_level = Some(StorageLevel::default());
                Said::GetStorageLevel(answered::GetStorageLevel { storage_level })
            }
        };
        let session_id = self.session.session_id().to_owned();
        let answer = AnalyzePlanResponse { session_id, result: Some(said), ..AnalyzePlanResponse::default() };
        Ok(Reply::Answer(answer.encode_to_vec()))
    }

    /// Spark's schema of a relation that holds nothing but what may be analysed.
    async fn analysed(&mut self, relation: &Relation) -> Result<AnalyzePlanResponse, Failed> {
        // Spark would run it to analyse it. What is shown is what stands below.
        let relation = match &relation.rel_type {
            Some(RelType::ShowString(of)) => of.input.as_deref().unwrap_or(relation),
            Some(RelType::HtmlString(of)) => of.input.as_deref().unwrap_or(relation),
            _ => relation,
        };
        self.only_queries(relation).await?;
        let plan = Some(Plan { op_type: Some(OpType::Root(relation.clone())) });
        Ok(self.session.analyze_plan(Analyze::Schema(Schema { plan })).await?)
    }

    /// Makes sure that a relation changes nothing on a server that runs what it analyses.
    async fn only_queries(&mut self, relation: &Relation) -> Result<(), Failed> {
        for sql in Contents::of(relation)?.sql {
            if let StatementKind::Command { plan, .. } = self.kind(&sql.query).await? {
                return Err(Refusal::new("NOT_REHEARSED", format!("{plan} within a query is not rehearsed.")).into());
            }
        }
        Ok(())
    }

    async fn kind(&mut self, sql: &str) -> Result<StatementKind, Failed> {
        if let Some(kind) = self.kinds.get(sql) {
            return Ok(kind.clone());
        }
        // What stands for it might change between two requests.
        if sql.contains("${") {
            return Err(Refusal::new("NOT_REHEARSED", "A statement with ${…} is not rehearsed.").into());
        }
        let kind = self.session.analysis(&Statement::new(sql)).await?.kind;
        self.kinds.insert(sql.to_owned(), kind.clone());
        Ok(kind)
    }

    async fn execute(&mut self, plan: OpType) -> Answered {
        let command = match plan {
            OpType::Root(Relation { rel_type: Some(RelType::Catalog(call)), .. }) => return self.catalog(call).await,
            OpType::Root(relation) => {
                return Ok(Reply::Answer(self.analysed(&relation).await?.encode_to_vec()));
            }
            OpType::Command(Command { command_type: Some(command) }) => command,
            _ => return unreadable(),
        };
        match command {
            CommandType::SqlCommand(of) => match of.input {
                Some(input) => self.statement(input).await,
                None => unreadable(),
            },
            CommandType::CreateDataframeView(view) => {
                self.only_queries(&present(view.input.clone())?).await?;
                if view.is_global {
                    // Other sessions would see it.
                    self.effect(format!("create global view {}", view.name), true);
                } else {
                    self.session.create_view(view).await?;
                }
                Ok(Reply::Nothing)
            }
            CommandType::WriteOperation(write) => {
                self.analysed(&present(write.input.clone())?).await?;
                match &write.save_type {
                    Some(SaveType::Table(table)) => self.effect(format!("write {}", table.table_name), true),
                    Some(SaveType::Path(path)) => self.effect(format!("write {path}"), false),
                    None => self.effect("write".to_owned(), false),
                }
                Ok(Reply::Nothing)
            }
            CommandType::WriteOperationV2(write) => {
                self.analysed(&present(write.input)?).await?;
                self.effect(format!("write {}", write.table_name), true);
                Ok(Reply::Nothing)
            }
            CommandType::RemoveCachedRemoteRelationCommand(_) => Ok(Reply::Nothing),
            CommandType::RegisterFunction(_) | CommandType::RegisterTableFunction(_) => {
                Err(Refusal::new("NOT_REHEARSED", "Registering a function is not rehearsed.").into())
            }
            _ => Err(Refusal::new("NOT_REHEARSED", "A command of this kind is not rehearsed.").into()),
        }
    }

    async fn statement(&mut self, input: Relation) -> Answered {
        let contents = Contents::of(&input)?;
        let own = match &input.rel_type {
            Some(RelType::Sql(of)) => &of.query,
            Some(RelType::WithRelations(of)) => match of.root.as_ref().and_then(|root| root.rel_type.as_ref()) {
                Some(RelType::Sql(of)) => &of.query,
                _ => return unreadable(),
            },
            _ => return unreadable(),
        };
        for sql in &contents.sql {
            if &sql.query != own && matches!(self.kind(&sql.query).await?, StatementKind::Command { .. }) {
                return Err(Refusal::new("NOT_REHEARSED", "A command within a query is not rehearsed.").into());
            }
        }
        match self.kind(own).await? {
            StatementKind::Query => {
                self.analysed(&input).await?;
            }
            StatementKind::Shows { .. } => {}
            StatementKind::Command { plan, target } => {
                let target = target.map_or_else(String::new, |target| format!(" of {target}"));
                // An insert leaves names and columns as they are.
                let changes_names = !plan.starts_with("Insert");
                self.effect(format!("{plan}{target}"), changes_names);
                let nothing = Range { start: Some(0), end: 0, step: 1, num_partitions: None };
                let relation = Relation { rel_type: Some(RelType::Range(nothing)), ..Relation::default() };
                return Ok(Reply::Relation(relation.encode_to_vec()));
            }
        }
        Ok(Reply::Relation(input.encode_to_vec()))
    }

    async fn catalog(&mut self, call: Catalog) -> Answered {
        let reads = matches!(
            call.cat_type,
            Some(
                CatType::CurrentDatabase(_)
                    | CatType::ListDatabases(_)
                    | CatType::ListTables(_)
                    | CatType::ListFunctions(_)
                    | CatType::ListColumns(_)
                    | CatType::GetDatabase(_)
                    | CatType::GetTable(_)
                    | CatType::GetFunction(_)
                    | CatType::DatabaseExists(_)
                    | CatType::TableExists(_)
                    | CatType::FunctionExists(_)
                    | CatType::IsCached(_)
                    | CatType::CurrentCatalog(_)
                    | CatType::ListCatalogs(_)
                    // Of this session alone.
                    | CatType::DropTempView(_)
            )
        );
        if !reads {
            return Err(Refusal::new("NOT_REHEARSED", "A call that changes the catalogue is not rehearsed.").into());
        }
        let relation = Relation { rel_type: Some(RelType::Catalog(call)), ..Relation::default() };
        let answers = self.session.execute_plan(Plan { op_type: Some(OpType::Root(relation)) }).await?;
        let mut bytes = Vec::new();
        for answer in answers {
            let answer = answer.encode_to_vec();
            bytes.extend(u32::try_from(answer.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend(answer);
        }
        Ok(Reply::Responses(bytes))
    }

    async fn config(&mut self, request: ConfigRequest) -> Answered {
        let Some(operation) = request.operation else { return unreadable() };
        let keys: Vec<&String> = match &operation.op_type {
            Some(ConfigType::Set(of)) => of.pairs.iter().map(|pair| &pair.key).collect(),
            Some(ConfigType::Unset(of)) => of.keys.iter().collect(),
            Some(
                ConfigType::Get(_)
                | ConfigType::GetWithDefault(_)
                | ConfigType::GetOption(_)
                | ConfigType::IsModifiable(_),
            ) => Vec::new(),
            _ => return Err(Refusal::new("NOT_REHEARSED", "Reading all settings is not rehearsed.").into()),
        };
        let other = keys.iter().find(|key| !SETTINGS.iter().any(|known| key.starts_with(known)));
        if let Some(key) = other {
            let message = format!("The setting {key} is not made in a rehearsal; the program goes on without it.");
            self.note(Refusal::new("SETTING", message));
            let session_id = self.session.session_id().to_owned();
            return Ok(Reply::Answer(ConfigResponse { session_id, ..ConfigResponse::default() }.encode_to_vec()));
        }
        Ok(Reply::Answer(self.session.operate_config(operation).await?.encode_to_vec()))
    }
}

fn root(plan: Option<Plan>) -> Result<Relation, Failed> {
    match plan.and_then(|plan| plan.op_type) {
        Some(OpType::Root(relation)) => Ok(relation),
        // On Spark 4.0 its analysis would run it.
        _ => Err(Refusal::new("NOT_REHEARSED", "A command is not analysed.").into()),
    }
}

fn present(relation: Option<Relation>) -> Result<Relation, Failed> {
    relation.ok_or_else(|| Refusal::new("NOT_REHEARSED", "The request has no plan.").into())
}

fn unreadable<T>() -> Result<T, Failed> {
    Err(Refusal::new("NOT_REHEARSED", "The request cannot be read; it may be too deep.").into())
}

/// What a program may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Analyze,
    Execute,
    Config,
}
