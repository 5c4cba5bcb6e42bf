//! What kind of Spark's objects an expression is, from the names that it is made of.

use python_source::{Meaning, NodeId, Resolved};

/// A set of kinds; an expression may be one of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kinds(u32);

impl Kinds {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const SESSION: Self = Self(1);
    /// `SparkSession` itself.
    pub(crate) const CLASS: Self = Self(1 << 1);
    pub(crate) const BUILDER: Self = Self(1 << 2);
    pub(crate) const READER: Self = Self(1 << 3);
    pub(crate) const FRAME: Self = Self(1 << 4);
    /// A DataFrame whose rows are few: limited, aggregated, or made of the program's own values.
    pub(crate) const FEW: Self = Self(1 << 5);
    pub(crate) const GROUPED: Self = Self(1 << 6);
    pub(crate) const WRITER: Self = Self(1 << 7);
    /// `df.writeTo(table)`.
    pub(crate) const WRITER_V2: Self = Self(1 << 8);
    pub(crate) const CATALOG: Self = Self(1 << 9);
    /// What an action gives: rows, a number, a pandas DataFrame.
    pub(crate) const LOCAL: Self = Self(1 << 10);
    pub(crate) const ANY_FRAME: Self = Self(Self::FRAME.0 | Self::FEW.0);

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn is_spark(self) -> bool {
        self != Self::NONE && self != Self::CLASS
    }
}

/// Where the class of sessions is.
const CLASSES: [&str; 4] = [
    "pyspark.sql.SparkSession",
    "pyspark.sql.session.SparkSession",
    "pyspark.sql.connect.session.SparkSession",
    "pyspark.sql.classic.session.SparkSession",
];

/// Methods of DataFrames after which few rows are left.
const FEW: [&str; 6] = ["limit", "agg", "describe", "summary", "offset", "freqItems"];

/// What an action of a DataFrame gives is no DataFrame.
const ACTIONS: [&str; 24] = [
    "collect",
    "toPandas",
    "toArrow",
    "toLocalIterator",
    "first",
    "head",
    "take",
    "tail",
    "count",
    "show",
    "isEmpty",
    "printSchema",
    "explain",
    "foreach",
    "foreachPartition",
    "createOrReplaceTempView",
    "createTempView",
    "createGlobalTempView",
    "createOrReplaceGlobalTempView",
    "registerTempTable",
    "approxQuantile",
    "corr",
    "cov",
    "inputFiles",
];

/// The longest dotted path that is followed.
const MOST_ATTRIBUTES: usize = 12;

/// The dotted path of something imported, such as `pyspark.sql.functions.expr`.
pub(crate) fn path(resolved: &Resolved, id: NodeId) -> Option<String> {
    let mut parts = Vec::new();
    let mut at = id;
    loop {
        match resolved.meaning(at) {
            Meaning::Imported(path) => {
                parts.push(path.as_str());
                parts.reverse();
                return Some(parts.join("."));
            }
            Meaning::Attribute { of, name } if parts.len() < MOST_ATTRIBUTES => {
                parts.push(name);
                at = *of;
            }
            _ => return None,
        }
    }
}

/// The kinds of all expressions, in their order.
#[derive(Default)]
pub(crate) struct AllKinds {
    pub of: Vec<Kinds>,
    /// The kinds of what is in a list or dictionary, and in those within.
    pub held: Vec<Kinds>,
}

/// The kinds of all expressions, and what they hold.
pub(crate) fn kinds(resolved: &Resolved) -> AllKinds {
    let nodes = resolved.nodes().count();
    let (mut all, mut all_held): (Vec<Kinds>, Vec<Kinds>) = (Vec::with_capacity(nodes), Vec::with_capacity(nodes));
    for (id, node) in resolved.nodes() {
        let of = |id: NodeId| all.get(id.index()).copied().unwrap_or_default();
        let held = |id: NodeId| all_held.get(id.index()).copied().unwrap_or_default();
        let within = |kinds: Kinds, id: NodeId| kinds.or(of(id)).or(held(id));
        let holds = match &node.meaning {
            Meaning::List(items) => items.iter().copied().fold(Kinds::NONE, within),
            Meaning::Dict(items) => items.iter().map(|(_, value)| *value).fold(Kinds::NONE, within),
            Meaning::Any(values) => values.iter().fold(Kinds::NONE, |kinds, value| kinds.or(held(*value))),
            Meaning::Item { of, .. } => held(*of),
            _ => Kinds::NONE,
        };
        let kinds = match &node.meaning {
            Meaning::Global(name) if name == "spark" => Kinds::SESSION,
            Meaning::Parameter { name, annotation } => parameter(resolved, name, *annotation),
            Meaning::Imported(_) => class(resolved, id),
            Meaning::Attribute { of: object, name } => match property(of(*object), name) {
                Kinds::NONE => class(resolved, id),
                kinds => kinds,
            },
            Meaning::Call { of: called, .. } => {
                let mut kinds = Kinds::NONE;
                for called in resolved.values(*called) {
                    kinds = kinds.or(match resolved.meaning(called) {
                        Meaning::Attribute { of: object, name } => method(of(*object), name),
                        _ if of(called).has(Kinds::CLASS) => Kinds::SESSION,
                        _ => Kinds::NONE,
                    });
                }
                kinds
            }
            Meaning::Any(values) => values.iter().fold(Kinds::NONE, |kinds, value| kinds.or(of(*value))),
            Meaning::Item { of: object, key } => held(*object).or(item(resolved, of(*object), *key)),
            _ => Kinds::NONE,
        };
        all.push(kinds);
        all_held.push(holds);
    }
    AllKinds { of: all, held: all_held }
}

