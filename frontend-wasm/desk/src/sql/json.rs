//! JSON in the least WebAssembly: cells of any shape are read as text, and requests are written from their parts.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

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

/// A text as JSON.
pub fn text_json(text: &str) -> String {
    let mut json = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            control if u32::from(control) < 0x20 => {
                let digit = |value: u32| char::from_digit(value, 16).unwrap_or('0');
                json.push_str("\\u00");
                json.push(digit(u32::from(control) / 16));
                json.push(digit(u32::from(control) % 16));
            }
            letter => json.push(letter),
        }
    }
    json.push('"');
    json
}

/// An object from names and JSON values.
pub fn object_json(fields: &[(&str, String)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(name, json)| [&*text_json(name), ":", json].concat()).collect();
    ["{", &fields.join(","), "}"].concat()
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
    use serde_json::{Value, json};

    use super::{Raw, RowsRead, object_json, text_json};

    #[test]
    fn what_is_nested_is_read_as_json() {
        let read: Raw =
            serde_json::from_value(json!([{"a": null, "b": "it's \"x\""}, [1, 2.5], true])).unwrap_or_default();
        assert_eq!(read, Raw::Json(r#"[{"a": null, "b": "it's \"x\""}, [1, 2.5], true]"#.to_owned()));
        let rows: RowsRead =
            serde_json::from_value(json!({"offset": 0, "rows": [[1, "", null]], "total": 1})).unwrap_or_default();
        assert_eq!(rows.rows, [[Raw::Number(1.0), Raw::Text(String::new()), Raw::Null]]);
    }

    #[test]
    fn a_text_is_read_as_it_was_written() {
        for text in ["", "a\"b\\c\n\r\t\u{1}\u{1f}ä😀"] {
            assert_eq!(serde_json::from_str::<Value>(&text_json(text)).ok(), Some(json!(text)));
        }
        let object = object_json(&[("a", "1".to_owned()), ("b", text_json("x"))]);
        assert_eq!(serde_json::from_str::<Value>(&object).ok(), Some(json!({"a": 1, "b": "x"})));
    }
}
