//! Values that a person enters for parameters, checked by their types.

use wire::export::{ExportParameter, ParameterKind};

use kit::i18n::ExportMessage;
use kit::json_text::text_json;
use kit::small_map::SmallMap;

/// What was entered, by the parameter's name.
pub type Entered = SmallMap<String, String>;

/// What a JSON text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Number,
    Array,
    Object,
    Other,
}

/// The value that was entered, as JSON.
///
/// # Errors
/// What is wrong with it.
pub fn value(kind: ParameterKind, entered: &str) -> Result<String, ExportMessage<'static>> {
    let text = entered.trim();
    let (is_good, wrong) = match kind {
        ParameterKind::String => return Ok(text_json(entered)),
        // A number that JavaScript cannot hold exactly is whole all the same.
        ParameterKind::Integer => {
            return text.parse::<i64>().map(|number| number.to_string()).map_err(|_| ExportMessage::WrongInteger);
        }
        ParameterKind::Boolean => return Ok(if text == "true" { "true" } else { "false" }.to_owned()),
        ParameterKind::Number => (shape(text) == Some(Shape::Number), ExportMessage::WrongNumber),
        ParameterKind::Array => (shape(text) == Some(Shape::Array), ExportMessage::WrongArray),
        ParameterKind::Object => (shape(text) == Some(Shape::Object), ExportMessage::WrongObject),
        ParameterKind::Any => (shape(text).is_some(), ExportMessage::WrongJson),
    };
    if is_good { Ok(text.to_owned()) } else { Err(wrong) }
}

/// All values that differ from the defaults, as JSON; none if one of them is wrong.
pub fn values(parameters: &[ExportParameter], entered: &Entered) -> Option<Vec<(String, String)>> {
    let given = parameters.iter().filter_map(|parameter| Some((parameter, entered.get(&parameter.name)?)));
    given.map(|(parameter, text)| Some((parameter.name.clone(), value(parameter.kind, text).ok()?))).collect()
}

/// None if it is not JSON. Rust's own reader of numbers would be a tenth of the bundle.
#[cfg(target_arch = "wasm32")]
fn shape(text: &str) -> Option<Shape> {
    let value = js_sys::JSON::parse(text).ok()?;
    Some(match () {
        () if value.as_f64().is_some() => Shape::Number,
        () if js_sys::Array::is_array(&value) => Shape::Array,
        () if value.is_object() => Shape::Object,
        () => Shape::Other,
    })
}

#[cfg(not(target_arch = "wasm32"))]
fn shape(text: &str) -> Option<Shape> {
    use serde_json::Value;
    Some(match serde_json::from_str(text).ok()? {
        Value::Number(_) => Shape::Number,
        Value::Array(_) => Shape::Array,
        Value::Object(_) => Shape::Object,
        _ => Shape::Other,
    })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::export::{ExportParameter, ParameterKind};

    use super::{Entered, value, values};

    #[test]
    fn each_type_reads_its_own_values_and_refuses_others() {
        let good = |kind, entered| value(kind, entered).unwrap_or_default();
        assert_eq!(good(ParameterKind::String, " \"7 "), "\" \\\"7 \"");
        assert_eq!(good(ParameterKind::Integer, " 7 "), "7");
        assert!(value(ParameterKind::Integer, "7.5").is_err() && value(ParameterKind::Integer, "").is_err());
        assert_eq!(good(ParameterKind::Number, "7.5"), "7.5");
        assert!(value(ParameterKind::Number, "NaN").is_err(), "JSON has no such number");
        assert_eq!(good(ParameterKind::Boolean, "true"), "true");
        assert_eq!(good(ParameterKind::Array, "[1, \"a\"]"), "[1, \"a\"]");
        assert!(value(ParameterKind::Array, "{}").is_err() && value(ParameterKind::Object, "[]").is_err());
        assert_eq!(good(ParameterKind::Any, "null"), "null");
        assert!(value(ParameterKind::Any, "None").is_err());
    }

    #[test]
    fn only_what_was_entered_is_sent_and_nothing_if_a_value_is_wrong() {
        let parameter = |name: &str| ExportParameter {
            name: name.to_owned(),
            kind: ParameterKind::Integer,
            default: "1".to_owned(),
        };
        let all = [parameter("a"), parameter("b")];
        let entered = |name: &str, text: &str| {
            let mut entered = Entered::default();
            entered.insert(name.to_owned(), text.to_owned());
            entered
        };
        assert_eq!(values(&all, &entered("a", "7")), Some(vec![("a".to_owned(), "7".to_owned())]));
        assert_eq!(values(&all, &entered("gone", "x")), Some(Vec::new()), "the notebook has it no more");
        assert_eq!(values(&all, &entered("b", "x")), None);
    }
}
