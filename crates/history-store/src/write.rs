//! Writes ticks and runs. The same again changes nothing, and order does not matter.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;

use crate::{
    Component, Run, Shape, SpanSeen, StoreError, SystemKey, Texts, Tick, Values,
    retention::{HOUR_MS, MOST_HELD_TENTHS},
};

/// The usual time between two ticks while nothing runs, milliseconds.
const LONGEST_STEP_MS: i64 = 300_000;
/// Longest names, characters; longer ones are cut.
const LONGEST_NAME: usize = 255;
const LONGEST_LABEL: usize = 200;
const LONGEST_CLASS: usize = 96;

/// The id of a system, which is made with its first row.
pub(crate) async fn system_id(db: &mut SqliteConnection, key: &SystemKey) -> Result<i64, StoreError> {
    let known = "SELECT system_id FROM systems WHERE owner = ? AND name = ?";
    let known: Option<i64> =
        sqlx::query_scalar(known).bind(&key.owner).bind(&key.name).fetch_optional(&mut *db).await?;
    if let Some(id) = known {
        return Ok(id);
    }
    let add = "INSERT INTO systems (owner, name, kind) VALUES (?, ?, ?)";
    Ok(sqlx::query(add).bind(&key.owner).bind(&key.name).bind(&key.kind).execute(db).await?.last_insert_rowid())
}

/// Writes a tick: the last writer of a value wins, and equal content is not written again.
pub(crate) async fn tick(db: &mut SqliteConnection, tick: &Tick) -> Result<(), StoreError> {
    let system_id = system_id(db, &tick.system).await?;
    let digest = digest(tick);
    let known = "SELECT digest FROM ticks WHERE system_id = ? AND at_ms = ?";
    let known: Option<String> =
        sqlx::query_scalar(known).bind(system_id).bind(tick.at_ms).fetch_optional(&mut *db).await?;
    if known.as_ref() == Some(&digest) {
        return Ok(());
    }
    let write = "INSERT INTO ticks (system_id, at_ms, step_ms, received_ms, source, digest) VALUES (?, ?, ?, ?, ?, ?) \
                 ON CONFLICT (system_id, at_ms) DO UPDATE SET step_ms = excluded.step_ms, \
                 received_ms = excluded.received_ms, source = excluded.source, digest = excluded.digest";
    let write = sqlx::query(write).bind(system_id).bind(tick.at_ms).bind(tick.step_ms).bind(tick.received_ms);
    write.bind(&tick.source).bind(digest).execute(&mut *db).await?;
    // Sorted, so that other engines, where several write at once, do not deadlock.
    let mut components: Vec<&Component> = tick.components.iter().collect();
    components.sort_by(|a, b| (&a.kind, &a.name).cmp(&(&b.kind, &b.name)));
    for component in components {
        let id = component_id(db, system_id, (&component.kind, &component.name), &component.facts, tick.at_ms).await?;
        point(db, id, tick.at_ms, &component.values).await?;
    }
    for seen in &tick.spans {
        let id = component_id(db, system_id, (&seen.kind, &seen.name), "", tick.at_ms).await?;
        span(db, id, tick, seen).await?;
    }
    let newest = "UPDATE systems SET step_ms = ?, newest_ms = max(coalesce(newest_ms, 0), ?) WHERE system_id = ?";
    sqlx::query(newest).bind(tick.step_ms).bind(tick.at_ms).bind(system_id).execute(&mut *db).await?;
    // The values hold into the next hour, and those of the tick before end here.
    let reach_ms = tick.step_ms.saturating_mul(MOST_HELD_TENTHS).max(LONGEST_STEP_MS * MOST_HELD_TENTHS) / 10;
    for at_ms in [tick.at_ms.saturating_sub(reach_ms), tick.at_ms, tick.at_ms.saturating_add(reach_ms)] {
        let due = "INSERT INTO hours_due (system_id, hour_ms) VALUES (?, ?) ON CONFLICT DO NOTHING";
        sqlx::query(due).bind(system_id).bind(at_ms.div_euclid(HOUR_MS) * HOUR_MS).execute(&mut *db).await?;
    }
    Ok(())
}

