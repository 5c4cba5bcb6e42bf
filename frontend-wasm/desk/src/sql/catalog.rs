//! The catalogue's tree: what was read of it, what is expanded, and what the editor can complete from it.

use std::rc::Rc;

use wire::sql::{SqlCatalog, SqlColumn, SqlName, SqlNames};
use yew::Reducible;

use super::any_case;
use kit::problem::Problem;
use kit::small_map::SmallMap;

/// The names of a catalogue, a database in it and a table in that; empty for the root.
pub type Path = Vec<String>;

/// Catalogue, database, table.
const TABLE_LEVEL: usize = 3;

/// What is inside a catalogue or a database.
#[derive(Clone, Debug)]
pub enum Inside {
    Names(Rc<SqlNames>),
    Failed(String),
}

/// A name that the editor completes, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    pub label: Rc<str>,
    pub detail: String,
}

/// One line of the tree.
#[derive(Clone, Debug)]
pub struct Item {
    pub path: Path,
    pub name: SqlName,
    /// From 1 of how many beside it.
    pub position: usize,
    pub siblings: usize,
    /// Whether it is expanded; none for a table, which has its details below the tree.
    pub is_open: Option<bool>,
    /// It is the session's own catalogue or database.
    pub is_current: bool,
    pub note: Note,
}

/// What is said below a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    Nothing,
    Loading,
    Empty,
    Failed(String),
    /// So many names are shown, and there are more.
    More(u64),
}

#[derive(Clone, Debug, Default)]
pub struct Catalog {
    inside: SmallMap<Path, Inside>,
    open: Vec<Path>,
    /// What was read at least once. Its current name is expanded only the first time.
    seen: Vec<Path>,
    /// The line that the keyboard is on.
    pub active: Option<Path>,
    /// The table whose details are shown.
    pub table: Option<(Path, SqlName)>,
    pub filter: String,
    columns: SmallMap<Path, Vec<SqlColumn>>,
    /// Rises with everything that was read.
    pub version: u32,
    /// How many times a person has refreshed it.
    pub refreshes: u32,
}

#[derive(Debug)]
pub enum CatalogAction {
    Read(Path, Result<SqlCatalog, Problem>),
    Toggle(Path),
    Activate(Path),
    Show(Path, SqlName),
    CloseTable,
    Filter(String),
    Columns(Path, Vec<SqlColumn>),
    Refresh,
}

impl Reducible for Catalog {
    type Action = CatalogAction;

    fn reduce(self: Rc<Self>, action: CatalogAction) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            CatalogAction::Read(path, read) => next.take_in(path, read),
            CatalogAction::Toggle(path) => {
                if next.open.contains(&path) {
                    next.open.retain(|open| *open != path);
                } else {
                    // What could not be read is tried again.
                    if let Some(Inside::Failed(_)) = next.inside.get(&path) {
                        next.inside.remove(&path);
                    }
                    next.open.push(path.clone());
                }
                next.active = Some(path);
            }
            CatalogAction::Activate(path) => next.active = Some(path),
            CatalogAction::Show(path, name) => {
                next.active = Some(path.clone());
                next.table = Some((path, name));
            }
            CatalogAction::CloseTable => next.table = None,
            CatalogAction::Filter(filter) => next.filter = filter,
            CatalogAction::Columns(path, columns) => {
                next.columns.insert(path, columns);
                next.version += 1;
            }
            CatalogAction::Refresh => {
                next.inside.clear();
                next.columns.clear();
                next.version += 1;
                next.refreshes += 1;
            }
        }
        Rc::new(next)
    }
}

impl Catalog {
    fn take_in(&mut self, path: Path, read: Result<SqlCatalog, Problem>) {
        let inside = match read {
            Ok(SqlCatalog::Names(names)) => {
                // The session's own catalogue and database are what a person looks for first.
                let is_new = path.len() + 1 < TABLE_LEVEL && !self.seen.contains(&path);
                let current = names.current.clone().filter(|_| is_new);
                let current = current.map(|current| joined(&path, &current));
                self.open.extend(current.filter(|current| !self.open.contains(current)));
                if is_new {
                    self.seen.push(path.clone());
                }
                Inside::Names(Rc::new(names))
            }
            Ok(SqlCatalog::Failed(error)) => Inside::Failed(error.message),
            // A table's description is not asked for here.
            Ok(SqlCatalog::Table(_)) => return,
            Err(problem) => Inside::Failed(problem.sentence),
        };
        self.inside.insert(path, inside);
        self.version += 1;
    }

    /// What is expanded and has not been read yet, the upper levels first.
    pub fn missing(&self) -> Option<Path> {
        let root = Path::new();
        let all = std::iter::once(&root).chain(&self.open);
        all.filter(|path| self.inside.get(*path).is_none()).min_by_key(|path| path.len()).cloned()
    }

    /// Why the catalogues themselves could not be read.
    pub fn failure(&self) -> Option<&str> {
        match self.inside.get(&Path::new()) {
            Some(Inside::Failed(why)) => Some(why),
            _ => None,
        }
    }

