//! A notebook as it is shipped: without outputs, which a run makes again and which may show what nobody meant to send,
//! and without the cells that are left out.

use std::collections::BTreeSet;

use serde_json::{Result, value::RawValue};

use super::{
    PARAMETERS_TAG,
    json::{self, each, field, is_list, is_object},
    layout::Layout,
};

/// The notebook as JSON; none if it is no JSON, as a Python file is not. `skip` are code cells, counted from 0, and
/// `parameters` is the one that gets papermill's tag.
pub(crate) fn cleared(notebook: &[u8], skip: &BTreeSet<usize>, parameters: Option<usize>) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(notebook).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let file = serde_json::from_str::<&RawValue>(text).ok().filter(|file| is_object(file))?;
    let mut clearing = Clearing { skip, parameters, code_cells: 0, out: Layout::default() };
    clearing.file(file).ok()?;
    Some(clearing.out.finish().into_bytes())
}

/// Reads the file and writes it at the same time.
struct Clearing<'a> {
    skip: &'a BTreeSet<usize>,
    parameters: Option<usize>,
    /// Code cells so far.
    code_cells: usize,
    out: Layout,
}

impl Clearing<'_> {
    fn file(&mut self, file: &RawValue) -> Result<()> {
        self.out.open('{');
        each(file, |key, value| {
            self.out.key(key);
            match key {
                "cells" => self.cells(value),
                "worksheets" if is_list(value) => self.worksheets(value),
                _ => self.out.json(value),
            }
        })?;
        self.out.close('}');
        Ok(())
    }

    fn worksheets(&mut self, sheets: &RawValue) -> Result<()> {
        self.out.open('[');
        each(sheets, |_, sheet| {
            self.out.next();
            if !is_object(sheet) {
                return self.out.json(sheet);
            }
            self.out.open('{');
            each(sheet, |key, value| {
                self.out.key(key);
                if key == "cells" { self.cells(value) } else { self.out.json(value) }
            })?;
            self.out.close('}');
            Ok(())
        })?;
        self.out.close(']');
        Ok(())
    }

    fn cells(&mut self, cells: &RawValue) -> Result<()> {
        if !is_list(cells) {
            return self.out.json(cells);
        }
        self.out.open('[');
        each(cells, |_, cell| {
            let kind = field(cell, "cell_type")?.map(json::text).transpose()?.flatten();
            if kind.as_deref() == Some("code") {
                return self.code_cell(cell);
            }
            self.out.next();
            self.out.json(cell)
        })?;
        self.out.close(']');
        Ok(())
    }

    fn code_cell(&mut self, cell: &RawValue) -> Result<()> {
        let index = self.code_cells;
        self.code_cells += 1;
        if self.skip.contains(&index) {
            return Ok(());
        }
        let is_parameters = self.parameters == Some(index);
        let (mut is_tagged, mut is_clear) = (!is_parameters, false);
        self.out.next();
        self.out.open('{');
        each(cell, |key, value| {
            self.out.key(key);
            match key {
                "outputs" => {
                    is_clear = true;
                    self.out.word("[]");
                }
                "execution_count" | "prompt_number" => self.out.word("null"),
                "metadata" if is_parameters => {
                    is_tagged = true;
                    self.tagged(value)?;
                }
                _ => self.out.json(value)?,
            }
            Ok(())
        })?;
        if !is_tagged {
            self.out.key("metadata");
            self.out.open('{');
            self.tags(None)?;
            self.out.close('}');
        }
        if !is_clear {
            self.out.key("outputs");
            self.out.word("[]");
        }
        self.out.close('}');
        Ok(())
    }

    /// Papermill knows the cell of parameters by its tag alone.
    fn tagged(&mut self, metadata: &RawValue) -> Result<()> {
        if !is_object(metadata) {
            return self.out.json(metadata);
        }
        self.out.open('{');
        each(metadata, |key, value| {
            if key == "tags" {
                return Ok(());
            }
            self.out.key(key);
            self.out.json(value)
        })?;
        self.tags(field(metadata, "tags")?)?;
        self.out.close('}');
        Ok(())
    }

    /// The tags of a cell, and papermill's.
    fn tags(&mut self, tags: Option<&RawValue>) -> Result<()> {
        let mut is_tagged = false;
        self.out.key("tags");
        self.out.open('[');
        if let Some(tags) = tags.filter(|tags| is_list(tags)) {
            each(tags, |_, tag| {
                is_tagged |= json::text(tag)?.as_deref() == Some(PARAMETERS_TAG);
                self.out.next();
                self.out.json(tag)
            })?;
        }
        if !is_tagged {
            self.out.next();
            self.out.text(PARAMETERS_TAG);
        }
        self.out.close(']');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn value(notebook: &str, skip: &[usize], parameters: Option<usize>) -> Value {
        let cleared = cleared(notebook.as_bytes(), &skip.iter().copied().collect(), parameters);
        serde_json::from_slice(&cleared.unwrap()).unwrap()
    }

    #[test]
    fn outputs_and_counts_go_and_the_rest_stays() {
        let text = r#"{"cells": [{"cell_type": "code", "source": "a", "outputs": [1], "execution_count": 3},
            {"cell_type": "markdown", "source": "b"}], "nbformat": 4}"#;
        let same = r#"{"cells": [{"cell_type": "code", "source": "a", "outputs": [], "execution_count": null},
            {"cell_type": "markdown", "source": "b"}], "nbformat": 4}"#;
        assert_eq!(value(text, &[], None), serde_json::from_str::<Value>(same).unwrap());
    }

    #[test]
    fn a_python_file_is_no_notebook() {
        assert_eq!(cleared(b"x = 1", &BTreeSet::new(), None), None);
        assert_eq!(cleared(b"[1]", &BTreeSet::new(), None), None);
    }

    #[test]
    fn cells_that_are_left_out_go_and_parameters_are_tagged() {
        let text = r#"{"cells": [{"cell_type": "code", "source": "a"}, {"cell_type": "code", "source": "b"}]}"#;
        let cell = json!({"cell_type": "code", "source": "b", "outputs": [], "metadata": {"tags": ["parameters"]}});
        assert_eq!(value(text, &[0], Some(1)), json!({"cells": [cell]}));
    }

    #[test]
    fn the_tag_of_parameters_is_there_once_beside_all_other_metadata() {
        for (metadata, wanted) in [
            (json!({ "a": 1, "tags": ["x", "parameters"] }), json!({ "a": 1, "tags": ["x", "parameters"] })),
            (json!({ "tags": [" parameters", 1] }), json!({ "tags": [" parameters", 1, "parameters"] })),
            (json!({ "tags": "x", "a": [] }), json!({ "tags": ["parameters"], "a": [] })),
            (json!([]), json!([])),
        ] {
            let cell = json!({ "cell_type": "code", "metadata": metadata });
            let cleared = value(&json!({ "cells": [cell] }).to_string(), &[], Some(0));
            assert_eq!(cleared["cells"][0]["metadata"], wanted);
        }
    }

    #[test]
    fn cells_of_version_3_are_counted_over_all_worksheets() {
        let cell = |input: &str| json!({ "cell_type": "code", "input": input, "prompt_number": 2, "outputs": [1] });
        let sheets = json!([{ "cells": [cell("a"), 5] }, 7, { "cells": [cell("b"), cell("c")], "metadata": {} }]);
        let cleared = value(&json!({ "worksheets": sheets, "nbformat": 3 }).to_string(), &[1], None);
        let cell = |input: &str| json!({ "cell_type": "code", "input": input, "prompt_number": null, "outputs": [] });
        let sheets = json!([{ "cells": [cell("a"), 5] }, 7, { "cells": [cell("c")], "metadata": {} }]);
        assert_eq!(cleared, json!({ "worksheets": sheets, "nbformat": 3 }));
    }
}
