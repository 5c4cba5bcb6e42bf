//! The text of a result's cell.

use serde_json::Value;

/// What a cell shows. NULL and an empty text are not texts, so that nobody takes one for the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Null,
    Empty,
    Text(String),
}

/// Whether a column's values are numbers, which are aligned at the right.
pub fn is_number(type_name: &str) -> bool {
    const NUMBERS: [&str; 11] =
        ["tinyint", "smallint", "int", "integer", "bigint", "float", "double", "real", "byte", "short", "long"];
    NUMBERS.contains(&type_name) || type_name.starts_with("decimal")
}

/// A cell of a column.
pub fn cell(value: &Value, type_name: &str) -> Cell {
    match value {
        Value::Null => Cell::Null,
        Value::String(text) if text.is_empty() => Cell::Empty,
        Value::String(text) => Cell::Text(text.clone()),
        Value::Number(number) if matches!(type_name, "double" | "float") => {
            Cell::Text(floating(number.as_f64().unwrap_or_default()))
        }
        value => Cell::Text(json(value)),
    }
}

/// A value inside an array, a map or a struct, and each of those, as JSON.
fn json(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) => whole.to_string(),
            (_, Some(whole)) => whole.to_string(),
            _ => number_text(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => quoted(text),
        Value::Array(items) => ["[", &items.iter().map(json).collect::<Vec<_>>().join(", "), "]"].concat(),
        Value::Object(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(name, value)| [&quoted(name), ": ", &json(value)].concat()).collect();
            ["{", &fields.join(", "), "}"].concat()
        }
    }
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
    ["\"", &escaped, "\""].concat()
}

/// With a decimal point, as Spark shows a number that need not be whole.
fn floating(number: f64) -> String {
    if number == 0.0 && number.is_sign_negative() {
        return "-0.0".to_owned();
    }
    let text = number_text(number);
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') { [&text, ".0"].concat() } else { text }
}

/// The browser formats numbers; Rust's own formatting would be a tenth of the bundle.
fn number_text(number: f64) -> String {
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

    use super::{Cell, cell};

    fn text(value: Value, type_name: &str) -> String {
        match cell(&value, type_name) {
            Cell::Text(text) => text,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn null_empty_and_the_text_null_are_three_things() {
        assert_eq!(cell(&Value::Null, "string"), Cell::Null);
        assert_eq!(cell(&json!(""), "string"), Cell::Empty);
        assert_eq!(cell(&json!("NULL"), "string"), Cell::Text("NULL".to_owned()));
    }

    #[test]
    fn a_floating_number_has_a_point_and_a_whole_one_has_none() {
        assert_eq!([text(json!(1), "double"), text(json!(-0.0), "double")], ["1.0", "-0.0"]);
        assert_eq!([text(json!(0.5), "float"), text(json!("NaN"), "double")], ["0.5", "NaN"]);
        assert_eq!([text(json!(1), "bigint"), text(json!("1.10"), "decimal(10,2)")], ["1", "1.10"]);
    }

    #[test]
    fn what_is_nested_is_json() {
        let nested = json!([{"a": null, "b": "it's \"x\""}, [1, 2.5], true]);
        assert_eq!(text(nested, "array<string>"), r#"[{"a": null, "b": "it's \"x\""}, [1, 2.5], true]"#);
    }
}
