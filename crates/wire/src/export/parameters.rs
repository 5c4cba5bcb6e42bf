//! Values that a person gives for parameters.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::{Value, value::RawValue};

/// All values as JSON, bytes. A job gets them in a variable, which holds at most 128 KiB.
pub const MOST_PARAMETER_BYTES: usize = 64 * 1024;

/// Reads the values, if they are small: they come in the same body as a notebook, and a value of a few bytes may take a
/// hundred times as much memory.
pub(super) fn bounded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Value>, D::Error> {
    let json = Box::<RawValue>::deserialize(deserializer)?;
    if json.get().len() > MOST_PARAMETER_BYTES {
        return Err(D::Error::custom(format!("the values have more than {MOST_PARAMETER_BYTES} bytes")));
    }
    serde_json::from_str(json.get()).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::export::{NewRun, NewShipment};

    fn read(parameters: &str) -> [Result<BTreeMap<String, Value>, String>; 2] {
        let body =
            |more: &str| format!(r#"{{"path": "", "notebook": "", "hash": "", {more} "parameters": {parameters}}}"#);
        let run = serde_json::from_str::<NewRun>(&body(r#""kind": "script","#)).map(|new| new.parameters);
        let shipment = serde_json::from_str::<NewShipment>(&body("")).map(|new| new.parameters);
        [run, shipment].map(|read| read.map_err(|error| error.to_string()))
    }

    #[test]
    fn values_are_measured_before_they_are_built() {
        let filled = |bytes: usize| format!(r#"{{"x": "{}"}}"#, "x".repeat(bytes - r#"{"x": ""}"#.len()));
        assert!(read(&filled(MOST_PARAMETER_BYTES)).iter().all(Result::is_ok));
        for read in read(&filled(MOST_PARAMETER_BYTES + 1)) {
            let error = read.unwrap_err();
            assert!(error.starts_with("the values have more than 65536 bytes"), "{error}");
        }
    }

    #[test]
    fn values_have_names_and_any_type() {
        let values = BTreeMap::from([("a".to_owned(), json!([1, {"b": null}])), ("é".to_owned(), json!(0.5))]);
        assert_eq!(read(r#" { "\u00e9" : 0.5, "a": [1, {"b": null}] } "#), [Ok(values.clone()), Ok(values)]);
        assert!(read("[]").iter().chain(&read("null")).all(Result::is_err));
    }
}
