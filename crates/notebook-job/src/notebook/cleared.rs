//! A notebook without its outputs, as it is shipped: they are made anew, and may show what nobody meant to send.

use serde_json::{Map, Value};

/// The notebook as JSON without outputs and counts; none if it is no JSON, as a Python file is not.
pub(crate) fn cleared(notebook: &[u8]) -> Option<Vec<u8>> {
    let mut file: Value = serde_json::from_slice(notebook).ok()?;
    let sheets = file.get_mut("worksheets").and_then(Value::as_array_mut);
    sheets.into_iter().flatten().filter_map(Value::as_object_mut).for_each(clear);
    clear(file.as_object_mut()?);
    let mut text = serde_json::to_vec_pretty(&file).ok()?;
    text.push(b'\n');
    Some(text)
}

fn clear(sheet: &mut Map<String, Value>) {
    let cells = sheet.get_mut("cells").and_then(Value::as_array_mut);
    for cell in cells.into_iter().flatten().filter_map(Value::as_object_mut) {
        if cell.get("cell_type").is_some_and(|kind| kind == "code") {
            cell.insert("outputs".to_owned(), Value::Array(Vec::new()));
            for count in ["execution_count", "prompt_number"] {
                cell.entry(count).and_modify(|count| *count = Value::Null);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_and_counts_go_and_the_rest_stays() {
        let text = r#"{"cells": [{"cell_type": "code", "source": "a", "outputs": [1], "execution_count": 3},
            {"cell_type": "markdown", "source": "b"}], "nbformat": 4}"#;
        let cleared: Value = serde_json::from_slice(&cleared(text.as_bytes()).unwrap()).unwrap();
        let same = r#"{"cells": [{"cell_type": "code", "source": "a", "outputs": [], "execution_count": null},
            {"cell_type": "markdown", "source": "b"}], "nbformat": 4}"#;
        assert_eq!(cleared, serde_json::from_str::<Value>(same).unwrap());
    }

    #[test]
    fn a_python_file_is_no_notebook() {
        assert_eq!(cleared(b"x = 1"), None);
    }
}
