//! What can be read.

use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use crate::{DAY_MS, HOUR_MS, Run, Store, StoreError, Texts, retention, slower::Past, statement::statements};

/// One component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentRow {
    pub component_id: i64,
    pub kind: String,
    pub name: String,
    /// JSON, or empty.
    pub facts: String,
    pub last_seen_ms: i64,
}

/// The values of one component at one moment, or their means from that moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointRow {
    pub at_ms: i64,
    /// How much of the hour or day the values cover; 0 for a sample.
    pub covered_ms: i64,
    /// JSON: a number for each name, or `[mean, least, greatest, newest]`.
    pub vals: String,
}

/// A time in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpanRow {
    pub name: String,
    pub first_ms: i64,
    pub last_ms: i64,
    pub state: String,
    pub vals: String,
}

/// Queries that ask the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeRow {
    pub shape_id: i64,
    pub made_from: String,
    pub label: String,
    pub last_ms: i64,
    pub runs: i64,
}

/// One run with its shape.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRow {
    pub shape_id: i64,
    pub label: String,
    pub run: Run,
    /// Whether it was its application's first.
    pub is_first: bool,
}

/// How much is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    pub bytes: u64,
    pub points: u64,
    pub runs: u64,
    /// The oldest that is kept, milliseconds since 1970; none if there is nothing.
    pub oldest_ms: Option<i64>,
    pub newest_ms: Option<i64>,
}

/// The most samples, or means of one kind, from which a greatest value is found: a week of one each minute.
const MOST_POINTS: i64 = 10_080;

/// A person's runs with what belongs to them.
macro_rules! runs {
    ($which:literal) => {
        concat!(
            "SELECT query_runs.*, label, statement, message, NOT EXISTS (SELECT 1 FROM query_runs AS earlier \
             WHERE earlier.app_id = query_runs.app_id AND earlier.submitted_ms < query_runs.submitted_ms) AS is_first \
             FROM query_runs JOIN query_shapes USING (shape_id) JOIN systems USING (system_id) \
             LEFT JOIN query_texts USING (run_id) WHERE owner = ?",
            $which,
            " ORDER BY submitted_ms DESC, run_id DESC LIMIT ?"
        )
    };
}

statements! {
    COMPONENTS = "SELECT component_id, components.kind, components.name, facts, last_seen_ms \
                  FROM components JOIN systems USING (system_id) WHERE owner = ? AND components.kind = ? \
                  ORDER BY last_seen_ms DESC, component_id DESC LIMIT ?";
    COMPONENT = "SELECT component_id, components.kind, components.name, facts, last_seen_ms \
                 FROM components JOIN systems USING (system_id) \
                 WHERE owner = ? AND components.kind = ? AND components.name = ?";
    // The newest, if there are too many.
    POINTS = "SELECT at_ms, covered_ms, vals FROM points WHERE component_id = ? AND step_ms = ? \
              AND at_ms >= ? AND at_ms < ? ORDER BY at_ms DESC LIMIT ?";
    SPANS = "SELECT components.name, first_ms, last_ms, state, vals FROM spans \
             JOIN components USING (component_id) JOIN systems USING (system_id) \
             WHERE owner = ? AND components.kind = ? AND substr(components.name, 1, ?) = ? \
             ORDER BY first_ms DESC, span_id DESC LIMIT ?";
    SPANS_OF = "SELECT components.name, first_ms, last_ms, state, vals FROM spans \
                JOIN components USING (component_id) WHERE component_id = ? \
                ORDER BY first_ms DESC, span_id DESC LIMIT ?";
    SHAPES = "SELECT shape_id, made_from, label, last_ms, \
              (SELECT count(*) FROM query_runs WHERE query_runs.shape_id = query_shapes.shape_id) \
              FROM query_shapes JOIN systems USING (system_id) \
              WHERE owner = ? AND strpos(lower(label), lower(?)) > 0 ORDER BY last_ms DESC, shape_id DESC LIMIT ?";
    RUNS = runs!("");
    RUNS_OF_SHAPE = runs!(" AND query_runs.shape_id = ?");
    RUNS_OF_APP = runs!(" AND app_id = ?");
    OWNERS = "SELECT DISTINCT owner FROM systems";
    COUNTED = "SELECT (SELECT count(*) FROM points), (SELECT count(*) FROM query_runs), \
               (SELECT min(at_ms) FROM points), (SELECT max(newest_ms) FROM systems)";
}

