//! A statement's arguments, as plain JSON or with a type, and Spark's literals for them.

use std::collections::{BTreeMap, HashMap};

use connect_proto::connect::{
    DataType, Expression, data_type,
    expression::{ExprType, Literal, literal, literal::LiteralType},
};
use jiff::{Timestamp, civil};
use serde_json::Value;

/// The values of a statement's parameters.
#[derive(Clone, Debug, PartialEq)]
pub enum Arguments {
    /// For `:name`.
    Named(BTreeMap<String, Argument>),
    /// For each `?`, in order.
    Positional(Vec<Argument>),
}

impl Default for Arguments {
    fn default() -> Self {
        Self::Named(BTreeMap::new())
    }
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument(LiteralType);

/// Why a value is no argument.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    #[error("an argument is null, a boolean, a number, a text, or {{\"type\": …, \"value\": …}}")]
    Shape,
    #[error("there is no argument type `{0}`")]
    UnknownType(String),
    #[error("the value is no {0}")]
    Value(String),
    #[error("a tag is neither empty nor contains a comma")]
    Tag,
}

impl Argument {
    /// A value from plain JSON, or from `{"type": "decimal", "value": "1.10"}`.
    ///
    /// # Errors
    /// When it is neither, or the value is not of the type.
    pub fn from_json(value: &Value) -> Result<Self, ArgumentError> {
        let literal = match value {
            Value::Null => null(),
            Value::Bool(flag) => LiteralType::Boolean(*flag),
            Value::Number(number) => match number.as_i64() {
                Some(long) => i32::try_from(long).map_or(LiteralType::Long(long), LiteralType::Integer),
                None if number.is_u64() => decimal(&number.to_string())?,
                None => LiteralType::Double(number.as_f64().ok_or(ArgumentError::Shape)?),
            },
            Value::String(text) => LiteralType::String(text.clone()),
            Value::Object(object) => {
                let name = object.get("type").and_then(Value::as_str).ok_or(ArgumentError::Shape)?;
                let value = object.get("value").unwrap_or(&Value::Null);
                let text = match value {
                    Value::Null => return Ok(Self(null())),
                    Value::String(text) => text.clone(),
                    Value::Bool(_) | Value::Number(_) => value.to_string(),
                    _ => return Err(ArgumentError::Shape),
                };
                typed(name, &text)?
            }
            Value::Array(_) => return Err(ArgumentError::Shape),
        };
        Ok(Self(literal))
    }
}

fn null() -> LiteralType {
    LiteralType::Null(DataType { kind: Some(data_type::Kind::Null(data_type::Null::default())) })
}

fn typed(name: &str, text: &str) -> Result<LiteralType, ArgumentError> {
    let wrong = || ArgumentError::Value(name.to_owned());
    Ok(match name {
        "boolean" => LiteralType::Boolean(text.parse().map_err(|_| wrong())?),
        "byte" => LiteralType::Byte(text.parse::<i8>().map_err(|_| wrong())?.into()),
        "short" => LiteralType::Short(text.parse::<i16>().map_err(|_| wrong())?.into()),
        "integer" | "int" => LiteralType::Integer(text.parse().map_err(|_| wrong())?),
        "long" | "bigint" => LiteralType::Long(text.parse().map_err(|_| wrong())?),
        "float" => LiteralType::Float(text.parse().map_err(|_| wrong())?),
        "double" => LiteralType::Double(text.parse().map_err(|_| wrong())?),
        "decimal" => decimal(text)?,
        "string" => LiteralType::String(text.to_owned()),
        "binary" => LiteralType::Binary(unhex(text).ok_or_else(wrong)?),
        "date" => {
            let date: civil::Date = text.parse().map_err(|_| wrong())?;
            LiteralType::Date((date - civil::date(1970, 1, 1)).get_days())
        }
        "timestamp" => LiteralType::Timestamp(text.parse::<Timestamp>().map_err(|_| wrong())?.as_microsecond()),
        "timestamp_ntz" => {
            let local: civil::DateTime = text.parse().map_err(|_| wrong())?;
            let moment = jiff::tz::Offset::UTC.to_timestamp(local).map_err(|_| wrong())?;
            LiteralType::TimestampNtz(moment.as_microsecond())
        }
        _ => return Err(ArgumentError::UnknownType(name.to_owned())),
    })
}

fn decimal(text: &str) -> Result<LiteralType, ArgumentError> {
    const MOST_DIGITS: usize = 38;
    let wrong = || ArgumentError::Value("decimal".to_owned());
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let count = whole.len().saturating_add(fraction.len());
    if count == 0 || count > MOST_DIGITS || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let precision = i32::try_from(count).map_err(|_| wrong())?;
    let scale = i32::try_from(fraction.len()).map_err(|_| wrong())?;
    Ok(LiteralType::Decimal(literal::Decimal {
        value: text.to_owned(),
        precision: Some(precision),
        scale: Some(scale),
    }))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok().filter(|_| pair.len() == 2))
        .collect()
}

impl From<&Argument> for Expression {
    fn from(Argument(literal): &Argument) -> Self {
        let literal = Literal { data_type: None, literal_type: Some(literal.clone()) };
        Self { common: None, expr_type: Some(ExprType::Literal(literal)) }
    }
}

/// Named and positional arguments, as a `SQL` relation takes them.
pub(crate) fn expressions(arguments: &Arguments) -> (HashMap<String, Expression>, Vec<Expression>) {
    match arguments {
        Arguments::Named(named) => (named.iter().map(|(name, value)| (name.clone(), value.into())).collect(), vec![]),
        Arguments::Positional(values) => (HashMap::new(), values.iter().map(Expression::from).collect()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_json_takes_the_narrowest_type_that_pyspark_would_take() {
        for (value, literal) in [
            (json!(true), LiteralType::Boolean(true)),
            (json!(7), LiteralType::Integer(7)),
            (json!(3_000_000_000_u64), LiteralType::Long(3_000_000_000)),
            (json!(0.5), LiteralType::Double(0.5)),
            (json!("it's"), LiteralType::String("it's".into())),
            (json!({"type": "date", "value": "1970-01-03"}), LiteralType::Date(2)),
            (json!({"type": "date", "value": "2024-01-15"}), LiteralType::Date(19737)),
            (json!({"type": "timestamp_ntz", "value": "1970-01-01T00:00:01"}), LiteralType::TimestampNtz(1_000_000)),
            (json!({"type": "binary", "value": "00ff"}), LiteralType::Binary(vec![0, 255])),
            (json!({"type": "byte", "value": -1}), LiteralType::Byte(-1)),
        ] {
            assert_eq!(Argument::from_json(&value), Ok(Argument(literal)), "{value}");
        }
    }

    #[test]
    fn a_value_that_is_not_of_its_type_is_refused() {
        for value in [
            json!([1]),
            json!({"value": 1}),
            json!({"type": "decimal", "value": "1e3"}),
            json!({"type": "decimal", "value": "."}),
            json!({"type": "byte", "value": 128}),
            json!({"type": "binary", "value": "abc"}),
            json!({"type": "money", "value": "1"}),
        ] {
            assert!(Argument::from_json(&value).is_err(), "{value}");
        }
    }

    #[test]
    fn a_decimal_keeps_its_scale() {
        let decimal = Argument::from_json(&json!({"type": "decimal", "value": "-1.10"}));
        let expected = literal::Decimal { value: "-1.10".into(), precision: Some(3), scale: Some(2) };
        assert_eq!(decimal, Ok(Argument(LiteralType::Decimal(expected))));
    }
}
