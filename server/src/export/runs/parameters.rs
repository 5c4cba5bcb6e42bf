//! Values that a person gives for parameters: checked before a run, by the rule of the job's own prelude.

use std::collections::BTreeMap;

use notebook_job::{Assignment, LiteralKind};
use serde_json::Value;
use thiserror::Error;
use wire::export::MOST_PARAMETER_BYTES;

use super::request::{Given, GivenKind};

/// Why a value cannot be given.
#[derive(Debug, Error)]
pub(super) enum ParameterError {
    #[error("the notebook has no parameter {0}")]
    Unknown(String),
    #[error("the value of {name} must be {wanted}")]
    Type { name: String, wanted: &'static str },
    #[error("the values have more than {MOST_PARAMETER_BYTES} bytes")]
    TooLarge,
}

/// The values with the types of their defaults.
pub(super) fn checked(
    given: BTreeMap<String, Value>,
    parameters: &[Assignment],
) -> Result<BTreeMap<String, Given>, ParameterError> {
    if serde_json::to_string(&given).map_or(usize::MAX, |text| text.len()) > MOST_PARAMETER_BYTES {
        return Err(ParameterError::TooLarge);
    }
    let one = |(name, value): (String, Value)| {
        let known = parameters.iter().find(|one| one.name == name);
        let Some(known) = known else { return Err(ParameterError::Unknown(name)) };
        let (wanted, fits) = match known.kind {
            LiteralKind::Str => ("a text", value.is_string()),
            LiteralKind::Int => ("a whole number", value.is_i64() || value.is_u64()),
            LiteralKind::Float => ("a number", value.is_number()),
            LiteralKind::Bool => ("true or false", value.is_boolean()),
            LiteralKind::List | LiteralKind::Tuple => ("a list", value.is_array()),
            LiteralKind::Dict => ("an object", value.is_object()),
            LiteralKind::None => ("anything", true),
        };
        if !fits {
            return Err(ParameterError::Type { name, wanted });
        }
        let kind = match known.kind {
            LiteralKind::Float => GivenKind::Float,
            LiteralKind::Tuple => GivenKind::Tuple,
            _ => GivenKind::AsItIs,
        };
        Ok((name, Given { value, kind }))
    };
    given.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(name: &str, value: Value) -> Result<GivenKind, String> {
        let one = |name: &str, kind| Assignment { name: name.to_owned(), kind, source: String::new(), range: 0..0 };
        let parameters = [
            one("month", LiteralKind::Str),
            one("limit", LiteralKind::Int),
            one("rate", LiteralKind::Float),
            one("pair", LiteralKind::Tuple),
            one("any", LiteralKind::None),
        ];
        let given = checked(BTreeMap::from([(name.to_owned(), value)]), &parameters);
        given.map(|given| given[name].kind).map_err(|error| error.to_string())
    }

    #[test]
    fn a_value_has_the_type_of_its_default() {
        assert_eq!(check("month", json!("2026-06")), Ok(GivenKind::AsItIs));
        assert_eq!(check("rate", json!(1)), Ok(GivenKind::Float));
        assert_eq!(check("pair", json!([1, 2])), Ok(GivenKind::Tuple));
        assert_eq!(check("any", json!(null)), Ok(GivenKind::AsItIs));
        assert_eq!(check("limit", json!("x")).unwrap_err(), "the value of limit must be a whole number");
        assert_eq!(check("limit", json!(1.5)).unwrap_err(), "the value of limit must be a whole number");
        assert_eq!(check("other", json!(1)).unwrap_err(), "the notebook has no parameter other");
    }

    #[test]
    fn values_are_bounded() {
        assert!(check("month", json!("x".repeat(MOST_PARAMETER_BYTES))).is_err());
    }
}
