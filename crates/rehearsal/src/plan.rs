//! What a plan holds: its SQL, and what keeps it from being analysed.
//!
//! Every kind of relation and expression that passes is named here. What is not named is refused, because Spark's
//! planner runs some of them when it only analyses them: `crosstab`, `pivot` without values, `show`.

use connect_proto::connect::{
    CommonInlineUserDefinedFunction, Expression, Relation, Sql, aggregate,
    common_inline_user_defined_function::Function,
    expression::{
        ExprType, SortOrder,
        window::window_frame::{FrameBoundary, frame_boundary::Boundary},
    },
    read::{DataSource, ReadType},
    relation::RelType,
};

use crate::storage;

/// Why a plan is not sent to Spark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub code: &'static str,
    pub message: String,
}

impl Refusal {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// The most parts of one plan.
const MOST_PARTS: usize = 20_000;

/// What a walk through a plan found.
#[derive(Debug, Default)]
pub(crate) struct Contents<'a> {
    /// SQL that Spark has to explain before it may see the plan.
    pub sql: Vec<&'a Sql>,
    parts: usize,
}

type Walked = Result<(), Refusal>;

fn not_rehearsed(what: &str) -> Walked {
    Err(Refusal::new("NOT_REHEARSED", format!("{what} is not rehearsed: Spark would run something to analyse it.")))
}

impl<'a> Contents<'a> {
    /// Walks through a plan.
    ///
    /// # Errors
    /// If any part of it must not be sent.
    pub(crate) fn of(relation: &'a Relation) -> Result<Self, Refusal> {
        let mut contents = Self::default();
        contents.relation(relation)?;
        Ok(contents)
    }

