//! Cached tables, DataFrames and RDDs of the selected application.

use std::{cmp::Reverse, sync::Arc};

use upstream::{
    driver::{amount, count},
    driver_path::DriverPath,
    rows::FirstRows,
    storage_rows::CachedRddRow,
};
use wire::{CachedData, CachedKind, Meter, Storage};

use crate::{
    AppExecutors, DriverKey, Error, Limits, Observed, Tasks,
    cached::Cached,
    queries::Snapshot,
    selection::{Chosen, OfApp, Selection},
    text,
};

/// Entries that are listed individually.
const SHOWN: usize = 200;
/// Spark's name of a cached table; the table's name follows, in backquotes if it needs them.
const TABLE: &str = "In-memory table ";
/// Longest name, characters: a DataFrame's is its plan.
const LONGEST_NAME: usize = 400;
/// Spark Connect has no other way to release all of a session's cached data.
const RELEASE_ALL: &str = "spark.catalog.clearCache()";

/// See the module's sentence.
#[derive(Debug)]
pub struct AppStorage {
    seen: Cached<DriverKey, FirstRows<CachedRddRow>>,
    executors: Arc<AppExecutors>,
}

impl AppStorage {
    #[must_use]
    pub fn new(executors: Arc<AppExecutors>, limits: &Limits, tasks: &Tasks) -> Self {
        let limits = limits.driver_cache("storage", limits.executors_lifetime);
        Self { seen: Cached::new(limits, tasks.clone()), executors }
    }

    /// What is cached, and when stages of `moment` last used it.
    ///
    /// # Errors
    /// The driver's failure.
    pub async fn list(
        &self,
        selection: &Observed<Selection>,
        moment: Observed<OfApp<Snapshot>>,
    ) -> Result<Observed<Storage>, Error> {
        let chosen = selection.value.chosen.as_ref().filter(|_| moment.value.known.is_some());
        let Some(Chosen { call, .. }) = chosen else {
            return Ok(moment.map(|OfApp { app, .. }| Storage { app, ..nothing() }));
        };
        let fetch = call.clone();
        let fetch = |_| async move { fetch.rows(DriverPath::Storage).await };
        let (rows, executors) =
            tokio::join!(self.seen.last_good(&call.key, call.max_age, fetch), self.executors.ask(call.clone()));
        let seen = moment.zip(rows?.zip(executors?));
        Ok(seen.map(|(OfApp { app, known }, (rows, executors))| {
            let last_uses = known.map(|known| known.last_uses()).unwrap_or_default();
            let mut largest: Vec<&CachedRddRow> = rows.iter().collect();
            let bytes = |row: &CachedRddRow| amount(row.memory_used).saturating_add(amount(row.disk_used));
            largest.sort_by_key(|row| (Reverse(bytes(row)), row.id));
            let not_shown = u32::try_from(largest.len().saturating_sub(SHOWN)).unwrap_or(u32::MAX);
            let cached = largest.into_iter().take(SHOWN).map(|row| {
                let last_use = last_uses.get(&row.id);
                CachedData {
                    last_used_at_ms: last_use.map(|last| last.at_ms),
                    is_in_use: last_use.is_some_and(|last| last.is_now),
                    ..cached(row)
                }
            });
            let cached: Vec<_> = cached.collect();
            Storage {
                app,
                memory_bytes: executors.storage_bytes(),
                cached_not_shown: not_shown.saturating_add(rows.left_out),
                release_code: (!cached.is_empty()).then(|| RELEASE_ALL.to_owned()),
                cached,
            }
        }))
    }
}

fn nothing() -> Storage {
    let memory_bytes = Meter::default();
    Storage { app: None, memory_bytes, cached: Vec::new(), cached_not_shown: 0, release_code: None }
}

fn cached(row: &CachedRddRow) -> CachedData {
    let table = row.name.strip_prefix(TABLE).map(str::trim);
    // A DataFrame's name is its plan, whose operators are indented below each other.
    let is_plan = row.name.contains("+- ") || row.name.starts_with("*(") || row.name.contains(" [");
    let (kind, name) = match table {
        Some(table) => (CachedKind::Table, table),
        None if is_plan => (CachedKind::DataFrame, row.name.as_str()),
        None => (CachedKind::Rdd, row.name.as_str()),
    };
    CachedData {
        rdd_id: row.id,
        kind,
        name: text::line(name, LONGEST_NAME),
        level: text::name(&row.storage_level),
        partitions: count(row.num_partitions),
        partitions_cached: count(row.num_cached_partitions).min(count(row.num_partitions)),
        memory_bytes: amount(row.memory_used),
        disk_bytes: amount(row.disk_used),
        last_used_at_ms: None,
        is_in_use: false,
        release_code: table
            .filter(|table| is_plain(table))
            .map(|table| format!("spark.catalog.uncacheTable(\"{table}\")")),
    }
}

/// Whether a name means the same to Python and to Spark as it stands: quotes may stand around the whole or around parts.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> (CachedKind, String, Option<String>) {
        let row = CachedRddRow { name: name.to_owned(), ..CachedRddRow::default() };
        let CachedData { kind, name, release_code, .. } = cached(&row);
        (kind, name, release_code)
    }

    #[test]
    fn a_table_is_named_and_released_by_its_name() {
        let code = |name: &str| Some(format!("spark.catalog.uncacheTable({name})"));
        assert_eq!(of("In-memory table orders"), (CachedKind::Table, "orders".to_owned(), code("\"orders\"")));
        assert_eq!(of("In-memory table db.orders").2, code("\"db.orders\""));
        let quoted = of("In-memory table `my-db`.`t-1`");
        assert_eq!(quoted, (CachedKind::Table, "`my-db`.`t-1`".to_owned(), None), "nobody knows which parts it has");
    }

    #[test]
    fn a_data_frame_is_its_plan_and_an_rdd_its_name() {
        let plan = "*(1) Project [id#0L]\n+- *(1) Range (0, 10, step=1, splits=2)\n";
        assert_eq!(of(plan).0, CachedKind::DataFrame);
        assert_eq!(of(plan).1, "*(1) Project [id#0L] +- *(1) Range (0, 10, step=1, splits=2)");
        assert_eq!(of("PythonRDD"), (CachedKind::Rdd, "PythonRDD".to_owned(), None));
    }

    #[test]
    fn more_partitions_than_there_are_is_not_told() {
        let row =
            CachedRddRow { num_partitions: 2, num_cached_partitions: 3, memory_used: -1, ..CachedRddRow::default() };
        let CachedData { partitions_cached, memory_bytes, .. } = cached(&row);
        assert_eq!((partitions_cached, memory_bytes), (2, 0));
    }
}