async fn component_id(
    db: &mut SqliteConnection,
    system_id: i64,
    (kind, name): (&str, &str),
    facts: &str,
    at_ms: i64,
) -> Result<i64, StoreError> {
    // MariaDB takes `'a '` for `'a'`.
    let name = cut(name.trim(), LONGEST_NAME);
    let write = "INSERT INTO components (system_id, kind, name, facts, facts_at_ms, last_seen_ms) \
                 VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (system_id, kind, name) DO UPDATE SET \
                 last_seen_ms = max(components.last_seen_ms, excluded.last_seen_ms), \
                 facts = CASE WHEN excluded.facts <> '' AND excluded.facts_at_ms >= components.facts_at_ms \
                 THEN excluded.facts ELSE components.facts END, \
                 facts_at_ms = CASE WHEN excluded.facts <> '' THEN max(components.facts_at_ms, excluded.facts_at_ms) \
                 ELSE components.facts_at_ms END RETURNING component_id";
    let write = sqlx::query_scalar(write).bind(system_id).bind(kind).bind(name).bind(facts).bind(at_ms).bind(at_ms);
    Ok(write.fetch_one(db).await?)
}

async fn point(db: &mut SqliteConnection, id: i64, at_ms: i64, values: &Values) -> Result<(), StoreError> {
    let known = "SELECT vals FROM points WHERE component_id = ? AND step_ms = 0 AND at_ms = ?";
    let known: Option<String> = sqlx::query_scalar(known).bind(id).bind(at_ms).fetch_optional(&mut *db).await?;
    let mut all: Values = known.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    all.extend(values.iter().map(|(name, value)| (name.clone(), *value)));
    let write = "INSERT INTO points (component_id, step_ms, at_ms, covered_ms, vals) VALUES (?, 0, ?, 0, ?) \
                 ON CONFLICT (component_id, step_ms, at_ms) DO UPDATE SET vals = excluded.vals";
    sqlx::query(write).bind(id).bind(at_ms).bind(json(&all)).execute(db).await?;
    Ok(())
}

/// Extends the span of this state around the moment, or begins one.
async fn span(db: &mut SqliteConnection, id: i64, tick: &Tick, seen: &SpanSeen) -> Result<(), StoreError> {
    if let Some(at_ms) = seen.once_at_ms {
        let add = "INSERT INTO spans (component_id, first_ms, last_ms, state, vals) SELECT ?1, ?2, ?2, ?3, ?4 \
                   WHERE NOT EXISTS (SELECT 1 FROM spans WHERE component_id = ?1)";
        sqlx::query(add).bind(id).bind(at_ms).bind(&seen.state).bind(json(&seen.values)).execute(db).await?;
        return Ok(());
    }
    let held_ms = tick.step_ms.saturating_mul(MOST_HELD_TENTHS) / 10;
    let around = "SELECT span_id FROM spans WHERE component_id = ? AND state = ? AND first_ms <= ? AND last_ms >= ? \
                  ORDER BY last_ms DESC LIMIT 1";
    let around = sqlx::query_scalar(around).bind(id).bind(&seen.state).bind(tick.at_ms);
    let known: Option<i64> = around.bind(tick.at_ms.saturating_sub(held_ms)).fetch_optional(&mut *db).await?;
    let query = match known {
        Some(span_id) => {
            let extend = "UPDATE spans SET last_ms = max(last_ms, ?), vals = ? WHERE span_id = ?";
            sqlx::query(extend).bind(tick.at_ms).bind(json(&seen.values)).bind(span_id)
        }
        None => {
            let add = "INSERT INTO spans (component_id, first_ms, last_ms, state, vals) VALUES (?, ?, ?, ?, ?) \
                       ON CONFLICT (component_id, first_ms) DO UPDATE SET state = excluded.state, vals = excluded.vals";
            sqlx::query(add).bind(id).bind(tick.at_ms).bind(tick.at_ms).bind(&seen.state).bind(json(&seen.values))
        }
    };
    query.execute(db).await?;
    Ok(())
}

