//! JSON in the least WebAssembly: cells of any shape are read as text.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use kit::json_text::text_json;

/// A value of a result, as it was sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Raw {
    #[default]
    Null,
    Number(f64),
    Text(String),
    /// Anything else, as JSON.
    Json(String),
}

impl Raw {
    /// As JSON, inside an array or a struct.
    fn json(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Number(number) => number_text(*number),
            Self::Text(text) => text_json(text),
            Self::Json(json) => json.clone(),
        }
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Json(if value { "true" } else { "false" }.to_owned()))
    }

    // The browser has no other numbers; larger ones are sent as text.
    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Raw, E> {
        Ok(Raw::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut parts = Vec::new();
        while let Some(item) = items.next_element::<Raw>()? {
            parts.push(item.json());
        }
        Ok(Raw::Json(["[", &parts.join(", "), "]"].concat()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Raw, A::Error> {
        let mut parts = Vec::new();
        while let Some((name, value)) = fields.next_entry::<String, Raw>()? {
            parts.push([&*text_json(&name), ": ", &value.json()].concat());
        }
        Ok(Raw::Json(["{", &parts.join(", "), "}"].concat()))
    }
}

/// `wire::sql::SqlRows`, with cells as they are shown.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct RowsRead {
    pub rows: Vec<Vec<Raw>>,
    pub cut: Vec<(u32, u32)>,
    pub total: u64,
}

/// `wire::sql::SqlCell`, as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct CellRead {
    pub value: Raw,
}

/// The browser formats numbers; Rust's own formatting would be a tenth of the bundle.
pub fn number_text(number: f64) -> String {
    if cfg!(target_arch = "wasm32") {
        js_sys::Number::from(number).to_string_with_radix(10).map(String::from).unwrap_or_default()
    } else {
        on_host(number)
    }
}

#[cfg(target_arch = "wasm32")]
fn on_host(_: f64) -> String {
    String::new()
}

#[cfg(not(target_arch = "wasm32"))]
fn on_host(number: f64) -> String {
    number.to_string()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use serde_json::json;

    use super::{Raw, RowsRead};

    #[test]
    fn what_is_nested_is_read_as_json() {
        let read: Raw =
            serde_json::from_value(json!([{"a": null, "b": "it's \"x\""}, [1, 2.5], true])).unwrap_or_default();
        assert_eq!(read, Raw::Json(r#"[{"a": null, "b": "it's \"x\""}, [1, 2.5], true]"#.to_owned()));
        let rows: RowsRead =
            serde_json::from_value(json!({"offset": 0, "rows": [[1, "", null]], "total": 1})).unwrap_or_default();
        assert_eq!(rows.rows, [[Raw::Number(1.0), Raw::Text(String::new()), Raw::Null]]);
    }
}
