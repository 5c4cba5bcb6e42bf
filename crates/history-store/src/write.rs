//! Writes ticks and runs. The same again changes nothing, and order does not matter.

use std::collections::BTreeMap;

use crate::{
    Component, Run, Shape, SpanSeen, StoreError, SystemKey, Texts, Tick, Values,
    pool::Db,
    retention::{HOUR_MS, MOST_HELD_TENTHS},
    statement::statements,
};

/// The usual time between two ticks while nothing runs, milliseconds.
const LONGEST_STEP_MS: i64 = 300_000;
/// Longest texts of each column, characters; longer ones are cut. MariaDB and PostgreSQL refuse them.
const OWNER: usize = 128;
const SYSTEM: usize = 64;
const SYSTEM_KIND: usize = 16;
const SOURCE: usize = 64;
const KIND: usize = 24;
const NAME: usize = 255;
const STATE: usize = 24;
const HASH: usize = 32;
const MADE_FROM: usize = 16;
const LABEL: usize = 200;
const ID: usize = 128;
const END: usize = 12;
const CLASS: usize = 96;

statements! {
    // Whoever has locked a system is the only one to write its rows.
    LOCK = "SELECT system_id FROM systems WHERE owner = ? AND name = ? FOR UPDATE";
    ADD_SYSTEM = "INSERT INTO systems (owner, name, kind) VALUES (?, ?, ?) ON CONFLICT (owner, name) DO NOTHING";
    DIGEST = "SELECT digest FROM ticks WHERE system_id = ? AND at_ms = ?";
    WRITE_TICK = "INSERT INTO ticks (system_id, at_ms, step_ms, received_ms, source, digest) VALUES (?, ?, ?, ?, ?, ?) \
                  ON CONFLICT (system_id, at_ms) DO UPDATE SET step_ms = excluded.step_ms, \
                  received_ms = excluded.received_ms, source = excluded.source, digest = excluded.digest";
    NEWEST = "UPDATE systems SET step_ms = CASE WHEN coalesce(newest_ms, 0) <= ? THEN ? ELSE step_ms END, \
              newest_ms = greatest(coalesce(newest_ms, 0), ?) WHERE system_id = ?";
    ADD_HOUR = "INSERT INTO hours_due (system_id, hour_ms) VALUES (?, ?) ON CONFLICT (system_id, hour_ms) DO NOTHING";
    WRITE_COMPONENT = "INSERT INTO components (system_id, kind, name, facts, facts_at_ms, last_seen_ms) \
        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (system_id, kind, name) DO UPDATE SET \
        facts = CASE WHEN excluded.facts <> '' AND excluded.facts_at_ms >= components.facts_at_ms \
        THEN excluded.facts ELSE components.facts END, \
        facts_at_ms = greatest(components.facts_at_ms, excluded.facts_at_ms), \
        last_seen_ms = greatest(components.last_seen_ms, excluded.last_seen_ms) RETURNING component_id";
    POINT = "SELECT vals FROM points WHERE component_id = ? AND step_ms = 0 AND at_ms = ?";
    WRITE_POINT = "INSERT INTO points (component_id, step_ms, at_ms, covered_ms, vals) VALUES (?, 0, ?, 0, ?) \
                   ON CONFLICT (component_id, step_ms, at_ms) DO UPDATE SET vals = excluded.vals";
    HAS_SPAN = "SELECT EXISTS (SELECT 1 FROM spans WHERE component_id = ?)";
    SPAN_AROUND = "SELECT span_id, last_ms FROM spans WHERE component_id = ? AND state = ? AND first_ms <= ? \
                   AND last_ms >= ? ORDER BY last_ms DESC LIMIT 1";
    SPAN_AFTER = "SELECT span_id, last_ms, vals FROM spans WHERE component_id = ? AND state = ? AND first_ms > ? \
                  AND first_ms <= ? ORDER BY first_ms LIMIT 1";
    ADD_SPAN = "INSERT INTO spans (component_id, first_ms, last_ms, state, vals) VALUES (?, ?, ?, ?, ?) \
                ON CONFLICT (component_id, first_ms) DO UPDATE SET state = excluded.state, vals = excluded.vals";
    LENGTHEN_SPAN = "UPDATE spans SET last_ms = ?, vals = ? WHERE span_id = ?";
    DELETE_SPAN = "DELETE FROM spans WHERE span_id = ?";
    DELETE_SPAN_AT = "DELETE FROM spans WHERE component_id = ? AND first_ms = ?";
    BEGIN_SPAN = "UPDATE spans SET first_ms = ? WHERE span_id = ?";
    DELETE_LOST = "DELETE FROM query_runs WHERE app_id = ? AND query_id = ? AND state = ? \
                   AND shape_id IN (SELECT shape_id FROM query_shapes WHERE system_id = ?)";
    WRITE_SHAPE = "INSERT INTO query_shapes (system_id, version, hash, made_from, label, last_ms) \
                   VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (system_id, version, hash) DO UPDATE SET \
                   last_ms = greatest(query_shapes.last_ms, excluded.last_ms) RETURNING shape_id";
    HAS_RUN = "SELECT EXISTS (SELECT 1 FROM query_runs WHERE app_id = ? AND query_id = ? \
               AND shape_id IN (SELECT shape_id FROM query_shapes WHERE system_id = ?))";
    ADD_RUN = "INSERT INTO query_runs (shape_id, app_id, query_id, plan_hash, submitted_ms, duration_ms, waited_ms, \
               state, error_class, slots, tasks, run_ms, cpu_ms, gc_ms, read_bytes, shuffle_bytes, spilled_bytes, \
               written_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING run_id";
    ADD_TEXTS = "INSERT INTO query_texts (run_id, statement, message) VALUES (?, ?, ?)";
}