/// The state of a run whose end nobody saw.
const LOST: &str = "lost";

/// Writes a run, unless its end is known. A run that was taken for lost may have ended in another way, and its shape may
/// have been another one.
pub(crate) async fn run(
    db: &mut SqliteConnection,
    key: &SystemKey,
    shape: &Shape,
    run: &Run,
) -> Result<(), StoreError> {
    let system_id = system_id(db, key).await?;
    let lost = "DELETE FROM query_runs WHERE app_id = ? AND query_id = ? AND state = ? \
                AND shape_id IN (SELECT shape_id FROM query_shapes WHERE system_id = ?)";
    let lost = sqlx::query(lost).bind(&run.app_id).bind(&run.query_id).bind(LOST).bind(system_id);
    lost.execute(&mut *db).await?;
    let write = "INSERT INTO query_shapes (system_id, version, hash, made_from, label, last_ms) VALUES (?, ?, ?, ?, ?, ?) \
                 ON CONFLICT (system_id, version, hash) DO UPDATE SET last_ms = max(query_shapes.last_ms, excluded.last_ms) \
                 RETURNING shape_id";
    let write = sqlx::query_scalar(write).bind(system_id).bind(shape.version).bind(cut(&shape.hash, 32));
    let write = write.bind(&shape.made_from).bind(cut(&shape.label, LONGEST_LABEL)).bind(run.submitted_ms);
    let shape_id: i64 = write.fetch_one(&mut *db).await?;
    let write = "INSERT INTO query_runs (shape_id, app_id, query_id, plan_hash, submitted_ms, duration_ms, waited_ms, \
                 state, error_class, slots, tasks, run_ms, cpu_ms, gc_ms, read_bytes, shuffle_bytes, spilled_bytes, \
                 written_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING run_id";
    let write = sqlx::query_scalar(write).bind(shape_id).bind(&run.app_id).bind(&run.query_id).bind(&run.plan_hash);
    let write = write.bind(run.submitted_ms).bind(run.duration_ms).bind(run.waited_ms).bind(&run.state);
    let write = write.bind(run.error_class.as_ref().map(|class| cut(class, LONGEST_CLASS)));
    let write = write.bind(run.slots).bind(run.tasks).bind(run.run_ms).bind(run.cpu_ms).bind(run.gc_ms);
    let write = write.bind(run.read_bytes).bind(run.shuffle_bytes).bind(run.spilled_bytes).bind(run.written_bytes);
    let run_id: Option<i64> = write.fetch_optional(&mut *db).await?;
    if let (Some(run_id), Some(Texts { statement, message })) = (run_id, &run.texts) {
        let write = "INSERT INTO query_texts (run_id, statement, message) VALUES (?, ?, ?)";
        sqlx::query(write).bind(run_id).bind(statement).bind(message).execute(db).await?;
    }
    Ok(())
}

/// Numbers as JSON; whole ones without a fraction. What is no number is left out.
pub(crate) fn json(values: &Values) -> String {
    /// Whole numbers up to here are exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let number = |value: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and small enough")]
        let whole = (value.fract() == 0.0 && value.abs() < EXACT).then_some(value as i64);
        whole.map(serde_json::Number::from).or_else(|| serde_json::Number::from_f64(value))
    };
    let numbers: BTreeMap<&str, serde_json::Number> =
        values.iter().filter_map(|(name, value)| Some((name.as_str(), number(*value)?))).collect();
    serde_json::to_string(&numbers).unwrap_or_default()
}

fn digest(tick: &Tick) -> String {
    let mut hash = blake3::Hasher::new();
    let mut add = |part: &str| {
        hash.update(part.as_bytes());
        hash.update(&[0]);
    };
    for Component { kind, name, facts, values } in &tick.components {
        [kind, name, facts, &json(values)].into_iter().for_each(|part| add(part));
    }
    for SpanSeen { kind, name, state, values, .. } in &tick.spans {
        [kind, name, state, &json(values)].into_iter().for_each(|part| add(part));
    }
    hash.finalize().to_hex().get(..32).unwrap_or_default().to_owned()
}

fn cut(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}
