//! The values of a statement's parameters: what a person typed, as JSON for Spark.

use super::tokens::Parameter;
use kit::json_text::{object_json, text_json};
use kit::small_map::SmallMap;

/// The type of a value, by the sidecar's names.
pub const TYPES: [&str; 8] = ["auto", "string", "long", "decimal", "double", "boolean", "date", "timestamp"];

/// What a person has entered for one parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// One of [`TYPES`].
    pub kind: &'static str,
    pub text: String,
    pub is_null: bool,
}

impl Default for Entered {
    fn default() -> Self {
        Self { kind: "auto", text: String::new(), is_null: false }
    }
}

/// All that was entered, by the parameter's label. Values stay while a statement is being changed.
pub type Form = SmallMap<String, Entered>;

/// The fields of a request with the arguments for a statement's parameters.
pub fn arguments(parameters: &[Parameter], form: &Form) -> Vec<(&'static str, String)> {
    let json = |parameter: &Parameter| form.get(&*parameter.label()).cloned().unwrap_or_default().json();
    let named = parameters.iter().filter_map(|parameter| match parameter {
        Parameter::Named(name) => Some((name.as_str(), json(parameter))),
        Parameter::Positional(_) => None,
    });
    let named: Vec<_> = named.collect();
    let positional = parameters.iter().filter(|parameter| matches!(parameter, Parameter::Positional(_)));
    let positional: Vec<String> = positional.map(json).collect();
    let mut fields = Vec::new();
    if !named.is_empty() {
        fields.push(("named", object_json(&named)));
    }
    if !positional.is_empty() {
        fields.push(("positional", ["[", &positional.join(","), "]"].concat()));
    }
    fields
}

impl Entered {
    /// The type that is meant: a number that Spark can read as such, else text.
    pub fn meant(&self) -> &'static str {
        let digits = self.text.strip_prefix('-').unwrap_or(&self.text);
        let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match self.kind {
            "auto" if all_digits(digits) && digits.len() < 19 => "long",
            "auto" => match digits.split_once('.') {
                Some((whole, fraction)) if all_digits(whole) && all_digits(fraction) => "decimal",
                _ => "string",
            },
            kind => kind,
        }
    }

    /// The type that would be meant if none were chosen.
    pub fn meant_automatically(&self) -> &'static str {
        Self { kind: "auto", text: self.text.clone(), is_null: false }.meant()
    }

    fn json(&self) -> String {
        if self.is_null {
            return "null".to_owned();
        }
        match self.meant() {
            "string" => text_json(&self.text),
            kind => object_json(&[("type", text_json(kind)), ("value", text_json(&self.text))]),
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use serde_json::{Value, json};

    use super::{Entered, Form, arguments};
    use crate::sql::tokens::parameters;

    fn entered(kind: &'static str, text: &str) -> Entered {
        Entered { kind, text: text.to_owned(), is_null: false }
    }

    fn read(json: &str) -> Value {
        serde_json::from_str(json).unwrap_or_default()
    }

    #[test]
    fn a_value_without_a_type_is_a_number_if_it_looks_like_one() {
        let json = |text: &str| read(&entered("auto", text).json());
        assert_eq!(json("7"), json!({"type": "long", "value": "7"}));
        assert_eq!(json("-1.10"), json!({"type": "decimal", "value": "-1.10"}));
        assert_eq!([json("1."), json("x"), json("")], [json!("1."), json!("x"), json!("")]);
        assert_eq!(read(&entered("string", "7").json()), json!("7"));
    }

    #[test]
    fn only_the_parameters_of_the_statement_get_values() {
        let null = Entered { is_null: true, ..Entered::default() };
        let mut form = Form::default();
        form.insert(":a".to_owned(), entered("auto", "1"));
        form.insert(":old".to_owned(), null.clone());
        let fields = |sql: &str, form: &Form| {
            arguments(&parameters(sql), form).into_iter().map(|(name, json)| (name, read(&json))).collect::<Vec<_>>()
        };
        let named = json!({"a": {"type": "long", "value": "1"}, "b": ""});
        assert_eq!(fields("SELECT :a, :b", &form), [("named", named)]);
        let mut form = Form::default();
        form.insert("?2".to_owned(), null);
        assert_eq!(fields("SELECT ?, ?", &form), [("positional", json!(["", null]))]);
        assert!(fields("SELECT 1", &form).is_empty());
    }
}