/// The id of a system, which is made with its first row, and is locked until the transaction ends.
async fn system_id(db: &mut Db, key: &SystemKey) -> Result<i64, StoreError> {
    let (owner, name) = (cut(&key.owner, OWNER), cut(&key.name, SYSTEM));
    let known: Option<(i64,)> = LOCK.bind(&owner).bind(&name).optional(db).await?;
    if let Some((id,)) = known {
        return Ok(id);
    }
    ADD_SYSTEM.bind(&owner).bind(&name).bind(cut(&key.kind, SYSTEM_KIND)).execute(db).await?;
    let (id,) = LOCK.bind(&owner).bind(&name).one(db).await?;
    Ok(id)
}

/// Writes a tick: the last writer of a value wins, and equal content is not written again.
pub(crate) async fn tick(db: &mut Db, tick: &Tick) -> Result<(), StoreError> {
    let system_id = system_id(db, &tick.system).await?;
    let digest = digest(tick);
    let known: Option<(String,)> = DIGEST.bind(system_id).bind(tick.at_ms).optional(db).await?;
    if known.is_some_and(|(known,)| known == digest) {
        return Ok(());
    }
    let write = WRITE_TICK.bind(system_id).bind(tick.at_ms).bind(tick.step_ms).bind(tick.received_ms);
    write.bind(cut(&tick.source, SOURCE)).bind(digest).execute(db).await?;
    // Sorted, so that whoever writes at the same time does not deadlock.
    let mut components: Vec<&Component> = tick.components.iter().collect();
    components.sort_by(|a, b| (&a.kind, &a.name).cmp(&(&b.kind, &b.name)));
    for component in components {
        let id = component_id(db, system_id, (&component.kind, &component.name), &component.facts, tick.at_ms).await?;
        point(db, id, tick.at_ms, &component.values).await?;
    }
    let mut spans: Vec<&SpanSeen> = tick.spans.iter().collect();
    spans.sort_by(|a, b| (&a.kind, &a.name).cmp(&(&b.kind, &b.name)));
    for seen in spans {
        let id = component_id(db, system_id, (&seen.kind, &seen.name), "", tick.at_ms).await?;
        span(db, id, tick, seen).await?;
    }
    NEWEST.bind(tick.at_ms).bind(tick.step_ms).bind(tick.at_ms).bind(system_id).execute(db).await?;
    // The values hold into the next hour, and those of the tick before end here.
    let reach_ms = tick.step_ms.saturating_mul(MOST_HELD_TENTHS).max(LONGEST_STEP_MS * MOST_HELD_TENTHS) / 10;
    for at_ms in [tick.at_ms.saturating_sub(reach_ms), tick.at_ms, tick.at_ms.saturating_add(reach_ms)] {
        ADD_HOUR.bind(system_id).bind(at_ms.div_euclid(HOUR_MS) * HOUR_MS).execute(db).await?;
    }
    Ok(())
}

async fn component_id(
    db: &mut Db,
    system_id: i64,
    (kind, name): (&str, &str),
    facts: &str,
    at_ms: i64,
) -> Result<i64, StoreError> {
    let write = WRITE_COMPONENT.bind(system_id).bind(cut(kind, KIND)).bind(cut(name, NAME)).bind(facts);
    let facts_at_ms = if facts.is_empty() { 0 } else { at_ms };
    let (id,) = write.bind(facts_at_ms).bind(at_ms).one(db).await?;
    Ok(id)
}

async fn point(db: &mut Db, id: i64, at_ms: i64, values: &Values) -> Result<(), StoreError> {
    let known: Option<(String,)> = POINT.bind(id).bind(at_ms).optional(db).await?;
    let mut all: Values = known.and_then(|(text,)| serde_json::from_str(&text).ok()).unwrap_or_default();
    all.extend(values.iter().map(|(name, value)| (name.clone(), *value)));
    WRITE_POINT.bind(id).bind(at_ms).bind(json(&all)).execute(db).await?;
    Ok(())
}

