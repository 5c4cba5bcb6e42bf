//! Every text of the frontend in English, one message per line.
//!
//! A message is a whole sentence with its values in braces, never a fragment, so that translations can reorder the
//! words. If a number decides the form, its name stands before `=>`, and both English forms follow.
//!
//! The WebAssembly contains none of these texts, only their indices. `xtask/src/translations.rs` includes this file and
//! its folder, which therefore must not need others, and writes the list for the shell and for translators.

#[path = "messages/declare.rs"]
#[macro_use]
mod declare;
#[path = "messages/charts.rs"]
pub mod charts;
#[path = "messages/compare.rs"]
pub mod compare;
#[path = "messages/export.rs"]
pub mod export;
#[path = "messages/page.rs"]
pub mod page;
#[path = "messages/past.rs"]
pub mod past;
#[path = "messages/sql.rs"]
pub mod sql;
#[path = "messages/tabs.rs"]
pub mod tabs;

#[cfg(not(target_arch = "wasm32"))]
pub use declare::Text;
pub use declare::{Tell, Value};

/// Every text of the frontend, by its index.
#[cfg(not(target_arch = "wasm32"))]
pub fn texts() -> impl Iterator<Item = &'static Text> {
    TEXTS
        .iter()
        .chain(sql::TEXTS)
        .chain(tabs::TEXTS)
        .chain(charts::TEXTS)
        .chain(past::TEXTS)
        .chain(export::TEXTS)
        .chain(page::TEXTS)
        .chain(compare::TEXTS)
}

