//! A notebook as it is shipped: without outputs, which a run makes again and which may show what nobody meant to send,
//! and without the cells that are left out.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// The notebook as JSON; none if it is no JSON, as a Python file is not. `skip` are code cells, counted from 0, and
/// `parameters` is the one that gets papermill's tag.
pub(crate) fn cleared(notebook: &[u8], skip: &BTreeSet<usize>, parameters: Option<usize>) -> Option<Vec<u8>> {
    let text = notebook.strip_prefix(b"\xef\xbb\xbf").unwrap_or(notebook);
    let mut file: Value = serde_json::from_slice(text).ok()?;
    let mut count = 0;
    let mut clear = |sheet: &mut Map<String, Value>| {
        let Some(cells) = sheet.get_mut("cells").and_then(Value::as_array_mut) else { return };
        cells.retain_mut(|cell| {
            let Some(cell) =
                cell.as_object_mut().filter(|cell| cell.get("cell_type").is_some_and(|kind| kind == "code"))
            else {
                return true;
            };
            count += 1;
            if parameters == Some(count - 1) {
                tag(cell);
            }
            cell.insert("outputs".to_owned(), Value::Array(Vec::new()));
            for number in ["execution_count", "prompt_number"] {
                cell.entry(number).and_modify(|number| *number = Value::Null);
            }
            !skip.contains(&(count - 1))
        });
    };
    let sheets = file.get_mut("worksheets").and_then(Value::as_array_mut);
    sheets.into_iter().flatten().filter_map(Value::as_object_mut).for_each(&mut clear);
    clear(file.as_object_mut()?);
    let mut text = serde_json::to_vec_pretty(&file).ok()?;
    text.push(b'\n');
    Some(text)
}

/// Papermill knows the cell of parameters by this tag alone.
fn tag(cell: &mut Map<String, Value>) {
    let metadata = cell.entry("metadata").or_insert_with(|| json!({}));
    let Some(metadata) = metadata.as_object_mut() else { return };
    match metadata.get_mut("tags").and_then(Value::as_array_mut) {
        Some(tags) if tags.iter().any(|tag| tag == "parameters") => {}
        Some(tags) => tags.push(json!("parameters")),
        None => {
            metadata.insert("tags".to_owned(), json!(["parameters"]));
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
        let cleared: Value =
            serde_json::from_slice(&cleared(text.as_bytes(), &BTreeSet::new(), None).unwrap()).unwrap();
        let same = r#"{"cells": [{"cell_type": "code", "source": "a", "outputs": [], "execution_count": null},
            {"cell_type": "markdown", "source": "b"}], "nbformat": 4}"#;
        assert_eq!(cleared, serde_json::from_str::<Value>(same).unwrap());
    }

    #[test]
    fn a_python_file_is_no_notebook() {
        assert_eq!(cleared(b"x = 1", &BTreeSet::new(), None), None);
    }

    #[test]
    fn cells_that_are_left_out_go_and_parameters_are_tagged() {
        let text = r#"{"cells": [{"cell_type": "code", "source": "a"}, {"cell_type": "code", "source": "b"}]}"#;
        let cleared = cleared(text.as_bytes(), &BTreeSet::from([0]), Some(1)).unwrap();
        let cell = json!({"cell_type": "code", "source": "b", "outputs": [], "metadata": {"tags": ["parameters"]}});
        assert_eq!(serde_json::from_slice::<Value>(&cleared).unwrap(), json!({"cells": [cell]}));
    }
}
