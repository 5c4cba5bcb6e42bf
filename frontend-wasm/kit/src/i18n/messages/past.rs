//! The texts of the tabs "My queries" and "Spark applications", which the sidebar's bundle does not need.

#[cfg(not(target_arch = "wasm32"))]
use super::declare::Text;
use super::declare::{Tell, Value};

messages! { PastMessage, super::COUNT + super::sql::COUNT + super::tabs::COUNT + super::charts::COUNT;
    MyQueries: "My queries";
    PastOff: "Nothing is remembered here. Set SPARK_MONITOR_HISTORY=on where Jupyter starts; a demonstration, and a sidecar that several people share, remember nothing.";
    SearchQueries: "Search your queries";
    ShowAll: "All";
    ShowSlower: "Slower than usual";
    ShowFailed: "Failed";
    WhichQueries: "Which queries";
    NoQueryYet: "No query is remembered yet. A query is there a minute after it has ended.";
    NoQueryFound: "No query has this text.";
    NoQuerySlower: "No query was slower than usual in its last run.";
    NoQueryFailed: "No query failed in its last run.";
    ChooseQuery: "Choose a query to see its runs.";
    Runs { runs: u64 }: runs => "{runs} run" | "{runs} runs";
    LastRun { time: &'a str }: "last {time}";
    StateLost: "Lost";
    StateLostLong: "It ran when its application was last seen.";
    CopyQuery: "Copy text";
    GoToItsCell: "Go to the cell of its last run";
    RunsChart: "Duration of each run, the oldest first";
    Median { time: &'a str }: "half took less than {time}";
    RunSaid { number: u64, of: u64, facts: &'a str }: "run {number} of {of}: {facts}";
    NewestOnly { number: u64 }: number => "Only the newest one is looked at." | "Only the newest {number} are looked at.";
    Submitted: "Submitted";
    Duration: "Duration";
    Waited: "Waited";
    WaitedLong: "From its submission to its first task";
    State: "State";
    QueryColumn: "Query";
    Read: "Read";
    Shuffle: "Shuffle read";
    Spilled: "Spilled";
    Text: "Text";
    PastApplications: "Spark applications";
    NoAppYet: "No application is remembered yet.";
    ChooseApp: "Choose an application to see what is remembered of it.";
    AppForgotten: "This application is not remembered.";
    AppStarted { time: &'a str }: "Started {time}.";
    AppRuns: "Running";
    AppNotListed: "Not listed";
    AppSeen { time: &'a str }: "Last seen {time}.";
    AppGone { seen: &'a str, gone: &'a str }: "Last seen {seen}, gone by {gone}.";
    PeakHeap { bytes: &'a str }: "Largest Java heap of an executor: {bytes}.";
    LostExecutors: "Removed executors";
    LostExecutor: "Executor";
    LostAt: "Removed before";
    LostWhy: "Why";
    LastQueries: "Its last queries";
    NoQueryOfApp: "No query of it is remembered.";
}