/// Adds a moment to the span of this state around it, or to the one soon after it; or begins one. A late moment may
/// join two.
async fn span(db: &mut Db, id: i64, tick: &Tick, seen: &SpanSeen) -> Result<(), StoreError> {
    let (state, vals) = (cut(&seen.state, STATE), json(&seen.values));
    if let Some(at_ms) = seen.once_at_ms {
        let (is_known,): (bool,) = HAS_SPAN.bind(id).one(db).await?;
        if !is_known {
            ADD_SPAN.bind(id).bind(at_ms).bind(at_ms).bind(state).bind(vals).execute(db).await?;
        }
        return Ok(());
    }
    let at_ms = tick.at_ms;
    let held_ms = tick.step_ms.saturating_mul(MOST_HELD_TENTHS) / 10;
    let around = SPAN_AROUND.bind(id).bind(&state).bind(at_ms).bind(at_ms.saturating_sub(held_ms));
    let around: Option<(i64, i64)> = around.optional(db).await?;
    let after = SPAN_AFTER.bind(id).bind(&state).bind(at_ms).bind(at_ms.saturating_add(held_ms));
    let after: Option<(i64, i64, String)> = after.optional(db).await?;
    match (around, after) {
        (Some((_, last_ms)), _) if at_ms < last_ms => {}
        (Some((span_id, _)), None) => {
            LENGTHEN_SPAN.bind(at_ms).bind(vals).bind(span_id).execute(db).await?;
        }
        (Some((span_id, _)), Some((next_id, last_ms, vals))) => {
            DELETE_SPAN.bind(next_id).execute(db).await?;
            LENGTHEN_SPAN.bind(last_ms).bind(vals).bind(span_id).execute(db).await?;
        }
        (None, Some((next_id, ..))) => {
            // The last writer of a moment's state wins.
            DELETE_SPAN_AT.bind(id).bind(at_ms).execute(db).await?;
            BEGIN_SPAN.bind(at_ms).bind(next_id).execute(db).await?;
        }
        (None, None) => {
            ADD_SPAN.bind(id).bind(at_ms).bind(at_ms).bind(state).bind(vals).execute(db).await?;
        }
    }
    Ok(())
}

/// The state of a run whose end nobody saw.
const LOST: &str = "lost";

/// Writes a run, unless its end is known. A run that was taken for lost may have ended in another way. Its shape may be
/// another one than before, because Spark forgets the text of a query before its jobs.
pub(crate) async fn run(db: &mut Db, key: &SystemKey, shape: &Shape, run: &Run) -> Result<(), StoreError> {
    let system_id = system_id(db, key).await?;
    let (app_id, query_id) = (cut(&run.app_id, ID), cut(&run.query_id, ID));
    DELETE_LOST.bind(&app_id).bind(&query_id).bind(LOST).bind(system_id).execute(db).await?;
    let (is_known,): (bool,) = HAS_RUN.bind(&app_id).bind(&query_id).bind(system_id).one(db).await?;
    if is_known {
        return Ok(());
    }
    let write = WRITE_SHAPE.bind(system_id).bind(shape.version).bind(cut(&shape.hash, HASH));
    let write = write.bind(cut(&shape.made_from, MADE_FROM)).bind(cut(&shape.label, LABEL)).bind(run.submitted_ms);
    let (shape_id,): (i64,) = write.one(db).await?;
    let write = ADD_RUN.bind(shape_id).bind(app_id).bind(query_id).bind(cut(&run.plan_hash, HASH));
    let write = write.bind(run.submitted_ms).bind(run.duration_ms).bind(run.waited_ms).bind(cut(&run.state, END));
    let write = write.bind(run.error_class.as_ref().map(|class| cut(class, CLASS)));
    let write = write.bind(count(run.slots)).bind(count(run.tasks)).bind(run.run_ms).bind(run.cpu_ms).bind(run.gc_ms);
    let write = write.bind(run.read_bytes).bind(run.shuffle_bytes).bind(run.spilled_bytes).bind(run.written_bytes);
    let (run_id,): (i64,) = write.one(db).await?;
    if let Some(Texts { statement, message }) = &run.texts {
        ADD_TEXTS.bind(run_id).bind(statement).bind(message).execute(db).await?;
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

/// A name as all engines keep it: MariaDB takes `'a '` for `'a'`, and PostgreSQL knows no zero.
fn cut(text: &str, longest: usize) -> String {
    let mut text: String = text.trim().chars().filter(|char| *char != '\0').take(longest).collect();
    text.truncate(text.trim_end().len());
    text
}

/// Larger ones do not fit into the column.
fn count(value: i64) -> i64 {
    value.clamp(0, i64::from(i32::MAX))
}
