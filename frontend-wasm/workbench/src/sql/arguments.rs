//! The values of a statement's parameters: what a person typed, as JSON for Spark and as Python for a cell.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::tokens::Parameter;

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
pub type Form = BTreeMap<String, Entered>;

/// A statement's arguments as the sidecar takes them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    pub named: BTreeMap<String, Value>,
    pub positional: Vec<Value>,
}

/// The arguments for a statement's parameters.
pub fn arguments(parameters: &[Parameter], form: &Form) -> Arguments {
    let mut arguments = Arguments::default();
    for parameter in parameters {
        let value = form.get(&parameter.label()).cloned().unwrap_or_default().json();
        match parameter {
            Parameter::Named(name) => drop(arguments.named.insert(name.clone(), value)),
            Parameter::Positional(_) => arguments.positional.push(value),
        }
    }
    arguments
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

    fn json(&self) -> Value {
        if self.is_null {
            return Value::Null;
        }
        let text = Value::String(self.text.clone());
        match self.meant() {
            "string" => text,
            kind => {
                let fields = [("type".to_owned(), Value::String(kind.to_owned())), ("value".to_owned(), text)];
                Value::Object(Map::from_iter(fields))
            }
        }
    }

    /// A Python expression, and the module that it needs.
    pub fn python(&self) -> (String, Option<&'static str>) {
        if self.is_null {
            return ("None".to_owned(), None);
        }
        let quoted = super::snippet::quoted(&self.text);
        match self.meant() {
            "long" | "double" => (self.text.clone(), None),
            "boolean" => ((if self.text.eq_ignore_ascii_case("true") { "True" } else { "False" }).to_owned(), None),
            "decimal" => (["Decimal(", &quoted, ")"].concat(), Some("from decimal import Decimal")),
            "date" => (["date.fromisoformat(", &quoted, ")"].concat(), Some("from datetime import date")),
            "timestamp" => (["datetime.fromisoformat(", &quoted, ")"].concat(), Some("from datetime import datetime")),
            _ => (quoted, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Entered, Form, arguments};
    use crate::sql::tokens::parameters;

    fn entered(kind: &'static str, text: &str) -> Entered {
        Entered { kind, text: text.to_owned(), is_null: false }
    }

    #[test]
    fn a_value_without_a_type_is_a_number_if_it_looks_like_one() {
        let json = |text: &str| entered("auto", text).json();
        assert_eq!(json("7"), json!({"type": "long", "value": "7"}));
        assert_eq!(json("-1.10"), json!({"type": "decimal", "value": "-1.10"}));
        assert_eq!([json("1."), json("x"), json("")], [json!("1."), json!("x"), json!("")]);
        assert_eq!(entered("string", "7").json(), json!("7"));
    }

    #[test]
    fn only_the_parameters_of_the_statement_get_values() {
        let null = Entered { is_null: true, ..Entered::default() };
        let form = Form::from([(":a".to_owned(), entered("auto", "1")), (":old".to_owned(), null.clone())]);
        let named = arguments(&parameters("SELECT :a, :b"), &form).named;
        assert_eq!(json!(named), json!({"a": {"type": "long", "value": "1"}, "b": ""}));
        let form = Form::from([("?2".to_owned(), null)]);
        assert_eq!(arguments(&parameters("SELECT ?, ?"), &form).positional, [json!(""), json!(null)]);
    }
}
