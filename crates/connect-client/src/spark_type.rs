//! Names of types as Spark's `DESCRIBE` writes them.

use arrow_schema::{DataType as Arrow, Field, IntervalUnit};
use connect_proto::connect::{DataType, data_type::Kind};

const YEAR_MONTH: [&str; 2] = ["year", "month"];
/// Spark does not name this one, because it is that of most texts.
const BINARY_COLLATION: &str = "UTF8_BINARY";
const DAY_TIME: [&str; 4] = ["day", "hour", "minute", "second"];

/// The name of Spark's own type.
pub(crate) fn name_of_spark(data_type: Option<&DataType>) -> String {
    let Some(kind) = data_type.and_then(|data_type| data_type.kind.as_ref()) else { return "unknown".to_owned() };
    let name = match kind {
        Kind::Null(_) => "void",
        Kind::Binary(_) => "binary",
        Kind::Boolean(_) => "boolean",
        Kind::Byte(_) => "tinyint",
        Kind::Short(_) => "smallint",
        Kind::Integer(_) => "int",
        Kind::Long(_) => "bigint",
        Kind::Float(_) => "float",
        Kind::Double(_) => "double",
        Kind::String(string) if !["", BINARY_COLLATION].contains(&string.collation.as_str()) => {
            return format!("string collate {}", string.collation);
        }
        Kind::String(_) => "string",
        Kind::Date(_) => "date",
        Kind::Timestamp(_) => "timestamp",
        Kind::TimestampNtz(_) => "timestamp_ntz",
        Kind::CalendarInterval(_) => "interval",
        Kind::Variant(_) => "variant",
        Kind::Decimal(decimal) => {
            return format!("decimal({},{})", decimal.precision.unwrap_or(10), decimal.scale.unwrap_or(0));
        }
        Kind::Char(char) => return format!("char({})", char.length),
        Kind::VarChar(varchar) => return format!("varchar({})", varchar.length),
        Kind::Time(time) => return format!("time({})", time.precision.unwrap_or(6)),
        Kind::TimestampNtzNanos(nanos) => return format!("timestamp_ntz({})", nanos.precision.unwrap_or(9)),
        Kind::TimestampLtzNanos(nanos) => return format!("timestamp_ltz({})", nanos.precision.unwrap_or(9)),
        Kind::YearMonthInterval(interval) => {
            return interval_name(&YEAR_MONTH, year_month_fields(interval.start_field, interval.end_field));
        }
        Kind::DayTimeInterval(interval) => {
            return interval_name(&DAY_TIME, day_time_fields(interval.start_field, interval.end_field));
        }
        Kind::Array(array) => return format!("array<{}>", name_of_spark(array.element_type.as_deref())),
        Kind::Map(map) => {
            let (key, value) = (name_of_spark(map.key_type.as_deref()), name_of_spark(map.value_type.as_deref()));
            return format!("map<{key},{value}>");
        }
        Kind::Struct(fields) => {
            let field = |field: &connect_proto::connect::data_type::StructField| {
                format!("{}:{}", field.name, name_of_spark(field.data_type.as_ref()))
            };
            return format!("struct<{}>", fields.fields.iter().map(field).collect::<Vec<_>>().join(","));
        }
        Kind::Udt(udt) => return name_of_spark(udt.sql_type.as_deref()),
        Kind::Geometry(geometry) => return format!("geometry({})", spatial_reference(geometry.srid)),
        Kind::Geography(geography) => return format!("geography({})", spatial_reference(geography.srid)),
        Kind::Unparsed(unparsed) => &unparsed.data_type_string,
    };
    name.to_owned()
}

/// First and last unit of an interval, as indices. Spark omits them for the widest interval.
pub(crate) fn year_month_fields(start: Option<i32>, end: Option<i32>) -> (i32, i32) {
    let start = start.unwrap_or(0);
    (start, end.unwrap_or(if start == 0 { 1 } else { start }))
}

/// First and last unit of an interval, as indices. Spark omits them for the widest interval.
pub(crate) fn day_time_fields(start: Option<i32>, end: Option<i32>) -> (i32, i32) {
    let first = start.unwrap_or(0);
    (first, end.unwrap_or(if start.is_none() { 3 } else { first }))
}

fn interval_name(units: &[&str], (start, end): (i32, i32)) -> String {
    let unit = |index: i32| usize::try_from(index).ok().and_then(|index| units.get(index)).copied().unwrap_or("?");
    if start == end {
        format!("interval {}", unit(start))
    } else {
        format!("interval {} to {}", unit(start), unit(end))
    }
}

fn spatial_reference(srid: i32) -> String {
    // Spark's marker for columns whose values have different reference systems.
    if srid == -1 { "any".to_owned() } else { srid.to_string() }
}

/// The name of the Spark type that a field of Arrow data stands for.
pub(crate) fn name_of_arrow(field: &Field) -> String {
    let name = match field.data_type() {
        Arrow::Null => "void",
        Arrow::Boolean => "boolean",
        Arrow::Int8 => "tinyint",
        Arrow::Int16 => "smallint",
        Arrow::Int32 => "int",
        Arrow::Int64 => "bigint",
        Arrow::Float32 => "float",
        Arrow::Float64 => "double",
        Arrow::Utf8 | Arrow::LargeUtf8 => "string",
        Arrow::Binary | Arrow::LargeBinary => "binary",
        Arrow::Date32 => "date",
        Arrow::Timestamp(_, Some(_)) => "timestamp",
        Arrow::Timestamp(_, None) => "timestamp_ntz",
        Arrow::Time64(_) => "time(6)",
        Arrow::Interval(IntervalUnit::YearMonth) => "interval year to month",
        Arrow::Interval(_) => "interval",
        Arrow::Duration(_) => "interval day to second",
        Arrow::Decimal128(precision, scale) => return format!("decimal({precision},{scale})"),
        Arrow::List(item) | Arrow::LargeList(item) => return format!("array<{}>", name_of_arrow(item)),
        Arrow::Map(entries, _) => {
            let inner: Vec<_> = match entries.data_type() {
                Arrow::Struct(pair) => pair.iter().map(|field| name_of_arrow(field)).collect(),
                _ => Vec::new(),
            };
            return format!("map<{}>", inner.join(","));
        }
        Arrow::Struct(fields) => {
            let field = |field: &arrow_schema::FieldRef| format!("{}:{}", field.name(), name_of_arrow(field));
            return format!("struct<{}>", fields.iter().map(field).collect::<Vec<_>>().join(","));
        }
        other => return other.to_string(),
    };
    name.to_owned()
}