impl Store {
    /// A person's components of one kind, the last seen first.
    ///
    /// # Errors
    /// The database's.
    pub async fn components(&self, owner: &str, kind: &str, most: i64) -> Result<Vec<ComponentRow>, StoreError> {
        let rows = COMPONENTS.bind(owner.trim()).bind(kind.trim()).bind(most);
        let rows: Vec<(i64, String, String, String, i64)> = rows.all(&mut self.readers.acquire().await?).await?;
        Ok(rows.into_iter().map(component).collect())
    }

    /// One component of a person.
    ///
    /// # Errors
    /// The database's.
    pub async fn component(&self, owner: &str, kind: &str, name: &str) -> Result<Option<ComponentRow>, StoreError> {
        let row = COMPONENT.bind(owner.trim()).bind(kind.trim()).bind(name.trim());
        Ok(row.optional(&mut self.readers.acquire().await?).await?.map(component))
    }

    /// A component's points of this step in a span of time, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn points(
        &self,
        component_id: i64,
        step_ms: i64,
        (from_ms, to_ms): (i64, i64),
        most: i64,
    ) -> Result<Vec<PointRow>, StoreError> {
        let rows = POINTS.bind(component_id).bind(step_ms).bind(from_ms).bind(to_ms).bind(most);
        let rows: Vec<(i64, i32, String)> = rows.all(&mut self.readers.acquire().await?).await?;
        let row = |(at_ms, covered_ms, vals)| PointRow { at_ms, covered_ms: i64::from(covered_ms), vals };
        Ok(rows.into_iter().rev().map(row).collect())
    }

    /// The greatest value of this name that is kept of a component; none if there is none.
    ///
    /// # Errors
    /// The database's.
    pub async fn greatest(&self, component_id: i64, name: &str) -> Result<Option<f64>, StoreError> {
        let mut greatest: Option<f64> = None;
        for step_ms in [0, HOUR_MS, DAY_MS] {
            let rows = self.points(component_id, step_ms, (0, i64::MAX), MOST_POINTS).await?;
            let values = rows.iter().filter_map(|row| {
                let values: serde_json::Value = serde_json::from_str(&row.vals).ok()?;
                let value = values.get(name)?;
                // Means are `[mean, least, greatest, newest]`.
                value.get(2).unwrap_or(value).as_f64()
            });
            greatest = values.chain(greatest).reduce(f64::max);
        }
        Ok(greatest)
    }

    /// The newest spans of a person's components of this kind, whose names begin so; oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn spans(
        &self,
        owner: &str,
        kind: &str,
        name_begins: &str,
        most: i64,
    ) -> Result<Vec<SpanRow>, StoreError> {
        let length = i32::try_from(name_begins.chars().count()).unwrap_or(i32::MAX);
        let rows = SPANS.bind(owner.trim()).bind(kind.trim()).bind(length).bind(name_begins).bind(most);
        Ok(spans(rows.all(&mut self.readers.acquire().await?).await?))
    }

    /// The newest spans of one component, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn spans_of(&self, component_id: i64, most: i64) -> Result<Vec<SpanRow>, StoreError> {
        let rows = SPANS_OF.bind(component_id).bind(most);
        Ok(spans(rows.all(&mut self.readers.acquire().await?).await?))
    }

    /// A person's shapes whose label contains a text, the last seen first. Case does not matter; outside ASCII it does
    /// in SQLite.
    ///
    /// # Errors
    /// The database's.
    pub async fn shapes(&self, owner: &str, containing: &str, most: i64) -> Result<Vec<ShapeRow>, StoreError> {
        let rows = SHAPES.bind(owner.trim()).bind(containing).bind(most);
        let rows: Vec<(i64, String, String, i64, i64)> = rows.all(&mut self.readers.acquire().await?).await?;
        let row = |(shape_id, made_from, label, last_ms, runs)| ShapeRow { shape_id, made_from, label, last_ms, runs };
        Ok(rows.into_iter().map(row).collect())
    }

    /// The runs of one shape of a person, newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn runs_of_shape(&self, owner: &str, shape_id: i64, most: i64) -> Result<Vec<RunRow>, StoreError> {
        let rows = RUNS_OF_SHAPE.bind(owner.trim()).bind(shape_id).bind(most);
        rows.all(&mut self.readers.acquire().await?).await
    }

    /// The runs in one application of a person, newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn runs_of_app(&self, owner: &str, app_id: &str, most: i64) -> Result<Vec<RunRow>, StoreError> {
        let rows = RUNS_OF_APP.bind(owner.trim()).bind(app_id.trim()).bind(most);
        rows.all(&mut self.readers.acquire().await?).await
    }

    /// A person's newest runs, newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn runs(&self, owner: &str, most: i64) -> Result<Vec<RunRow>, StoreError> {
        RUNS.bind(owner.trim()).bind(most).all(&mut self.readers.acquire().await?).await
    }

    /// The names under which something is stored.
    ///
    /// # Errors
    /// The database's.
    pub async fn owners(&self) -> Result<Vec<String>, StoreError> {
        let owners: Vec<(String,)> = OWNERS.bare().all(&mut self.readers.acquire().await?).await?;
        // Each engine sorts texts in its own way.
        let mut owners: Vec<String> = owners.into_iter().map(|(owner,)| owner).collect();
        owners.sort();
        Ok(owners)
    }

    /// How much is stored.
    ///
    /// # Errors
    /// The database's.
    pub async fn size(&self) -> Result<Size, StoreError> {
        let mut db = self.readers.acquire().await?;
        let bytes = retention::bytes(&mut db).await?;
        let (points, runs, oldest_ms, newest_ms): (i64, i64, Option<i64>, Option<i64>) =
            COUNTED.bare().one(&mut db).await?;
        let count = |value: i64| u64::try_from(value).unwrap_or(0);
        Ok(Size { bytes, points: count(points), runs: count(runs), oldest_ms, newest_ms })
    }
}

