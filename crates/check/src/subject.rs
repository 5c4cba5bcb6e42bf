//! A program as the rules see it.

use std::ops::Range;

use python_source::{Meaning, NodeId, Program, Resolved};

use crate::{
    Chosen,
    frame::{MOST_ACCESSES, Method, argument},
    kinds::{self, AllKinds, Kinds},
    names::{self, OwnNames, TableName},
    redact::Redactor,
    sql_text::{self, Token},
    statement::SqlStatement,
    taken::{Taken, Use},
};

/// SQL in the program.
pub(crate) struct SqlText {
    pub text: String,
    /// The literal, or the statement in a file of SQL.
    pub range: Range<usize>,
    /// Where the text stands character by character.
    pub verbatim: Option<Range<usize>>,
    /// A whole statement, and no expression such as that of `expr`.
    pub is_statement: bool,
    /// Its parameters have values, so that Spark cannot explain it without them.
    pub has_arguments: bool,
}

impl SqlText {
    pub(crate) fn tokens(&self) -> Vec<Token<'_>> {
        sql_text::tokens(&self.text)
    }

    /// The place of a byte of the text in the source.
    pub(crate) fn place(&self, at: usize) -> Range<usize> {
        match &self.verbatim {
            Some(range) => range.start + at..range.start + at,
            None => self.range.clone(),
        }
    }
}

/// A program, what its expressions stand for, and what it should read.
pub(crate) struct Subject<'a> {
    pub program: Option<&'a Program>,
    pub resolved: Resolved,
    kinds: AllKinds,
    pub chosen: &'a Chosen,
    pub redactor: &'a Redactor,
    taken: Taken,
    /// Calls that run SQL which is no literal.
    pub dynamic_sql: Vec<Range<usize>>,
}

/// Methods of DataFrames that take an expression of SQL.
const EXPRESSIONS: [&str; 4] = ["selectExpr", "filter", "where", "expr"];

impl<'a> Subject<'a> {
    pub(crate) fn of(program: &'a Program, chosen: &'a Chosen, redactor: &'a Redactor) -> Self {
        let resolved = program.resolved();
        let kinds = kinds::kinds(&resolved);
        let (taken, dynamic_sql) = (Taken::default(), Vec::new());
        let mut subject = Self { program: Some(program), resolved, kinds, chosen, redactor, taken, dynamic_sql };
        let (mut taken, mut dynamic) = (Taken::default(), Vec::new());
        for method in subject.methods() {
            subject.take_sql(&method, &mut taken, &mut dynamic);
        }
        subject.take_expressions(&mut taken);
        (subject.taken, subject.dynamic_sql) = (taken, dynamic);
        subject
    }

    /// A file of SQL.
    pub(crate) fn of_sql(source: &'a str, chosen: &'a Chosen, redactor: &'a Redactor) -> Self {
        let text = |range: Range<usize>| SqlText {
            text: source.get(range.clone()).unwrap_or_default().to_owned(),
            verbatim: Some(range.clone()),
            is_statement: true,
            has_arguments: false,
            range,
        };
        Self {
            program: None,
            resolved: Resolved::default(),
            kinds: AllKinds::default(),
            chosen,
            redactor,
            taken: Taken::all(sql_text::statements(source).into_iter().map(text).collect()),
            dynamic_sql: Vec::new(),
        }
    }

    /// Its SQL, each literal once for each use.
    pub(crate) fn sql(&self) -> &[SqlText] {
        &self.taken.sql
    }

    /// The place in [`Subject::sql`] of the first text that a call runs.
    pub(crate) fn sql_of_call(&self, call: &Range<usize>) -> Option<usize> {
        self.taken.of_call(call)
    }

    pub(crate) fn kinds(&self, id: NodeId) -> Kinds {
        self.kinds.of.get(id.index()).copied().unwrap_or_default()
    }

    /// The kinds of what a list or dictionary holds.
    pub(crate) fn held(&self, id: NodeId) -> Kinds {
        self.kinds.held.get(id.index()).copied().unwrap_or_default()
    }

    /// The dotted path of something imported.
    pub(crate) fn path(&self, id: NodeId) -> Option<String> {
        kinds::path(&self.resolved, id)
    }

    fn take_sql(&self, method: &Method<'_>, taken: &mut Taken, dynamic: &mut Vec<Range<usize>>) {
        if method.name != "sql" {
            return;
        }
        let kinds = self.kinds(method.of);
        // `pandas` and others have a `sql` too, but not on what is unknown.
        let unknown = !kinds.is_spark() && self.path(method.of).is_none();
        if !kinds.has(Kinds::SESSION) && !unknown {
            return;
        }
        let text = argument(method.arguments, 0, &["sqlQuery"]);
        let texts = text.and_then(|id| self.resolved.texts(id)).filter(|_| kinds.has(Kinds::SESSION));
        // `{name}` is filled in by keyword arguments.
        let is_filled =
            method.arguments.iter().any(|a| a.name.as_deref().is_some_and(|n| n != "args" && n != "sqlQuery"));
        match texts {
            Some(texts) if !is_filled => {
                let used = Use { is_statement: true, has_arguments: method.arguments.len() > 1 };
                texts.into_iter().for_each(|(id, _)| taken.take(&self.resolved, id, used, &method.range));
            }
            _ => dynamic.push(method.range.clone()),
        }
    }

