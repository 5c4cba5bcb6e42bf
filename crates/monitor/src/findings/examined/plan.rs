//! What a plan with its metrics tells about files, joins and broadcasts.

use std::collections::HashMap;

use upstream::{
    Weight,
    query_rows::{SqlNodeRow, SqlNodesRow},
};

use super::metric_value::{stage_id, total};

/// Scans, writes and exchanges that are kept of one plan.
const KEPT: usize = 50;
/// Columns of one exchange that are kept.
const COLUMNS: usize = 8;
/// How many operators to follow to one that has a metric.
const MAX_OPERATORS: usize = 100;

/// What is kept of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The query has ended, so that the numbers will not change.
    pub is_final: bool,
    pub python: bool,
    /// Adaptive execution is on.
    pub adaptive: bool,
    /// It has a join whose partitions adaptive execution can split.
    pub splittable_join: bool,
    pub reads: Vec<Files>,
    pub writes: Vec<Files>,
    /// Bytes of each broadcast.
    pub broadcasts: Vec<u64>,
    pub sorted_joins: Vec<SortedJoin>,
    /// Pairs of rows that the largest cross join compares.
    pub cross_rows: u64,
    pub keys: Vec<ShuffleKey>,
}

/// Files that one operator reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Files {
    pub files: u64,
    pub bytes: u64,
    /// Folders of a partitioned table that are written; 0 if it is not partitioned.
    pub folders: u64,
}

/// A join that sorts both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortedJoin {
    /// The side that could be sent to every executor, bytes.
    pub small_bytes: u64,
    pub large_bytes: u64,
}

/// By which columns a shuffle distributes rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShuffleKey {
    /// The stage that reads it, if a metric names that.
    pub stage_id: Option<i64>,
    pub columns: Vec<String>,
}

impl Plan {
    #[must_use]
    pub fn of(row: &SqlNodesRow) -> Self {
        let has = |name: &str| row.nodes.iter().any(|node| node.node_name == name);
        let inputs = Inputs::of(row);
        let nodes = || row.nodes.iter();
        let broadcasts = nodes().filter(|node| node.node_name == "BroadcastExchange");
        let cross = nodes().filter(|node| is_cross_join(&node.node_name));
        Self {
            is_final: !row.status.is_empty() && row.status != "RUNNING",
            python: nodes().any(runs_python),
            adaptive: has("AdaptiveSparkPlan"),
            splittable_join: has("SortMergeJoin") || has("ShuffledHashJoin"),
            reads: nodes().filter_map(read).take(KEPT).collect(),
            writes: nodes().filter_map(written).take(KEPT).collect(),
            broadcasts: broadcasts.filter_map(|node| metric(node, "data size")).take(KEPT).collect(),
            sorted_joins: nodes().filter_map(|node| inputs.sorted_join(node)).take(KEPT).collect(),
            cross_rows: cross.filter_map(|node| inputs.pairs(node)).max().unwrap_or(0),
            keys: nodes().filter_map(shuffle_key).take(KEPT).collect(),
        }
    }

    /// The columns by which the rows of a stage were distributed, if only one answer is possible.
    #[must_use]
    pub fn columns_of(&self, id: i64) -> Option<&[String]> {
        let of_stage: Vec<&ShuffleKey> = self.keys.iter().filter(|key| key.stage_id == Some(id)).collect();
        let candidates = if of_stage.is_empty() { self.keys.iter().collect() } else { of_stage };
        let first = candidates.first()?;
        candidates.iter().all(|key| key.columns == first.columns).then_some(&first.columns)
    }
}

/// Spark 4 measures it; for older versions we go by the operators' names.
fn runs_python(node: &SqlNodeRow) -> bool {
    node.node_name.contains("Python")
        || node.node_name.contains("Pandas")
        || node.metrics.iter().any(|metric| metric.name == "time to run Python workers")
}

fn is_cross_join(name: &str) -> bool {
    matches!(name, "BroadcastNestedLoopJoin" | "CartesianProduct")
}

fn metric(node: &SqlNodeRow, name: &str) -> Option<u64> {
    node.metrics.iter().find(|metric| metric.name == name).and_then(|metric| total(&metric.value))
}

fn read(node: &SqlNodeRow) -> Option<Files> {
    let files = metric(node, "number of files read")?;
    Some(Files { files, bytes: metric(node, "size of files read")?, folders: 0 })
}

fn written(node: &SqlNodeRow) -> Option<Files> {
    let files = metric(node, "number of written files")?;
    Some(Files {
        files,
        bytes: metric(node, "written output")?,
        folders: metric(node, "number of dynamic part").unwrap_or(0),
    })
}