    fn count(&mut self) -> Walked {
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Err(Refusal::new("NOT_REHEARSED", "The plan has more than 20,000 parts."));
        }
        Ok(())
    }

    fn boxed(&mut self, relation: Option<&'a Relation>) -> Walked {
        relation.map_or(Ok(()), |relation| self.relation(relation))
    }

    fn relation(&mut self, relation: &'a Relation) -> Walked {
        self.count()?;
        let Some(kind) = &relation.rel_type else { return not_rehearsed("A plan of an unknown kind") };
        match kind {
            RelType::Read(of) if of.is_streaming => not_rehearsed("A stream"),
            RelType::Read(of) => match &of.read_type {
                Some(ReadType::NamedTable(table)) => {
                    storage::options(&table.options)?;
                    storage::table(&table.unparsed_identifier)
                }
                Some(ReadType::DataSource(source)) => data_source(source),
                None => not_rehearsed("A reader of an unknown kind"),
            },
            RelType::Sql(of) => self.statement(of),
            RelType::Project(of) => self.with(of.input.as_deref(), &of.expressions),
            RelType::Filter(of) => self.with(of.input.as_deref(), &of.condition),
            RelType::Join(of) => {
                self.boxed(of.left.as_deref())?;
                self.with(of.right.as_deref(), &of.join_condition)
            }
            RelType::SetOp(of) => {
                self.boxed(of.left_input.as_deref())?;
                self.boxed(of.right_input.as_deref())
            }
            RelType::Sort(of) => {
                self.orders(&of.order)?;
                self.boxed(of.input.as_deref())
            }
            RelType::Aggregate(of) => {
                if of.group_type() == aggregate::GroupType::Pivot {
                    let Some(pivot) = of.pivot.as_ref().filter(|pivot| !pivot.values.is_empty()) else {
                        return Err(Refusal::new(
                            "NOT_REHEARSED",
                            "pivot without its values is not rehearsed: Spark would read the data to find them.",
                        ));
                    };
                    self.expressions(&pivot.col)?;
                }
                self.expressions(of.grouping_sets.iter().flat_map(|set| &set.grouping_set))?;
                self.expressions(&of.grouping_expressions)?;
                self.with(of.input.as_deref(), &of.aggregate_expressions)
            }
            RelType::LocalRelation(_) | RelType::Range(_) => Ok(()),
            RelType::Limit(of) => self.boxed(of.input.as_deref()),
            RelType::Sample(of) => self.boxed(of.input.as_deref()),
            RelType::Offset(of) => self.boxed(of.input.as_deref()),
            RelType::Tail(of) => self.boxed(of.input.as_deref()),
            RelType::Deduplicate(of) => self.boxed(of.input.as_deref()),
            RelType::SubqueryAlias(of) => self.boxed(of.input.as_deref()),
            RelType::Repartition(of) => self.boxed(of.input.as_deref()),
            RelType::ToDf(of) => self.boxed(of.input.as_deref()),
            RelType::WithColumnsRenamed(of) => self.boxed(of.input.as_deref()),
            RelType::ToSchema(of) => self.boxed(of.input.as_deref()),
            RelType::FillNa(of) => self.boxed(of.input.as_deref()),
            RelType::DropNa(of) => self.boxed(of.input.as_deref()),
            RelType::Replace(of) => self.boxed(of.input.as_deref()),
            RelType::Drop(of) => self.with(of.input.as_deref(), &of.columns),
            RelType::WithColumns(of) => {
                self.expressions(of.aliases.iter().filter_map(|alias| alias.expr.as_deref()))?;
                self.boxed(of.input.as_deref())
            }
            RelType::Hint(of) => self.with(of.input.as_deref(), &of.parameters),
            RelType::Unpivot(of) => {
                self.expressions(of.values.iter().flat_map(|values| &values.values))?;
                self.with(of.input.as_deref(), &of.ids)
            }
            RelType::RepartitionByExpression(of) => self.with(of.input.as_deref(), &of.partition_exprs),
            RelType::SampleBy(of) => self.with(of.input.as_deref(), &of.col),
            RelType::MapPartitions(of) => {
                self.function(of.func.as_ref())?;
                self.boxed(of.input.as_deref())
            }
            RelType::GroupMap(of) if of.transform_with_state_info.is_none() && of.initial_input.is_none() => {
                self.function(of.func.as_ref())?;
                self.expressions(&of.sorting_expressions)?;
                self.with(of.input.as_deref(), &of.grouping_expressions)
            }
            RelType::CoGroupMap(of) => {
                self.function(of.func.as_ref())?;
                self.expressions(of.input_sorting_expressions.iter().chain(&of.other_sorting_expressions))?;
                self.with(of.input.as_deref(), &of.input_grouping_expressions)?;
                self.with(of.other.as_deref(), &of.other_grouping_expressions)
            }
            RelType::AsOfJoin(of) => {
                let sides = of.left_as_of.iter().chain(&of.right_as_of).chain(&of.join_expr).chain(&of.tolerance);
                self.expressions(sides)?;
                self.boxed(of.left.as_deref())?;
                self.boxed(of.right.as_deref())
            }
            RelType::LateralJoin(of) => {
                self.boxed(of.left.as_deref())?;
                self.with(of.right.as_deref(), &of.join_condition)
            }
            RelType::WithRelations(of) => {
                of.references.iter().try_for_each(|reference| self.relation(reference))?;
                self.boxed(of.root.as_deref())
            }
            RelType::UnresolvedTableValuedFunction(of) => {
                named_function(&of.function_name)?;
                self.expressions(&of.arguments)
            }
            // With a schema it is not inferred.
            RelType::Parse(of) if of.schema.is_some() => self.boxed(of.input.as_deref()),
            RelType::Parse(_) => not_rehearsed("A reader of a DataFrame's text without a schema"),
            RelType::CachedLocalRelation(_) | RelType::ChunkedCachedLocalRelation(_) => {
                not_rehearsed("A DataFrame of many local rows")
            }
            RelType::CommonInlineUserDefinedTableFunction(_) => not_rehearsed("A table function of the program"),
            RelType::CommonInlineUserDefinedDataSource(_) => not_rehearsed("A data source of the program"),
            RelType::Catalog(_) => not_rehearsed("A call of the catalogue within a plan"),
            _ => not_rehearsed("A call of this kind"),
        }
    }

    fn with(&mut self, input: Option<&'a Relation>, expressions: impl IntoIterator<Item = &'a Expression>) -> Walked {
        self.expressions(expressions)?;
        self.boxed(input)
    }

    #[expect(deprecated, reason = "a program may still send what older clients sent")]
    fn statement(&mut self, sql: &'a Sql) -> Walked {
        let has_arguments = !(sql.args.is_empty() && sql.pos_args.is_empty());
        if has_arguments || !(sql.named_arguments.is_empty() && sql.pos_arguments.is_empty()) {
            // Without them Spark cannot explain the statement.
            return Err(Refusal::new("NOT_REHEARSED", "A statement with parameters is not rehearsed."));
        }
        storage::sql(&sql.query)?;
        self.sql.push(sql);
        Ok(())
    }

    fn orders(&mut self, orders: &'a [SortOrder]) -> Walked {
        self.expressions(orders.iter().filter_map(|order| order.child.as_deref()))
    }

    fn expressions(&mut self, expressions: impl IntoIterator<Item = &'a Expression>) -> Walked {
        expressions.into_iter().try_for_each(|expression| self.expression(expression))
    }

    fn expression(&mut self, expression: &'a Expression) -> Walked {
        self.count()?;
        match &expression.expr_type {
            Some(
                ExprType::Literal(_)
                | ExprType::UnresolvedAttribute(_)
                | ExprType::UnresolvedStar(_)
                | ExprType::UnresolvedRegex(_)
                | ExprType::UnresolvedNamedLambdaVariable(_),
            ) => Ok(()),
            Some(ExprType::UnresolvedFunction(of)) => {
                named_function(&of.function_name)?;
                self.expressions(&of.arguments)
            }
            Some(ExprType::CallFunction(of)) => {
                named_function(&of.function_name)?;
                self.expressions(&of.arguments)
            }
            Some(ExprType::ExpressionString(of)) => storage::sql(&format!("SELECT {}", of.expression)),
            Some(ExprType::Alias(of)) => self.expressions(of.expr.as_deref()),
            Some(ExprType::Cast(of)) => self.expressions(of.expr.as_deref()),
            Some(ExprType::SortOrder(of)) => self.expressions(of.child.as_deref()),
            Some(ExprType::LambdaFunction(of)) => self.expressions(of.function.as_deref()),
            Some(ExprType::Window(of)) => {
                let frame = of.frame_spec.as_ref();
                let bound = |bound: Option<&'a FrameBoundary>| match bound.and_then(|bound| bound.boundary.as_ref()) {
                    Some(Boundary::Value(value)) => Some(value.as_ref()),
                    _ => None,
                };
                let lower = frame.and_then(|frame| bound(frame.lower.as_deref()));
                let upper = frame.and_then(|frame| bound(frame.upper.as_deref()));
                self.expressions(lower.into_iter().chain(upper))?;
                self.orders(&of.order_spec)?;
                self.expressions(&of.partition_spec)?;
                self.expressions(of.window_function.as_deref())
            }
            Some(ExprType::UnresolvedExtractValue(of)) => {
                self.expressions(of.child.as_deref())?;
                self.expressions(of.extraction.as_deref())
            }
            Some(ExprType::UpdateFields(of)) => {
                self.expressions(of.struct_expression.as_deref())?;
                self.expressions(of.value_expression.as_deref())
            }
            Some(ExprType::CommonInlineUserDefinedFunction(of)) => self.function(Some(of)),
            Some(ExprType::NamedArgumentExpression(of)) => self.expressions(of.value.as_deref()),
            // Its plan stands beside, as a reference of `WithRelations`.
            Some(ExprType::SubqueryExpression(of)) => {
                if let Some(options) = &of.table_arg_options {
                    self.orders(&options.order_spec)?;
                    self.expressions(&options.partition_spec)?;
                }
                self.expressions(&of.in_subquery_values)
            }
            _ => not_rehearsed("An expression of this kind"),
        }
    }

    /// A function of the program: analysed by the type that it declares, and not run.
    fn function(&mut self, function: Option<&'a CommonInlineUserDefinedFunction>) -> Walked {
        let Some(function) = function else { return Ok(()) };
        match &function.function {
            // 300 and 301 are table functions, whose analysis runs Python on the server.
            Some(Function::PythonUdf(of)) if of.eval_type < 300 => self.expressions(&function.arguments),
            _ => not_rehearsed("A function of Java or Scala, or a table function"),
        }
    }
}

fn named_function(name: &str) -> Walked {
    let last = name.rsplit('.').next().unwrap_or_default().replace('`', "").trim().to_lowercase();
    if matches!(last.as_str(), "reflect" | "try_reflect" | "java_method") {
        return Err(Refusal::new("SQLFUNC", format!("{last} runs Java on the cluster.")));
    }
    Ok(())
}

fn data_source(source: &DataSource) -> Walked {
    let format = source.format.as_deref().unwrap_or("parquet").to_lowercase();
    storage::format(&format)?;
    storage::options(&source.options)?;
    if !source.predicates.is_empty() || source.source_name.is_some() {
        return not_rehearsed("A reader of this kind");
    }
    let option = |name: &str| source.options.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v);
    source.paths.iter().chain(option("path")).try_for_each(|path| storage::path(path))?;
    let infers = match format.as_str() {
        "json" | "xml" => true,
        "csv" => option("inferSchema").is_some_and(|value| !value.eq_ignore_ascii_case("false")),
        _ => false,
    };
    if infers && source.schema.as_deref().unwrap_or_default().is_empty() {
        let message = "A schema is not inferred in a rehearsal, because Spark would read the data for it.";
        return Err(Refusal::new("INFERENCE", message));
    }
    Ok(())
}