    /// The lines that are visible, from top to bottom.
    pub fn items(&self) -> Vec<Item> {
        let mut items = Vec::new();
        self.list(&Path::new(), &mut items);
        items
    }

    fn list(&self, path: &Path, items: &mut Vec<Item>) {
        let Some(Inside::Names(names)) = self.inside.get(path) else {
            return;
        };
        let filter = any_case::lowercase(&self.filter);
        let shown: Vec<_> =
            names.names.iter().filter(|name| self.matches(&joined(path, &name.name), &filter)).collect();
        for (place, name) in shown.iter().enumerate() {
            let path = joined(path, &name.name);
            let is_open = (path.len() < TABLE_LEVEL).then(|| self.open.contains(&path));
            let is_current = names.current.as_ref() == Some(&name.name);
            let note = if is_open == Some(true) { self.note(&path) } else { Note::Nothing };
            let (position, siblings) = (place + 1, shown.len());
            items.push(Item {
                path: path.clone(),
                name: (*name).clone(),
                position,
                siblings,
                is_open,
                is_current,
                note,
            });
            if is_open == Some(true) {
                self.list(&path, items);
            }
        }
    }

    /// What is said below the catalogues.
    pub fn last_note(&self) -> Note {
        self.note(&Path::new())
    }

    fn note(&self, path: &Path) -> Note {
        match self.inside.get(path) {
            None => Note::Loading,
            Some(Inside::Failed(why)) => Note::Failed(why.clone()),
            Some(Inside::Names(names)) if names.more => Note::More(names.names.len() as u64),
            Some(Inside::Names(names)) if names.names.is_empty() => Note::Empty,
            Some(Inside::Names(_)) => Note::Nothing,
        }
    }

    /// Whether a name, one above it or one below it contains the filter.
    fn matches(&self, path: &Path, filter: &str) -> bool {
        let contains = |name: &String| any_case::contains(name, filter);
        filter.is_empty()
            || path.iter().any(contains)
            || match self.inside.get(path) {
                Some(Inside::Names(names)) => {
                    names.names.iter().any(|name| self.matches(&joined(path, &name.name), filter))
                }
                _ => false,
            }
    }

    /// Names as a person would write them: those of the current database alone, others with what they are in. The
    /// editor sorts them, and leaves out what is there twice.
    pub fn completions(&self) -> Rc<[Completion]> {
        let current = |path: &Path| match self.inside.get(path) {
            Some(Inside::Names(names)) => {
                let name = names.names.iter().find(|name| Some(&name.name) == names.current.as_ref())?;
                Some((joined(path, &name.name), [&name.sql, "."].concat()))
            }
            _ => None,
        };
        let catalog = current(&Path::new());
        let database = catalog.as_ref().and_then(|(path, _)| current(path));
        let prefixes: Vec<_> = [database, catalog].into_iter().flatten().map(|(_, prefix)| prefix).collect();
        let short = |sql: &str| prefixes.iter().find_map(|prefix| sql.strip_prefix(prefix)).unwrap_or(sql).to_owned();
        let mut found = Vec::new();
        for (path, inside) in self.inside.iter() {
            let Inside::Names(names) = inside else {
                continue;
            };
            let detail = match path.len() {
                0 => "catalog",
                1 => "database",
                _ => "table",
            };
            found.extend(names.names.iter().map(|name| {
                let detail = if name.is_temporary { "temporary view" } else { detail }.to_owned();
                Completion { label: short(&name.sql).into(), detail }
            }));
        }
        for (path, columns) in self.columns.iter() {
            let table = path.last().map_or("", String::as_str);
            found.extend(columns.iter().map(|column| Completion {
                label: column.name.as_str().into(),
                detail: [table, ": ", &column.type_name].concat(),
            }));
        }
        found.into()
    }
}