/// The columns of `Exchange hashpartitioning(k#1L, 8), …`, if each of them is a plain one.
fn shuffle_key(node: &SqlNodeRow) -> Option<ShuffleKey> {
    let (_, rest) = node.desc.strip_prefix("Exchange ")?.split_once("hashpartitioning(")?;
    let (columns, _) = rest.split_once("), ").or_else(|| rest.split_once(')'))?;
    let mut columns: Vec<&str> = columns.split(", ").collect();
    // The last one is the number of partitions.
    columns.pop()?;
    let plain = |column: &&str| {
        let (name, number) = column.split_once('#')?;
        let is_word = |text: &str| !text.is_empty() && text.chars().all(|char| char.is_alphanumeric() || char == '_');
        (is_word(name) && is_word(number)).then(|| name.to_owned())
    };
    let columns: Vec<String> = columns.iter().map(plain).collect::<Option<_>>()?;
    let stage = |name: &str| {
        let metric = node.metrics.iter().find(|metric| metric.name == name)?;
        stage_id(&metric.value)
    };
    let stage_id = ["local bytes read", "remote bytes read", "fetch wait time"].into_iter().find_map(stage);
    (1..=COLUMNS).contains(&columns.len()).then_some(ShuffleKey { stage_id, columns })
}

/// Which operators feed which.
struct Inputs<'a> {
    nodes: HashMap<i64, &'a SqlNodeRow>,
    /// In the order of the plan: of a join, left and right.
    of: HashMap<i64, Vec<i64>>,
}

impl<'a> Inputs<'a> {
    fn of(row: &'a SqlNodesRow) -> Self {
        let mut of: HashMap<i64, Vec<i64>> = HashMap::new();
        for edge in &row.edges {
            of.entry(edge.to_id).or_default().push(edge.from_id);
        }
        Self { nodes: row.nodes.iter().map(|node| (node.node_id, node)).collect(), of }
    }

    /// The nearest value of a metric on the way from an operator to its source. A way that forks has none.
    fn nearest(&self, from: i64, name: &str) -> Option<u64> {
        let mut id = from;
        // Also ends where a way leads in a circle.
        for _ in 0..MAX_OPERATORS {
            if let Some(value) = self.nodes.get(&id).and_then(|node| metric(node, name)) {
                return Some(value);
            }
            let [only] = self.of.get(&id)?.as_slice() else { return None };
            id = *only;
        }
        None
    }

    fn both(&self, node: &SqlNodeRow, name: &str) -> Option<[u64; 2]> {
        let [left, right] = self.of.get(&node.node_id)?.as_slice() else { return None };
        Some([self.nearest(*left, name)?, self.nearest(*right, name)?])
    }

    fn sorted_join(&self, node: &SqlNodeRow) -> Option<SortedJoin> {
        if node.node_name != "SortMergeJoin" {
            return None;
        }
        let [left, right] = self.both(node, "data size")?;
        // Rows that an outer join keeps without a partner must not be sent everywhere.
        let kind = |kinds: &[&str]| kinds.iter().any(|kind| node.desc.contains(kind));
        let small_bytes = match () {
            () if kind(&["FullOuter"]) => return None,
            () if kind(&["LeftOuter", "LeftSemi", "LeftAnti", "ExistenceJoin"]) => right,
            () if kind(&["RightOuter"]) => left,
            () => left.min(right),
        };
        Some(SortedJoin { small_bytes, large_bytes: left.max(right) })
    }

    fn pairs(&self, node: &SqlNodeRow) -> Option<u64> {
        let [left, right] = self.both(node, "number of output rows")?;
        Some(left.saturating_mul(right))
    }
}