    fn take_expressions(&self, taken: &mut Taken) {
        let used = Use { is_statement: false, has_arguments: false };
        for (_, node) in self.resolved.nodes() {
            let Meaning::Call { of, arguments } = &node.meaning else { continue };
            let takes = match self.resolved.meaning(*of) {
                Meaning::Attribute { of, name } if EXPRESSIONS.contains(&name.as_str()) => {
                    !self.kinds(*of).has(Kinds::LOCAL)
                }
                _ => false,
            };
            if takes || self.path(*of).is_some_and(|path| path.ends_with("sql.functions.expr")) {
                let values = arguments.iter().flat_map(|argument| self.resolved.values(argument.value));
                values.for_each(|id| taken.take(&self.resolved, id, used, &node.range));
            }
        }
    }

    /// The tables that statements name.
    pub(crate) fn sql_tables(&self) -> Vec<(&SqlText, TableName)> {
        let statements = self.sql().iter().filter(|sql| sql.is_statement);
        let tables = statements.flat_map(|sql| names::tables(&sql.tokens()).into_iter().map(move |table| (sql, table)));
        tables.take(MOST_ACCESSES).collect()
    }

    /// Whether the program reads or writes more than is compared.
    pub(crate) fn has_too_many(&self) -> bool {
        [self.reads().len(), self.writes().len(), self.sql_tables().len()].iter().any(|found| *found >= MOST_ACCESSES)
    }

    pub(crate) fn uses_spark(&self) -> bool {
        !self.sql().is_empty()
            || !self.dynamic_sql.is_empty()
            || self.kinds.of.iter().any(|kinds| kinds.is_spark())
            || self.first_table_function().is_some()
    }

    /// The first place where a table function is made: its call is a DataFrame without a session's name.
    pub(crate) fn first_table_function(&self) -> Option<Range<usize>> {
        let makes_one = |id: NodeId| {
            let path = self.path(id).unwrap_or_default();
            path.starts_with("pyspark.") && (path.ends_with(".udtf") || path.ends_with(".arrow_udtf"))
        };
        let mut nodes = self.resolved.nodes();
        nodes.find(|(id, _)| makes_one(*id)).map(|(_, node)| node.range.clone())
    }

    /// Names of tables and views that the program makes.
    pub(crate) fn own_names(&self) -> OwnNames {
        let mut own = OwnNames::default();
        own.any = !self.dynamic_sql.is_empty();
        for method in self.methods() {
            let makes_view = matches!(
                method.name,
                "createOrReplaceTempView"
                    | "createTempView"
                    | "createGlobalTempView"
                    | "createOrReplaceGlobalTempView"
                    | "registerTempTable"
            );
            let changes = self.kinds(method.of).has(Kinds::CATALOG)
                && matches!(method.name, "setCurrentDatabase" | "setCurrentCatalog" | "createTable" | "dropTempView");
            if makes_view || changes {
                let name = argument(method.arguments, 0, &["name", "viewName", "tableName"]);
                match name.and_then(|id| self.resolved.texts(id)).filter(|_| makes_view) {
                    Some(names) => names.iter().for_each(|(_, name)| own.add(name)),
                    None => own.any = true,
                }
            }
        }
        for write in self.writes() {
            match &write.name {
                Some(name) => own.add(name),
                None => own.any |= write.place == crate::frame::Place::Table,
            }
        }
        self.sql().iter().filter(|sql| sql.is_statement).for_each(|sql| names::changed(&sql.tokens(), &mut own));
        own
    }

    /// Statements to ask a server about.
    pub(crate) fn statements(&self) -> Vec<SqlStatement> {
        let statements = self.sql().iter().filter(|sql| sql.is_statement);
        statements.map(|sql| SqlStatement::new(sql, names::tables(&sql.tokens()))).collect()
    }

    /// Where the program first does something to a DataFrame that only Spark can judge: nearly every method does.
    pub(crate) fn first_frame(&self) -> Option<Range<usize>> {
        let touches = |method: &Method<'_>| {
            let kinds = self.kinds(method.of);
            let known = matches!(
                method.name,
                "show"
                    | "collect"
                    | "toPandas"
                    | "toArrow"
                    | "count"
                    | "limit"
                    | "first"
                    | "head"
                    | "take"
                    | "tail"
                    | "isEmpty"
                    | "printSchema"
                    | "explain"
                    | "cache"
                    | "persist"
                    | "unpersist"
                    | "distinct"
                    | "createOrReplaceTempView"
                    | "createTempView"
            );
            let frame = kinds.has(Kinds::ANY_FRAME.or(Kinds::GROUPED).or(Kinds::WRITER).or(Kinds::WRITER_V2));
            let session = kinds.has(Kinds::SESSION) && matches!(method.name, "table" | "createDataFrame");
            (frame && !known) || kinds.has(Kinds::READER.or(Kinds::CATALOG)) || session
        };
        self.methods().find(touches).map(|method| method.range)
    }
}