fn class(resolved: &Resolved, id: NodeId) -> Kinds {
    let is_class = path(resolved, id).is_some_and(|path| CLASSES.contains(&path.as_str()));
    if is_class { Kinds::CLASS } else { Kinds::NONE }
}

/// `of[key]` of a DataFrame: a column by its name or place, else rows or columns of it.
fn item(resolved: &Resolved, of: Kinds, key: NodeId) -> Kinds {
    match resolved.meaning(key) {
        Meaning::Text { .. } | Meaning::Template | Meaning::Constant(_) => Kinds::NONE,
        _ => of.only_frames(),
    }
}

fn parameter(resolved: &Resolved, name: &str, annotation: Option<NodeId>) -> Kinds {
    let annotated = annotation.and_then(|id| path(resolved, id)).unwrap_or_default();
    if name == "spark" || CLASSES.contains(&annotated.as_str()) {
        return Kinds::SESSION;
    }
    let is_frame = annotated.starts_with("pyspark.sql.") && annotated.ends_with(".DataFrame");
    if is_frame { Kinds::FRAME } else { Kinds::NONE }
}

/// `of.name` without a call.
fn property(of: Kinds, name: &str) -> Kinds {
    let mut kinds = Kinds::NONE;
    if of.has(Kinds::CLASS.or(Kinds::SESSION)) && name == "builder" {
        kinds = kinds.or(Kinds::BUILDER);
    }
    if of.has(Kinds::SESSION) {
        kinds = kinds.or(match name {
            "read" | "readStream" => Kinds::READER,
            "catalog" => Kinds::CATALOG,
            _ => Kinds::NONE,
        });
    }
    if of.has(Kinds::ANY_FRAME) {
        kinds = kinds.or(match name {
            "write" | "writeStream" => Kinds::WRITER,
            "sparkSession" => Kinds::SESSION,
            "na" | "stat" => of,
            "columns" | "schema" | "dtypes" | "isStreaming" | "storageLevel" => Kinds::LOCAL,
            _ => Kinds::NONE,
        });
    }
    kinds
}

/// `of.name(…)`.
fn method(of: Kinds, name: &str) -> Kinds {
    let mut kinds = Kinds::NONE;
    if of.has(Kinds::CLASS) && matches!(name, "getActiveSession" | "active") {
        kinds = kinds.or(Kinds::SESSION);
    }
    if of.has(Kinds::BUILDER) {
        kinds = kinds.or(if matches!(name, "getOrCreate" | "create") { Kinds::SESSION } else { Kinds::BUILDER });
    }
    if of.has(Kinds::SESSION) {
        kinds = kinds.or(match name {
            "sql" | "table" | "tvf" => Kinds::FRAME,
            "range" | "createDataFrame" => Kinds::FEW,
            "newSession" | "cloneSession" => Kinds::SESSION,
            _ => Kinds::NONE,
        });
    }
    if of.has(Kinds::READER) {
        let reads =
            matches!(name, "load" | "csv" | "json" | "parquet" | "orc" | "text" | "table" | "jdbc" | "xml" | "avro");
        kinds = kinds.or(if reads { Kinds::FRAME } else { Kinds::READER });
    }
    if of.has(Kinds::GROUPED) {
        let per_group = matches!(name, "applyInPandas" | "apply" | "applyInArrow" | "transformWithStateInPandas");
        kinds = kinds.or(match name {
            "pivot" => Kinds::GROUPED,
            _ if per_group => Kinds::FRAME,
            _ => Kinds::FEW,
        });
    }
    if of.has(Kinds::WRITER) && !matches!(name, "save" | "saveAsTable" | "insertInto" | "start" | "toTable") {
        kinds = kinds.or(Kinds::WRITER);
    }
    if of.has(Kinds::WRITER_V2) {
        kinds = kinds.or(Kinds::WRITER_V2);
    }
    if of.has(Kinds::ANY_FRAME) {
        kinds = kinds.or(match name {
            _ if ACTIONS.contains(&name) => Kinds::LOCAL,
            "groupBy" | "groupby" | "rollup" | "cube" | "groupingSets" => Kinds::GROUPED,
            "writeTo" | "mergeInto" => Kinds::WRITER_V2,
            _ if FEW.contains(&name) => Kinds::FEW,
            "join" | "crossJoin" | "union" | "unionByName" | "unionAll" => Kinds::FRAME,
            _ => of.only_frames(),
        });
    }
    kinds
}

impl Kinds {
    fn only_frames(self) -> Self {
        Self(self.0 & Self::ANY_FRAME.0)
    }
}
