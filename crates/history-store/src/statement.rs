//! Statements with their values, run on whichever engine it is.

use sqlx::{
    Arguments, AssertSqlSafe, Database, Encode, FromRow, Type, error::BoxDynError, mysql::MySqlRow,
    pool::PoolConnection, postgres::PgRow, sqlite::SqliteRow,
};

use crate::{
    StoreError,
    pool::{Db, on_engine},
};

/// Names a module's statements and lists them, so that a test finds all of them.
macro_rules! statements {
    ($($name:ident = $text:expr;)*) => {
        $(const $name: $crate::statement::Statement = $crate::statement::Statement($text);)*
        /// The statements of this module.
        pub(crate) const STATEMENTS: &[$crate::statement::Statement] = &[$($name),*];
    };
}
pub(crate) use statements;

/// A statement as `dialect.rs` expects it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statement(pub &'static str);

/// A statement with some of its values.
#[derive(Debug)]
pub(crate) struct Bound {
    text: &'static str,
    values: Vec<Value>,
}

/// What can be bound.
#[derive(Debug)]
pub(crate) enum Value {
    Number(i64),
    /// Where PostgreSQL wants no larger one.
    Small(i32),
    Text(String),
    NoText,
}

/// What each engine's rows can be read as.
pub(crate) trait Rows:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, MySqlRow> + Send + Unpin
{
}

impl<T> Rows for T where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, MySqlRow> + Send + Unpin
{
}

impl Statement {
    pub fn bind(self, value: impl Into<Value>) -> Bound {
        Bound { text: self.0, values: Vec::new() }.bind(value)
    }

    /// Without a value.
    pub fn bare(self) -> Bound {
        Bound { text: self.0, values: Vec::new() }
    }
}

/// Runs a query by a function and a method of sqlx.
macro_rules! run {
    ($bound:ident, $db:ident, $query:ident, $method:ident, $of:expr) => {{
        let engine = $db.engine();
        let text = AssertSqlSafe(engine.text($bound.text));
        let was_busy = std::mem::replace(&mut $db.is_busy, true);
        let answer = on_engine!($db, |connection| {
            let values = arguments(connection, $bound.values).map_err(sqlx::Error::Encode)?;
            Db::patiently(engine, sqlx::$query(text, values).$method(&mut **connection)).await.map($of)
        });
        $db.is_busy = was_busy || matches!(answer, Err(StoreError::Silent));
        answer
    }};
}

impl Bound {
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// How many rows it changed.
    pub async fn execute(self, db: &mut Db) -> Result<u64, StoreError> {
        run!(self, db, query_with, execute, |done| done.rows_affected())
    }

    pub async fn all<T: Rows>(self, db: &mut Db) -> Result<Vec<T>, StoreError> {
        run!(self, db, query_as_with, fetch_all, |rows| rows)
    }

    pub async fn optional<T: Rows>(self, db: &mut Db) -> Result<Option<T>, StoreError> {
        run!(self, db, query_as_with, fetch_optional, |row| row)
    }

    pub async fn one<T: Rows>(self, db: &mut Db) -> Result<T, StoreError> {
        run!(self, db, query_as_with, fetch_one, |row| row)
    }
}

fn arguments<D: Database>(_: &PoolConnection<D>, values: Vec<Value>) -> Result<D::Arguments, BoxDynError>
where
    for<'t> i64: Encode<'t, D> + Type<D>,
    for<'t> i32: Encode<'t, D> + Type<D>,
    for<'t> String: Encode<'t, D> + Type<D>,
    for<'t> Option<String>: Encode<'t, D> + Type<D>,
{
    let mut arguments = D::Arguments::default();
    for value in values {
        match value {
            Value::Number(number) => arguments.add(number)?,
            Value::Small(number) => arguments.add(number)?,
            Value::Text(text) => arguments.add(text)?,
            Value::NoText => arguments.add(None::<String>)?,
        }
    }
    Ok(arguments)
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Small(number)
    }
}

impl From<i16> for Value {
    fn from(number: i16) -> Self {
        Self::Number(number.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl From<String> for Value {
    /// PostgreSQL knows no text with a zero in it.
    fn from(text: String) -> Self {
        Self::Text(if text.contains('\0') { text.replace('\0', "") } else { text })
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::NoText, Self::from)
    }
}
