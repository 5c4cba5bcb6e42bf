//! JSON in the least WebAssembly: requests are written from their parts.

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

/// A list of JSON values.
pub fn list_json(items: &[String]) -> String {
    ["[", &items.join(","), "]"].concat()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use serde_json::{Value, json};

    use super::{object_json, text_json};

    #[test]
    fn a_text_is_read_as_it_was_written() {
        for text in ["", "a\"b\\c\n\r\t\u{1}\u{1f}ä😀"] {
            assert_eq!(serde_json::from_str::<Value>(&text_json(text)).ok(), Some(json!(text)));
        }
        let object = object_json(&[("a", "1".to_owned()), ("b", text_json("x"))]);
        assert_eq!(serde_json::from_str::<Value>(&object).ok(), Some(json!({"a": 1, "b": "x"})));
    }
}
