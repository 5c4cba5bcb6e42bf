//! The notebook as it is on the screen.

use std::rc::Rc;

/// A notebook, or a Python file with cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The number of its tab, of all that were opened in this page.
    pub tab: u32,
    /// Grows with every change.
    pub revision: u32,
    /// As Jupyter's contents API has it.
    pub path: String,
    pub name: String,
    /// The file's text, without outputs.
    pub text: Rc<str>,
    pub kernel_name: Option<String>,
    /// Names each code cell for as long as it exists.
    pub ids: Vec<String>,
    /// Names each code cell with what it says: another text is another mark.
    pub marks: Vec<String>,
    /// When code cells were added, removed or moved last, as far as this tab knows; milliseconds since 1970.
    pub renumbered_at_ms: Option<i64>,
    /// Whether it is open in JupyterLab; otherwise its text is the file's.
    pub is_open: bool,
}

impl Document {
    /// The same, read after another reading.
    pub fn after(self, before: Option<&Self>, now_ms: i64) -> Self {
        let Some(before) = before else {
            return self;
        };
        let renumbered_at_ms = if before.ids == self.ids { before.renumbered_at_ms } else { Some(now_ms) };
        Self { revision: before.revision + 1, renumbered_at_ms, ..self }
    }

    /// A name that no other tab has, for an element's id or a group of buttons.
    pub fn unique(&self, name: &str) -> String {
        ["sparkMonitor-export-", &self.tab.to_string(), "-", name].concat()
    }

    /// The number of the cell with this id.
    pub fn cell_of(&self, id: &str) -> Option<u32> {
        place(&self.ids, id)
    }

    /// The number of the cell with this mark.
    pub fn cell_marked(&self, mark: &str) -> Option<u32> {
        place(&self.marks, mark)
    }

    pub fn id(&self, cell: u32) -> Option<&str> {
        self.ids.get(cell as usize).map(String::as_str)
    }

    pub fn mark(&self, cell: u32) -> Option<&str> {
        self.marks.get(cell as usize).map(String::as_str)
    }

    /// Whether each cell has had the same number since this moment, as far as this tab knows.
    pub fn same_numbers_since(&self, at_ms: i64) -> bool {
        self.renumbered_at_ms.is_none_or(|renumbered_at_ms| at_ms >= renumbered_at_ms)
    }

    /// Whether it can run cell by cell.
    pub fn is_notebook(&self) -> bool {
        self.name.to_lowercase().ends_with(".ipynb")
    }

    /// Its name without the extension.
    pub fn stem(&self) -> &str {
        self.name.rsplit_once('.').map_or(&self.name, |(stem, _)| stem)
    }
}

fn place(names: &[String], wanted: &str) -> Option<u32> {
    names.iter().position(|name| name == wanted).and_then(|cell| u32::try_from(cell).ok())
}

#[cfg(test)]
mod tests {
    use super::Document;

    #[test]
    fn a_document_knows_since_when_its_cells_have_their_numbers() {
        let read =
            |ids: &[&str]| Document { ids: ids.iter().map(|id| (*id).to_owned()).collect(), ..Document::default() };
        let first = read(&["a"]).after(None, 1);
        assert!(first.same_numbers_since(0), "nothing is known of the time before");
        let edited = read(&["a"]).after(Some(&first), 2);
        assert!(edited.same_numbers_since(0) && edited.revision == first.revision + 1);
        let inserted = read(&["new", "a"]).after(Some(&edited), 3);
        assert!(!inserted.same_numbers_since(2) && inserted.same_numbers_since(3));
        assert!(!read(&["new", "a"]).after(Some(&inserted), 4).same_numbers_since(2));
    }
}
