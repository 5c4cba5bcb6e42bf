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
    /// Whether it is open in JupyterLab; otherwise its text is the file's.
    pub is_open: bool,
}

impl Document {
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
