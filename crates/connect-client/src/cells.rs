//! Cells of Arrow arrays as JSON that loses nothing: what a browser cannot count exactly is text.

mod budget;
mod intervals;
mod moments;
#[cfg(test)]
mod tests;
mod variant;

use arrow_array::{
    Array, ArrayRef,
    cast::AsArray,
    types::{
        Date32Type, Decimal128Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
        Int64Type, IntervalMonthDayNanoType, IntervalYearMonthType, Time64NanosecondType, TimestampMicrosecondType,
    },
};
use arrow_schema::{DataType as Arrow, Field, IntervalUnit, TimeUnit};
use connect_proto::connect::{DataType, data_type::Kind};
use serde_json::{Map, Number, Value};

pub(crate) use self::budget::Budget;
#[cfg(test)]
pub(crate) use self::variant::decoded as variant_of;

/// The largest integer that JavaScript's numbers hold exactly.
const MAX_EXACT: u64 = (1 << 53) - 1;

/// The cell of a row, as far as the budget allows. Spark's own type, if known, says what Arrow's does not: the units of
/// an interval.
pub(crate) fn cell(array: &ArrayRef, row: usize, spark_type: Option<&DataType>, budget: &mut Budget) -> Value {
    // Texts take more than this when they are written.
    if !budget.spend(0) || row >= array.len() || array.is_null(row) {
        return Value::Null;
    }
    let kind = spark_type.and_then(|spark_type| spark_type.kind.as_ref());
    let kind = match kind {
        // A user-defined type is its SQL type with a class around it.
        Some(Kind::Udt(udt)) => udt.sql_type.as_deref().and_then(|inner| inner.kind.as_ref()),
        kind => kind,
    };
    written(array, row, kind, budget).unwrap_or_else(|| Value::String(format!("({})", array.data_type())))
}

/// The cell of a row that is not null, or `None` for a type that Spark does not send.
fn written(array: &ArrayRef, row: usize, kind: Option<&Kind>, budget: &mut Budget) -> Option<Value> {
    Some(match array.data_type() {
        Arrow::Null => Value::Null,
        Arrow::Boolean => Value::Bool(array.as_boolean_opt()?.value(row)),
        Arrow::Int8 => array.as_primitive_opt::<Int8Type>()?.value(row).into(),
        Arrow::Int16 => array.as_primitive_opt::<Int16Type>()?.value(row).into(),
        Arrow::Int32 => array.as_primitive_opt::<Int32Type>()?.value(row).into(),
        Arrow::Int64 => long(array.as_primitive_opt::<Int64Type>()?.value(row)),
        // The shortest text of a float is not that of the double of the same value.
        Arrow::Float32 => number(array.as_primitive_opt::<Float32Type>()?.value(row).to_string().parse().ok()?),
        Arrow::Float64 => number(array.as_primitive_opt::<Float64Type>()?.value(row)),
        Arrow::Decimal128(_, _) => array.as_primitive_opt::<Decimal128Type>()?.value_as_string(row).into(),
        Arrow::Utf8 => budget.text(array.as_string_opt::<i32>()?.value(row)).into(),
        Arrow::LargeUtf8 => budget.text(array.as_string_opt::<i64>()?.value(row)).into(),
        Arrow::Binary => hex(budget.bytes(array.as_binary_opt::<i32>()?.value(row))).into(),
        Arrow::LargeBinary => hex(budget.bytes(array.as_binary_opt::<i64>()?.value(row))).into(),
        Arrow::Date32 => moments::date(array.as_primitive_opt::<Date32Type>()?.value(row)).into(),
        Arrow::Timestamp(TimeUnit::Microsecond, zone) => {
            let micros = array.as_primitive_opt::<TimestampMicrosecondType>()?.value(row);
            if zone.is_some() { moments::timestamp(micros) } else { moments::local(micros) }.into()
        }
        Arrow::Time64(TimeUnit::Nanosecond) => {
            moments::time(array.as_primitive_opt::<Time64NanosecondType>()?.value(row)).into()
        }
        Arrow::Interval(IntervalUnit::YearMonth) => {
            intervals::year_month(array.as_primitive_opt::<IntervalYearMonthType>()?.value(row), kind).into()
        }
        Arrow::Duration(TimeUnit::Microsecond) => {
            intervals::day_time(array.as_primitive_opt::<DurationMicrosecondType>()?.value(row), kind).into()
        }
        Arrow::Interval(IntervalUnit::MonthDayNano) => {
            intervals::calendar(array.as_primitive_opt::<IntervalMonthDayNanoType>()?.value(row)).into()
        }
        Arrow::List(_) => items(&array.as_list_opt::<i32>()?.value(row), element(kind), budget),
        Arrow::LargeList(_) => items(&array.as_list_opt::<i64>()?.value(row), element(kind), budget),
        Arrow::Map(_, _) => pairs(array, row, kind, budget)?,
        Arrow::Struct(fields) if is_variant(fields, kind) => {
            let parts = array.as_struct_opt()?;
            let bytes = |name| Some(parts.column_by_name(name)?.as_binary_opt::<i32>()?.value(row));
            let (value, metadata) = (bytes("value")?, bytes("metadata")?);
            variant::decoded(value, metadata, budget).unwrap_or_else(|| hex(budget.bytes(value)).into())
        }
        Arrow::Struct(fields) => {
            let parts = array.as_struct_opt()?;
            let inner = |index: usize| match kind {
                Some(Kind::Struct(fields)) => fields.fields.get(index).and_then(|field| field.data_type.as_ref()),
                _ => None,
            };
            let mut object = Map::new();
            for (index, (field, part)) in fields.iter().zip(parts.columns()).enumerate() {
                if !budget.spend(field.name().len()) {
                    break;
                }
                // Field names may repeat like column names; then the last one stays, as in PySpark's dictionaries.
                object.insert(field.name().clone(), cell(part, row, inner(index), budget));
            }
            Value::Object(object)
        }
        _ => return None,
    })
}