fn component((component_id, kind, name, facts, last_seen_ms): (i64, String, String, String, i64)) -> ComponentRow {
    ComponentRow { component_id, kind, name, facts, last_seen_ms }
}

/// Spans, of which the newest come first.
fn spans(rows: Vec<(String, i64, i64, String, String)>) -> Vec<SpanRow> {
    let row = |(name, first_ms, last_ms, state, vals)| SpanRow { name, first_ms, last_ms, state, vals };
    rows.into_iter().rev().map(row).collect()
}

impl RunRow {
    /// What the rule about slow runs compares.
    #[must_use]
    pub fn past(&self) -> Past {
        let Run { duration_ms, waited_ms, slots, spilled_bytes, gc_ms, run_ms, .. } = self.run;
        Past {
            duration_ms,
            waited_ms,
            slots,
            bytes: self.run.read_bytes.saturating_add(self.run.shuffle_bytes),
            spilled_bytes,
            gc_ms,
            run_ms,
            plan_hash: self.run.plan_hash.clone(),
            succeeded: self.run.state == "succeeded",
            is_first: self.is_first,
        }
    }
}

/// From a row of any engine.
impl<'r, R: Row> FromRow<'r, R> for RunRow
where
    &'static str: ColumnIndex<R>,
    i32: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    bool: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let run = Run {
            app_id: row.try_get("app_id")?,
            query_id: row.try_get("query_id")?,
            plan_hash: row.try_get("plan_hash")?,
            submitted_ms: row.try_get("submitted_ms")?,
            duration_ms: row.try_get("duration_ms")?,
            waited_ms: row.try_get("waited_ms")?,
            state: row.try_get("state")?,
            error_class: row.try_get("error_class")?,
            slots: row.try_get::<i32, _>("slots")?.into(),
            tasks: row.try_get::<i32, _>("tasks")?.into(),
            run_ms: row.try_get("run_ms")?,
            cpu_ms: row.try_get("cpu_ms")?,
            gc_ms: row.try_get("gc_ms")?,
            read_bytes: row.try_get("read_bytes")?,
            shuffle_bytes: row.try_get("shuffle_bytes")?,
            spilled_bytes: row.try_get("spilled_bytes")?,
            written_bytes: row.try_get("written_bytes")?,
            texts: match (row.try_get("statement")?, row.try_get("message")?) {
                (Some(statement), Some(message)) => Some(Texts { statement, message }),
                _ => None,
            },
        };
        Ok(Self {
            shape_id: row.try_get("shape_id")?,
            label: row.try_get("label")?,
            run,
            is_first: row.try_get("is_first")?,
        })
    }
}