fn joined(path: &Path, name: &str) -> Path {
    path.iter().cloned().chain([name.to_owned()]).collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::rc::Rc;

    use wire::sql::{SqlCatalog, SqlError, SqlName, SqlNames};
    use yew::Reducible;

    use super::{Catalog, CatalogAction, Note, Path};
    use kit::problem::Problem;

    fn path(names: &[&str]) -> Path {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn names(within: &str, names: &[&str], current: Option<&str>) -> SqlCatalog {
        let named = |name: &&str| SqlName {
            name: (*name).to_owned(),
            is_temporary: within.is_empty() && *name == "temp",
            sql: if within.is_empty() { (*name).to_owned() } else { format!("{within}.{name}") },
        };
        let names = names.iter().map(named).collect();
        SqlCatalog::Names(SqlNames { names, current: current.map(str::to_owned), more: false })
    }

    fn read(catalog: Rc<Catalog>, at: &[&str], answer: SqlCatalog) -> Rc<Catalog> {
        catalog.reduce(CatalogAction::Read(path(at), Ok(answer)))
    }

    fn known() -> Rc<Catalog> {
        let catalog = read(Rc::default(), &[], names("", &["lake", "spark_catalog"], Some("spark_catalog")));
        let catalog = read(catalog, &["spark_catalog"], names("spark_catalog", &["default", "other"], Some("default")));
        let tables = names("spark_catalog.default", &["orders", "people"], None);
        read(catalog, &["spark_catalog", "default"], tables)
    }

    fn lines(catalog: &Catalog) -> String {
        let line = |item: super::Item| format!("{}{} {:?}", "  ".repeat(item.path.len()), item.name.name, item.is_open);
        catalog.items().into_iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_sessions_own_database_is_read_first_and_nothing_else() {
        let catalog: Rc<Catalog> = Rc::default();
        assert_eq!(catalog.missing(), Some(path(&[])));
        let catalog = read(catalog, &[], names("", &["lake", "spark_catalog"], Some("spark_catalog")));
        assert_eq!(catalog.missing(), Some(path(&["spark_catalog"])));
        assert_eq!(known().missing(), None);
        insta::assert_snapshot!(lines(&known()), @r"
          lake Some(false)
          spark_catalog Some(true)
            default Some(true)
              orders None
              people None
            other Some(false)
        ");
    }

    #[test]
    fn a_list_that_was_cut_says_so_even_if_nothing_of_it_is_shown() {
        let cut = |within: &str, some: &[&str], current| match names(within, some, current) {
            SqlCatalog::Names(names) => SqlCatalog::Names(SqlNames { more: true, ..names }),
            other => other,
        };
        let catalog = read(Rc::default(), &[], cut("", &["lake"], Some("lake")));
        assert_eq!(catalog.last_note(), Note::More(1));
        let catalog = read(catalog, &["lake"], cut("lake", &[], None));
        let notes: Vec<_> = catalog.items().into_iter().map(|item| item.note).collect();
        assert_eq!(notes, [Note::More(0)]);
    }

    #[test]
    fn the_filter_keeps_what_a_match_is_in() {
        let filtered = known().reduce(CatalogAction::Filter("ORD".to_owned()));
        insta::assert_snapshot!(lines(&filtered), @r"
          spark_catalog Some(true)
            default Some(true)
              orders None
        ");
        assert!(known().reduce(CatalogAction::Filter("nothing".to_owned())).items().is_empty());
    }

    #[test]
    fn what_could_not_be_read_says_why_and_is_tried_again_when_it_is_expanded_again() {
        let toggle = |catalog: Rc<Catalog>| catalog.reduce(CatalogAction::Toggle(path(&["lake"])));
        let catalog = toggle(known());
        assert_eq!(catalog.items().first().map(|item| item.note.clone()), Some(Note::Loading));
        let failed = SqlError { message: "no permission".to_owned(), ..SqlError::default() };
        let catalog = read(catalog, &["lake"], SqlCatalog::Failed(failed));
        let note = Note::Failed("no permission".to_owned());
        assert_eq!(catalog.items().first().map(|item| item.note.clone()), Some(note));
        assert_eq!(catalog.missing(), None);
        assert_eq!(toggle(toggle(catalog)).missing(), Some(path(&["lake"])));
    }

    #[test]
    fn the_catalogues_themselves_may_be_missing() {
        let failed = CatalogAction::Read(path(&[]), Err(Problem::no_sidecar()));
        assert_eq!(Rc::<Catalog>::default().reduce(failed).failure(), Some(&*Problem::no_sidecar().sentence));
    }

    #[test]
    fn names_of_the_current_database_are_completed_alone() {
        let completions = known().completions();
        let mut labels: Vec<&str> = completions.iter().map(|completion| &*completion.label).collect();
        labels.sort_unstable();
        assert_eq!(labels, ["default", "lake", "orders", "other", "people", "spark_catalog"]);
    }

    #[test]
    fn refreshed_it_is_read_again_and_keeps_what_is_expanded() {
        let catalog = known().reduce(CatalogAction::Refresh);
        assert_eq!(catalog.missing(), Some(path(&[])));
        let catalog = read(catalog, &[], names("", &["spark_catalog"], Some("spark_catalog")));
        assert_eq!(catalog.missing(), Some(path(&["spark_catalog"])));
    }

    #[test]
    fn refreshed_before_its_first_answer_it_expands_the_sessions_own_database_all_the_same() {
        let catalog = Rc::<Catalog>::default().reduce(CatalogAction::Refresh);
        let catalog = read(catalog, &[], names("", &["spark_catalog"], Some("spark_catalog")));
        assert_eq!(catalog.missing(), Some(path(&["spark_catalog"])));
        let collapsed = catalog.reduce(CatalogAction::Toggle(path(&["spark_catalog"]))).reduce(CatalogAction::Refresh);
        let collapsed = read(collapsed, &[], names("", &["spark_catalog"], Some("spark_catalog")));
        assert_eq!(collapsed.missing(), None, "what a person has collapsed stays so");
    }
}
