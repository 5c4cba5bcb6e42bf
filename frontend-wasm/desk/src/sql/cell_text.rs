//! The text of a result's cell.

use super::json::{Raw, number_text};

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
pub fn cell(value: &Raw, type_name: &str) -> Cell {
    match value {
        Raw::Null => Cell::Null,
        Raw::Text(text) if text.is_empty() => Cell::Empty,
        Raw::Text(text) | Raw::Json(text) => Cell::Text(text.clone()),
        Raw::Number(number) if matches!(type_name, "double" | "float") => Cell::Text(floating(*number)),
        Raw::Number(number) => Cell::Text(number_text(*number)),
    }
}

/// With a decimal point, as Spark shows a number that need not be whole.
fn floating(number: f64) -> String {
    if number == 0.0 && number.is_sign_negative() {
        return "-0.0".to_owned();
    }
    let text = number_text(number);
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') { [&text, ".0"].concat() } else { text }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{Cell, Raw, cell};

    fn text(value: Raw, type_name: &str) -> String {
        match cell(&value, type_name) {
            Cell::Text(text) => text,
            other => format!("{other:?}"),
        }
    }

    fn sent(text: &str) -> Raw {
        Raw::Text(text.to_owned())
    }

    #[test]
    fn null_empty_and_the_text_null_are_three_things() {
        assert_eq!(cell(&Raw::Null, "string"), Cell::Null);
        assert_eq!(cell(&sent(""), "string"), Cell::Empty);
        assert_eq!(cell(&sent("NULL"), "string"), Cell::Text("NULL".to_owned()));
    }

    #[test]
    fn a_floating_number_has_a_point_and_a_whole_one_has_none() {
        assert_eq!([text(Raw::Number(1.0), "double"), text(Raw::Number(-0.0), "double")], ["1.0", "-0.0"]);
        assert_eq!([text(Raw::Number(0.5), "float"), text(sent("NaN"), "double")], ["0.5", "NaN"]);
        assert_eq!([text(Raw::Number(1.0), "bigint"), text(sent("1.10"), "decimal(10,2)")], ["1", "1.10"]);
    }
}
