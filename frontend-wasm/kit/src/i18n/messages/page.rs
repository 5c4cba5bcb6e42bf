//! The texts of the tabs "Spark query" and "Spark storage", which the sidebar's bundle does not need.

#[cfg(not(target_arch = "wasm32"))]
use super::declare::Text;
use super::declare::{Tell, Value};

messages! { PageMessage, super::COUNT + super::sql::COUNT + super::tabs::COUNT + super::charts::COUNT + super::past::COUNT + super::export::COUNT;
    // A query's page.
    QueryForgotten: "Spark no longer remembers this query.";
    StateRunning: "running";
    StateSucceeded: "succeeded";
    StateFailed: "failed";
    StateCanceled: "canceled";
    StateSilent: "no progress for minutes";
    StateUnknown: "how it ended is unknown";
    Begun { time: &'a str }: "begun {time}";
    StagesDone { done: u64, total: u64 }: total => "{done} of {total} stage" | "{done} of {total} stages";
    Progress: "Tasks of the query";
    SparkPage: "Spark's own page";
    Copy: "Copy";
    Copied: "Copied.";
    NotCopied: "The browser did not let it be copied.";
    Stages: "Stages over time";
    NoStages: "No stage of it is known: Spark plans it, works in the driver, or has forgotten its stages.";
    Stage { number: i64 }: "stage {number}";
    StagesNotShown { stages: u64 }: stages => "{stages} more stage is not shown." | "{stages} more stages are not shown.";
    NotBegun: "not begun";
    Input: "input";
    Output: "output";
    ShuffleRead: "shuffle read";
    ShuffleWritten: "shuffle written";
    SpilledToDisk: "spilled to disk";
    Plan: "Plan";
    PlanGraph: "Operators of the plan, from what is read to the result; arrow keys go from one to the next";
    NoPlan: "Spark has no plan of it: it works on RDDs, or was forgotten.";
    PlanWithoutOperators: "Spark tells no operators of this plan.";
    PlanCut: "The plan has more operators than are drawn. Its text has them all, up to its own limit.";
    PlanText: "The plan as Spark writes it";
    PlansNotShown { plans: u64 }: plans => "{plans} older execution of this query is not shown." | "{plans} older executions of this query are not shown.";
    Rows { rows: u64 }: rows => "{rows} row" | "{rows} rows";
    Spilled { bytes: &'a str }: "{bytes} spilled";
    TimeOfOperator { time: &'a str, percent: &'a str }: "{time}, {percent}";
    TimeOfCode { codegen: i64, time: &'a str, percent: &'a str }: "codegen {codegen}: {time}, {percent}";
    StageUnknown: "stage unknown";
    NoMetrics: "Spark measures nothing of this operator.";
    Metric: "Metric";
    Total: "Total";
    Spread: "Least, median, most of a task";
    // The page of cached data.
    StorageTitle: "Spark storage";
    StorageNoApp: "No application runs, so nothing is cached.";
    StorageOfApp { name: &'a str }: "Application {name}";
    NothingCached: "Nothing is cached. Data is cached by df.cache() or CACHE TABLE, when it is first read.";
    CachedName: "Cached data";
    CachedWhere: "Where";
    CachedPartitions: "Partitions";
    CachedLastUsed: "Last used";
    CachedRelease: "Release it";
    CachedNotShown { entries: u64 }: entries => "{entries} smaller entry is not shown." | "{entries} smaller entries are not shown.";
    ReleaseAll: "Release everything:";
    ReleaseByItsName: "unpersist() of its DataFrame";
    KindTable: "table";
    KindDataFrame: "DataFrame";
    KindRdd: "RDD";
    InMemory { bytes: &'a str }: "{bytes} in memory";
    OnDisk { bytes: &'a str }: "{bytes} on disk";
    NotYetCached: "nothing yet";
    InUse: "in use now";
    UsedBefore { time: &'a str }: "{time} ago";
    IdleSince { time: &'a str }: "idle for {time}";
    NoUseKnown: "no use is known";
}