fn long(value: i64) -> Value {
    if value.unsigned_abs() <= MAX_EXACT { value.into() } else { value.to_string().into() }
}

fn number(value: f64) -> Value {
    match Number::from_f64(value) {
        Some(number) => Value::Number(number),
        None if value.is_nan() => "NaN".into(),
        None if value > 0.0 => "Infinity".into(),
        None => "-Infinity".into(),
    }
}

fn items(list: &ArrayRef, element: Option<&DataType>, budget: &mut Budget) -> Value {
    let mut items = Vec::new();
    for row in 0..list.len() {
        if budget.is_spent() {
            break;
        }
        items.push(cell(list, row, element, budget));
    }
    items.into()
}

fn element(kind: Option<&Kind>) -> Option<&DataType> {
    match kind {
        Some(Kind::Array(array)) => array.element_type.as_deref(),
        _ => None,
    }
}

/// A list of pairs: an object would need text keys, and forget their order.
fn pairs(array: &ArrayRef, row: usize, kind: Option<&Kind>, budget: &mut Budget) -> Option<Value> {
    let entries = array.as_map_opt()?.value(row);
    let (keys, values) = (entries.columns().first()?, entries.columns().get(1)?);
    let (key_type, value_type) = match kind {
        Some(Kind::Map(map)) => (map.key_type.as_deref(), map.value_type.as_deref()),
        _ => (None, None),
    };
    let mut pairs = Vec::new();
    for row in 0..entries.len() {
        if budget.is_spent() {
            break;
        }
        let (key, value) = (cell(keys, row, key_type, budget), cell(values, row, value_type, budget));
        pairs.push(Value::Array(vec![key, value]));
    }
    Some(pairs.into())
}

/// Spark marks the struct of a variant in the metadata of its field `metadata`.
fn is_variant(fields: &arrow_schema::Fields, kind: Option<&Kind>) -> bool {
    let marked = |field: &Field| field.metadata().get("variant").is_some_and(|flag| flag == "true");
    matches!(kind, Some(Kind::Variant(_))) || (fields.len() == 2 && fields.iter().any(|field| marked(field)))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len().saturating_mul(2)), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