impl Weight for Plan {
    fn weight_bytes(&self) -> usize {
        let keys = self.keys.iter().map(|key| size_of::<ShuffleKey>() + key.columns.weight_bytes()).sum::<usize>();
        let files = (self.reads.capacity() + self.writes.capacity()) * size_of::<Files>();
        let joins = self.sorted_joins.capacity() * size_of::<SortedJoin>();
        keys + files + joins + self.broadcasts.capacity() * size_of::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn plan(json: &Value) -> Plan {
        Plan::of(&serde_json::from_value(json.clone()).unwrap())
    }

    fn node(id: i64, name: &str, metrics: &[(&str, &str)], desc: &str) -> Value {
        let metrics: Vec<_> = metrics.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        json!({"nodeId": id, "nodeName": name, "metrics": metrics, "desc": desc})
    }

    fn recorded(file: &str) -> Vec<Plan> {
        let path = format!("{}/../../tests/fixtures/{file}.json", env!("CARGO_MANIFEST_DIR"));
        let rows: Vec<SqlNodesRow> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        rows.iter().map(Plan::of).collect()
    }

    #[test]
    fn plans_with_python_are_told_in_every_version_and_adaptive_ones_too() {
        for (version, file, python) in [
            ("3.5.9", "python_udf_sql", true),
            ("4.0.5", "python_udf_sql", true),
            ("4.3.0", "python_udf_sql", true),
            ("3.5.9", "failed_sql", false),
        ] {
            let plans = recorded(&format!("spark-{version}/{file}"));
            assert_eq!(plans.iter().any(|plan| plan.python), python, "{version} {file}");
            assert!(plans.iter().all(|plan| plan.is_final));
        }
        assert!(recorded("spark-3.5.9/python_udf_sql")[0].adaptive);
    }

    #[test]
    fn the_columns_of_a_shuffle_are_named_if_they_are_plain() {
        let read =
            "total (min, med, max (stageId: taskId))\n372.3 MiB (7.2 MiB, 9.5 MiB, 307.1 MiB (stage 1.0: task 11))";
        let exchange = |id, read: &str, desc| node(id, "Exchange", &[("local bytes read", read)], desc);
        let plain = exchange(1, read, "Exchange hashpartitioning(k#1L, day#22, 8), REPARTITION_BY_NUM, [plan_id=20]");
        let nodes = |nodes: &[Value]| plan(&json!({"nodes": nodes}));
        let of_plain = nodes(std::slice::from_ref(&plain));
        assert_eq!(of_plain.columns_of(1), Some(&["k".to_owned(), "day".to_owned()][..]));
        assert_eq!(of_plain.columns_of(2), of_plain.columns_of(1), "the only one");
        let other = exchange(2, &read.replace("stage 1.0", "stage 2.0"), "Exchange hashpartitioning(id#3L, 8), X");
        let both = nodes(&[plain, other]);
        assert_eq!(both.columns_of(2), Some(&["id".to_owned()][..]));
        assert_eq!(both.columns_of(3), None, "one of two");
        for odd in [
            "Exchange hashpartitioning(pmod(k#1L, 3), 8), X",
            "Exchange SinglePartition, X",
            "Exchange hashpartitioning(8), X",
            "Exchange rangepartitioning(k#1L ASC, 8), X",
        ] {
            assert_eq!(nodes(&[exchange(1, read, odd)]).columns_of(1), None, "{odd}");
        }
    }

    #[test]
    fn files_are_counted_where_they_are_read_and_written() {
        let scan = node(1, "Scan parquet ", &[("number of files read", "500"), ("size of files read", "1.5 MiB")], "");
        let write =
            [("number of written files", "1,200"), ("written output", "3.0 MiB"), ("number of dynamic part", "40")];
        let write = node(2, "Execute InsertIntoHadoopFsRelationCommand", &write, "");
        let plan = plan(&json!({"status": "COMPLETED", "nodes": [scan, write]}));
        assert_eq!(plan.reads, [Files { files: 500, bytes: 3 << 19, folders: 0 }]);
        assert_eq!(plan.writes, [Files { files: 1_200, bytes: 3 << 20, folders: 40 }]);
    }

    fn join(name: &str, desc: &str) -> Value {
        let metrics = |size| [("data size", size), ("number of output rows", "200,000")];
        json!({
            "nodes": [
                node(0, name, &[], desc),
                node(1, "Sort", &[], ""), node(2, "Exchange", &metrics("5.0 MiB"), ""),
                node(3, "Sort", &[], ""), node(4, "Exchange", &metrics("2.0 GiB"), ""),
            ],
            "edges": [{"fromId": 1, "toId": 0}, {"fromId": 2, "toId": 1}, {"fromId": 3, "toId": 0},
                {"fromId": 4, "toId": 3}],
        })
    }

    #[test]
    fn the_small_side_of_a_join_is_the_one_that_may_be_sent_everywhere() {
        let joins = |desc| plan(&join("SortMergeJoin", desc)).sorted_joins;
        let sides = |small_bytes| [SortedJoin { small_bytes, large_bytes: 2 << 30 }];
        assert_eq!(joins("SortMergeJoin [k#1L], [k#2L], Inner"), sides(5 << 20));
        assert_eq!(joins(""), sides(5 << 20), "before 4.3");
        assert_eq!(joins("SortMergeJoin [k#1L], [k#2L], RightOuter"), sides(5 << 20));
        assert_eq!(joins("SortMergeJoin [k#1L], [k#2L], LeftOuter"), sides(2 << 30));
        assert_eq!(joins("SortMergeJoin [k#1L], [k#2L], FullOuter"), []);
        assert!(plan(&join("SortMergeJoin", "")).splittable_join);
    }

    #[test]
    fn a_cross_join_compares_each_row_of_one_side_with_each_of_the_other() {
        for name in ["CartesianProduct", "BroadcastNestedLoopJoin"] {
            assert_eq!(plan(&join(name, "")).cross_rows, 40_000_000_000);
        }
        assert_eq!(plan(&join("SortMergeJoin", "")).cross_rows, 0);
    }

    #[test]
    fn a_plan_with_a_circle_ends() {
        let nodes = [node(0, "SortMergeJoin", &[], ""), node(1, "Sort", &[], ""), node(2, "Sort", &[], "")];
        let edges = json!([{"fromId": 1, "toId": 0}, {"fromId": 2, "toId": 0}, {"fromId": 2, "toId": 1},
            {"fromId": 1, "toId": 2}]);
        assert_eq!(plan(&json!({"nodes": nodes, "edges": edges})).sorted_joins, []);
    }
}