messages! { Message, 0;
    // The chip.
    ChipLoading: "Spark: ...";
    ChipUnknown: "Spark";
    ChipNoCluster: "Spark: No Cluster";
    ChipError: "Spark: Error";
    ChipStarting { ready: u32, wanted: u32 }: "Spark: Starting ({ready}/{wanted})";
    ChipReady { ready: u32, wanted: u32 }: "Spark: Ready ({ready}/{wanted})";
    ChipReadyDriver: "Spark: Ready (driver)";
    ChipAttention: "Something needs your attention.";
    TipLoading: "Asking for the state of your Spark cluster.";
    TipNoData: "The state of your Spark cluster is not known.";
    TipNoCluster: "You have no Spark cluster.";
    TipError: "The cluster has failed: no worker is left, or its manager reports an error.";
    TipWorkers { ready: u32, wanted: u32 }: wanted =>
        "{ready} of {wanted} worker is ready." | "{ready} of {wanted} workers are ready.";
    TipDriver: "Your Spark driver answers.";
    TipActivity { app_name: &'a str, stages: u32 }: stages =>
        "{app_name} runs {stages} stage." | "{app_name} runs {stages} stages.";
    TipStage { stage_name: &'a str, done: u32, total: u32 }: total =>
        "{stage_name}: {done} of {total} task done." | "{stage_name}: {done} of {total} tasks done.";
    TipObserved { time: &'a str }: "As of {time}.";
    TipOpen: "Click to open Spark Monitor.";

    // The panel as a whole.
    Title: "Spark Monitor";
    Demonstration: "Demonstration: recorded data, no cluster was asked.";
    Refresh: "Refresh";
    Pause: "Pause updates";
    Resume: "Resume updates";
    PausedLong: "Updates are paused.";
    PausedAge { age: &'a str }: "paused, {age} old";
    UpdatedNow: "updated just now";
    UpdatedSeconds { seconds: u64 }: "updated {seconds} s ago";
    Updated { age: &'a str }: "updated {age} ago";
    Loading: "Loading…";
    StaleSince { time: &'a str, reason: &'a str }: "Not updated since {time}. {reason}";
    RequestId { request_id: &'a str }: "Request {request_id}";
    HeadingSignedOut: "Signed out";
    HeadingSignedOutOrStopped: "Signed out or stopped";
    HeadingNotConfigured: "Not configured";
    HeadingForbidden: "No permission";
    HeadingOverloaded: "Too busy";
    HeadingUnreachable: "No answer";
    HeadingAppGone: "This application has ended";
    HeadingOther: "Something went wrong";
    NoSession: "No active Spark session";
    NoSessionHint: "Start one in a notebook:";

    // Problems that the frontend detects itself.
    SignedOutOrStopped: "You are signed out of Jupyter, or your Jupyter server has stopped.";
    SignedOutOrStoppedHint: "Reload the page to sign in or to start the server.";
    Late: "No answer came in time.";
    LateHint: "Jupyter, Spark Monitor's own process or the network hangs. This page keeps trying.";
    NoJupyter: "Jupyter does not answer.";
    NoJupyterHint: "Check your connection. This page keeps trying.";
    NoSidecar: "Spark Monitor's own process does not answer.";
    NoSidecarHint: "Jupyter starts it again by itself. If this stays, restart your Jupyter server.";
    Unreadable: "The answer could not be read.";
    UnreadableHint: "Reload the page: Spark Monitor may have been updated.";

    // Amounts.
    Bytes { amount: &'a str }: "{amount} B";
    Kilobytes { amount: &'a str }: "{amount} KB";
    Megabytes { amount: &'a str }: "{amount} MB";
    Gigabytes { amount: &'a str }: "{amount} GB";
    Terabytes { amount: &'a str }: "{amount} TB";
    Petabytes { amount: &'a str }: "{amount} PB";
    Exabytes { amount: &'a str }: "{amount} EB";
    Milliseconds { milliseconds: u64 }: "{milliseconds}ms";
    Seconds { seconds: u64 }: "{seconds}s";
    Minutes { minutes: u64 }: "{minutes}m";
    MinutesSeconds { minutes: u64, seconds: u64 }: "{minutes}m {seconds}s";
    Hours { hours: u64 }: "{hours}h";
    HoursMinutes { hours: u64, minutes: u64 }: "{hours}h {minutes}m";
    Percent { percent: u32 }: "{percent}%";
    Share { percent: &'a str }: "{percent}%";

    // What screen readers announce.
    NowRunning: "A query is running.";
    NowRunningStage { stage: u32, stages: u32, percent: u32 }:
        "A query is running: stage {stage} of {stages}, {percent}%.";
    NoWarnings: "There are no warnings.";
    WarningSpill: "Warning: data was spilled to disk.";
    WarningTasksFailed: "Warning: tasks have failed.";
    WarningOld: "Warning: what is shown is old.";

    // The application.
    Application: "Application";
    NewestApp { name: &'a str }: "Newest: {name}";
    NewestAppUnnamed: "Newest application";
    AppOption { name: &'a str, state: &'a str, time: &'a str }: "{name} ({state}, since {time})";
    AppOptionCores { name: &'a str, state: &'a str, cores: u32, time: &'a str }: cores =>
        "{name} ({state}, {cores} core, since {time})" | "{name} ({state}, {cores} cores, since {time})";
    AppSince { time: &'a str }: "since {time}";
    AppGoneOption { app_id: &'a str }: "{app_id} (ended)";
    ShowNewest: "Show the newest application";
    MoreApps { count: u32 }: count =>
        "{count} more application is not listed." | "{count} more applications are not listed.";
    AppRunning: "Running";
    AppWaiting: "Waiting";
    AppFinished: "Finished";
    AppUnknown: "Unknown state";
    DriverStarting: "The driver is starting";
    DriverStartingHint: "Its executors and stages appear as soon as it answers.";
    WaitingForCores: "Waiting for free cores";
    WaitingForCoresHint: "It begins when the cluster has cores and memory for it.";
    /// A link to Spark's own web page.
    SparkPage: "Spark UI";
    Cores { cores: u32 }: cores => "{cores} core" | "{cores} cores";

    // The cluster.
    Cluster: "Cluster";
    ClusterLine { workers: u32, cores: &'a str, memory: &'a str }: workers =>
        "{workers} worker · {cores} cores · {memory}" | "{workers} workers · {cores} cores · {memory}";
    DriverLine { cores: &'a str }: "Driver only · {cores} slots";
    LastSeenAlive { time: &'a str }: "last seen alive {time}";
    ClusterUnknown: "Unknown";
    WorkerAlive: "Alive";
    WorkerDead: "Dead";
    WorkerDecommissioned: "Decommissioned";
    WorkerFacts { used: u64, total: u64, memory: &'a str, time: &'a str }:
        "{used}/{total} cores · {memory} · heartbeat {time} ago";
    TaskSlots: "Task slots";
    Master: "Master";
    CopyMasterUrl: "Copy master URL";
    Copied: "Copied";
    NotCopied: "Could not copy";
    CoresLabel: "Cores";
    MemoryLabel: "Memory";
    UsedOf { used: &'a str, total: &'a str }: "{used} of {total}";
    MeterValue { value: &'a str, percent: &'a str, level: &'a str }: "{value}, {percent}, {level}";
    LevelGreen: "normal";
    LevelAmber: "high";
    LevelRed: "very high";
    AllGranted: "all granted";
    Applications: "Applications";
    AppsRunning { running: u32 }: running => "{running} running" | "{running} running";
    AppsRunningWaiting { running: u32, waiting: u32 }: running =>
        "{running} running, {waiting} waiting" | "{running} running, {waiting} waiting";

    // The last minutes.
    LastMinutes { minutes: u32 }: minutes => "Last {minutes} minute" | "Last {minutes} minutes";
    CoresInUse: "Cores in use";
    MemoryInUse: "Memory in use";
    TasksActive: "Active tasks";
    MinutesAgo { minutes: u32 }: minutes => "{minutes} min ago" | "{minutes} min ago";
    Now: "now";
    NobodyLooked: "not known";
    ShowChart: "Show as a chart";
    ValueAt { value: &'a str, time: &'a str }: "{value} at {time}";

    // The tab with the last minutes as a chart.

    // Findings.
    FindingsName: "Findings";
    FindingInfo: "note";
    FindingWarning: "warning";
    FindingError: "serious";
    OfExecutor { id: &'a str }: "executor {id}";
    FindingWhere { query: &'a str, stage_id: i64 }: "{query}, stage {stage_id}";
    MoreFindings { count: u32 }: count => "{count} more finding" | "{count} more findings";
    Dismiss: "Dismiss";
    CopyCode: "Copy code";

    // Executors.
    Executors: "Executors";
    SlotsBusy { active: u32, slots: u32 }: slots =>
        "{active} of {slots} slot busy" | "{active} of {slots} slots busy";
    NoExecutors: "No executor has started yet.";
    ColumnExecutor: "ID";
    ColumnExecutorLong: "Executor, by Spark's number";
    ColumnTasks: "Tasks";
    ColumnTasksLong: "Active tasks of task slots";
    ColumnHeap: "Heap";
    ColumnHeapLong: "Java heap: its peak since the start, and its limit";
    ColumnStorage: "Storage";
    ColumnStorageLong: "Storage memory in use, of the memory for storage and execution";
    ColumnDisk: "Disk";
    ColumnDiskLong: "Cached blocks on disk; this is not spill";
    ColumnShuffle: "Shuffle";
    ColumnShuffleLong: "Shuffle data read and written";
    ColumnGc: "GC";
    ColumnGcLong: "Share of task time spent in garbage collection";
    Driver: "driver";
    ExecutorGone { time: &'a str }: "Gone at {time}";
    ExecutorGoneBecause { time: &'a str, reason: &'a str }: "Gone at {time}: {reason}";
    ExecutorSince { host: &'a str, time: &'a str }: "{host}, since {time}";
    Unknown: "–";
    GcHigh: "high";
    Slots { active: u32, slots: u32 }: "{active}/{slots}";
    LabelValue { label: &'a str, value: &'a str }: "{label}: {value}";
    MoreExecutors { count: u32 }: count =>
        "{count} more executor is not shown." | "{count} more executors are not shown.";

    // The connection report.
    ConnectionReport: "Connection report";

    // Why a person waits.
    WaitNoCluster: "The cluster has no worker.";
    WaitClusterStarting { ready: u32, wanted: u32 }: wanted =>
        "The cluster is starting: {ready} of {wanted} worker is ready"
        | "The cluster is starting: {ready} of {wanted} workers are ready";
    WaitNoCores { used: u32, total: u32 }: "Waiting for cores: {used} of {total} are in use";
    WaitCoresHeld { name: &'a str, cores: u32, total: u32 }: "Waiting for cores: '{name}' holds {cores} of {total}";
    WaitCoresHeldByMany { name: &'a str, others: u32, cores: u32, total: u32 }: others =>
        "Waiting for cores: '{name}' and {others} more hold {cores} of {total}"
        | "Waiting for cores: '{name}' and {others} more hold {cores} of {total}";
    WaitExecutors { cores: u32 }: cores =>
        "Waiting for executors: {cores} core is granted, none has registered yet"
        | "Waiting for executors: {cores} cores are granted, none has registered yet";
    WaitTasksGoOn { tasks: u32 }: tasks =>
        "No query runs, but {tasks} task of one that was stopped goes on and holds its core"
        | "No query runs, but {tasks} tasks of one that was stopped go on and hold their cores";
    WaitNextBatch { batch: u64 }: "Batch {batch} is done, the stream waits for the next one";
    WaitDriver { time: &'a str }: "The driver works, no job runs (planning, collecting, Python) for {time}";
    WaitShuffle { stage_id: i64, percent: u32 }:
        "Shuffling: tasks wait {percent}% of their time for other tasks' output (stage {stage_id})";
    WaitLastTasksSkew {
        left: u32, total: u32, slowest: &'a str, median: &'a str, times: u64, stage_id: i64
    }: left =>
        "The last of {total} tasks: the slowest has run {slowest}, most took {median} ({times}× slower): it reads more data, key skew (stage {stage_id})"
        | "The last {left} of {total} tasks: the slowest has run {slowest}, most took {median} ({times}× slower): it reads more data, key skew (stage {stage_id})";
    WaitLastTasksSlow {
        left: u32, total: u32, slowest: &'a str, median: &'a str, times: u64, stage_id: i64
    }: left =>
        "The last of {total} tasks: the slowest has run {slowest}, most took {median} ({times}× slower): slow host or skewed work (stage {stage_id})"
        | "The last {left} of {total} tasks: the slowest has run {slowest}, most took {median} ({times}× slower): slow host or skewed work (stage {stage_id})";
    WaitPython { stage_id: i64, jvm_percent: u32 }:
        "Tasks wait for Python workers: the JVM computes {jvm_percent}% of their time (stage {stage_id})";
    WaitOutside { cell: u32, time: &'a str }:
        "No query runs: cell [{cell}] works outside of Spark (Python, or planning the next query) for {time}";
    WaitSlots { running: u32 }: running =>
        "Waiting for task slots: {running} task of another query runs first"
        | "Waiting for task slots: {running} tasks of other queries run first";
    WaitPreparing: "Busy: the next tasks are being prepared";
    WaitBusy { running: u32 }: running => "Busy: {running} task running" | "Busy: {running} tasks running";

    // Queries.
    RunningQueries: "Running queries";
    RecentQueries: "Recent queries";
    NoRunningQueries: "No query is running.";
    NoRecentQueries: "No query has ended yet.";
    NoQueriesOfThisNotebook: "None of them is this notebook's.";
    MoreQueries { count: u32 }: count => "{count} more query is not shown." | "{count} more queries are not shown.";
    Unnamed: "Query without a name";
    ACellsLine { line: i64 }: "a notebook cell, line {line}";
    CellLine { cell: i64, line: i64 }: "cell [{cell}], line {line}";
    FileLine { file: &'a str, line: i64 }: "{file}, line {line}";
    BuiltInCell { cell: i64 }: "built in cell [{cell}]";
    BuiltInACell: "built in a notebook cell";
    CalledInACell: "called in a notebook cell";
    BuiltInFile { file: &'a str, line: i64 }: "built in {file}, line {line}";
    RunByCell { cell: i64 }: "run by cell [{cell}]";
    JumpToCell { cell: i64 }: "Go to cell [{cell}]";
    JumpToACell: "Go to this cell";
    CellChanged { cell: i64 }: "Cell [{cell}] has changed since.";
    ACellChanged: "This cell has changed since, or is there twice.";
    QueryRunning: "Running";
    QuerySucceeded: "Completed";
    QueryFailed: "Failed";
    QueryCanceled: "Canceled";
    QuerySilent: "Silent";
    QuerySilentLong: "Spark says that it runs, but nothing of it has moved for a while: its client may be gone, or its stream has no new data.";
    QueryUnknown: "Unknown end";
    TimeLeft { time: &'a str }: "about {time} left, more stages may follow";
    TimeLeftBetween { least: &'a str, most: &'a str }: "{least} to {most} left, more stages may follow";
    StagesOf { done: u32, total: u32 }: total => "{done} of {total} stage" | "{done} of {total} stages";
    NoStages: "No stage of it is known.";
    QueryForgotten: "Spark does not remember this query any more.";
    ThisNotebook: "This notebook";
    OtherSessions: "Other sessions";
    KnownAsked: "asked of the kernel";
    KnownChosen: "chosen by you";
    HowKnown: "How this is known";
    KnownLikely { cell: i64 }: "likely: matches cell [{cell}] and its time";
    KnownOnlyOne: "likely: the only session whose queries began while cells of this notebook ran";
    WhichSession: "This notebook's session";
    ChooseSession: "Choose a session";
    SessionOf { name: &'a str }: "of {name}";
    SessionOfAnother: "of another notebook";
    SessionOption { session: &'a str, time: &'a str }: "{session}, last query {time}";
    SessionOptionRunning { session: &'a str, running: u32, time: &'a str }: running =>
        "{session}, {running} running, last query {time}" | "{session}, {running} running, last query {time}";
    Session: "a session";

    // Stages.
    OtherStages: "Other active stages";
    Count { count: u64 }: "{count}";
    TasksDone { done: u32, total: u32 }: total => "{done} of {total} task" | "{done} of {total} tasks";
    TasksRunning { count: u32 }: count => "{count} running" | "{count} running";
    TasksFailed { count: u32 }: "{count} failed";
    TasksKilled { count: u32 }: "{count} killed";
    BytesRead { bytes: &'a str }: "{bytes} read";
    BytesWritten { bytes: &'a str }: "{bytes} written";
    BytesShuffleRead { bytes: &'a str }: "{bytes} shuffle read";
    BytesShuffleWritten { bytes: &'a str }: "{bytes} shuffle written";
    BytesSpilled { bytes: &'a str }: "{bytes} spilled";
    StageNumber { stage_id: i64 }: "Stage {stage_id}";
    StageAttempt { stage_id: i64, attempt: i64 }: "Stage {stage_id}, attempt {attempt}";
    StartedAt { time: &'a str }: "Started {time}";
    StageActive: "Active";
    StagePending: "Pending";
    StageComplete: "Completed";
    StageFailed: "Failed";
    StageSkipped: "Skipped";
    StageUnknown: "Unknown";
    StreamBatch { batch: u64 }: "Batch {batch}";
    StreamPeriod { time: &'a str }: "one every {time}";
    StagesForgotten { count: u32 }: count => "Spark has forgotten {count} of them." | "Spark has forgotten {count} of them.";
    MoreWorkers { count: u32 }: count => "{count} more worker is not shown." | "{count} more workers are not shown.";
    MoreStages { count: u32 }: count => "{count} more stage is not shown." | "{count} more stages are not shown.";

    CoresOfCluster: "Cores of the cluster";
    MemoryOfCluster: "Memory of the cluster";
    AsTable: "As a table";
    TimeColumn: "Time";

    // Stopping a query.
    StopQuery: "Stop";
    StopAsk: "Stop this query? It ends with OPERATION_CANCELED where it was called.";
    StopAskCell { cell: i64 }: "Stop this query? Your cell [{cell}] will raise OPERATION_CANCELED.";
    StopYes: "Stop it";
    StopNo: "Keep it running";
    Stopping: "Stopping…";
    Stopped: "Spark was told to stop it.";
    StoppedBefore: "It had ended already.";
    StopHeld { tasks: u32 }: tasks =>
        "{tasks} task of it still holds cores." | "{tasks} tasks of it still hold cores.";
    StopClassic: "To stop it, interrupt its cell: its session does not use Spark Connect.";
}
