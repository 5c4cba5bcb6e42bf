//! English.

use super::Message;

/// The text of a message in English.
pub(super) fn text(message: Message<'_>) -> String {
    let fixed = match message {
        Message::ChipLoading => "Spark: ...",
        Message::ChipUnknown => "Spark",
        Message::ChipNoCluster => "Spark: No Cluster",
        Message::ChipError => "Spark: Error",
        Message::ChipReadyDriver => "Spark: Ready (driver)",
        Message::TipLoading => "Asking for the state of your Spark cluster.",
        Message::TipNoData => "The state of your Spark cluster is not known.",
        Message::TipNoCluster => "You have no Spark cluster.",
        Message::TipError => "The cluster manager reports an error.",
        Message::TipDriver => "Your Spark driver answers.",
        Message::TipOpen => "Click to open Spark Monitor.",

        Message::Title => "Spark Monitor",
        Message::Demonstration => "Demonstration: recorded data, no cluster was asked.",
        Message::Refresh => "Refresh",
        Message::Pause => "Pause updates",
        Message::Resume => "Resume updates",
        Message::PausedLong => "Updates are paused.",
        Message::UpdatedNow => "updated just now",
        Message::Loading => "Loading…",
        Message::HeadingSignedOut => "Signed out",
        Message::HeadingNotConfigured => "Not configured",
        Message::HeadingForbidden => "No permission",
        Message::HeadingOverloaded => "Too busy",
        Message::HeadingUnreachable => "No answer",
        Message::HeadingAppGone => "This application has ended",
        Message::HeadingOther => "Something went wrong",
        Message::NoSession => "No active Spark session",
        Message::NoSessionHint => "Start one in a notebook:",

        Message::SignedOut => "You are signed out of Jupyter.",
        Message::SignedOutHint => "Reload the page to sign in.",
        Message::NoJupyter => "Jupyter does not answer.",
        Message::NoJupyterHint => "Check your connection. This page keeps trying.",
        Message::NoSidecar => "Spark Monitor's own process does not answer.",
        Message::NoSidecarHint => "Jupyter starts it again by itself. If this stays, restart your Jupyter server.",
        Message::Unreadable => "The answer could not be read.",
        Message::UnreadableHint => "Reload the page: Spark Monitor may have been updated.",

        Message::Application => "Application",
        Message::NewestAppUnnamed => "Newest application",
        Message::ShowNewest => "Show the newest application",
        Message::AppRunning => "Running",
        Message::AppWaiting => "Waiting",
        Message::AppFinished => "Finished",
        Message::AppUnknown => "Unknown state",
        Message::DriverStarting => "The driver is starting",
        Message::DriverStartingHint => "Its executors and stages appear as soon as it answers.",
        Message::WaitingForCores => "Waiting for free cores",
        Message::WaitingForCoresHint => "Other applications hold all cores. It begins when one of them ends.",

        Message::Cluster => "Cluster",
        Message::MasterAlive => "Alive",
        Message::MasterStandby => "Standby",
        Message::MasterRecovering => "Recovering",
        Message::MasterUnknown => "Unknown",
        Message::DriverOnly => "Driver only",
        Message::Master => "Master",
        Message::CopyMasterUrl => "Copy master URL",
        Message::Copied => "Copied",
        Message::NotCopied => "Could not copy",
        Message::Workers => "Workers",
        Message::NoWorkers => "No worker has joined yet.",
        Message::CoresLabel => "Cores",
        Message::MemoryLabel => "Memory",
        Message::LevelGreen => "normal",
        Message::LevelAmber => "high",
        Message::LevelRed => "very high",
        Message::Applications => "Applications",

        Message::CoresInUse => "Cores in use",
        Message::MemoryInUse => "Memory in use",
        Message::TasksActive => "Active tasks",
        Message::NobodyLooked => "not known",

        Message::Executors => "Executors",
        Message::NoExecutors => "No executor has started yet.",
        Message::ColumnExecutor => "ID",
        Message::ColumnExecutorLong => "Executor, by Spark's number",
        Message::ColumnTasks => "Tasks",
        Message::ColumnTasksLong => "Active tasks of task slots",
        Message::ColumnStorage => "Storage",
        Message::ColumnStorageLong => "Storage memory in use, of the memory for storage and execution",
        Message::ColumnDisk => "Disk",
        Message::ColumnDiskLong => "Cached blocks on disk; this is not spill",
        Message::ColumnShuffle => "Shuffle",
        Message::ColumnShuffleLong => "Shuffle data read and written",
        Message::ColumnGc => "GC",
        Message::ColumnGcLong => "Share of task time spent in garbage collection",
        Message::GcHigh => "high",
        Message::Driver => "driver",
        Message::Unknown => "–",

        Message::ConnectionReport => "Connection report",
        Message::HealthWell => "All well",
        Message::HealthDegraded => "Degraded",
        Message::HealthBroken => "Broken",
        Message::HopBrowser => "Browser, through Jupyter",
        Message::HopBrowserOk => "Jupyter passes requests on to the sidecar.",
        Message::HopBrowserSlow => "Jupyter passes requests on to the sidecar, but slowly.",
        Message::HopBrowserSlowFix => {
            "Check the network between this browser and Jupyter, and whether Jupyter is busy."
        }
        Message::HopSidecar => "Sidecar",
        Message::HopIdentity => "Identity",
        Message::HopClusterManager => "Cluster manager",
        Message::HopMaster => "Spark Master",
        Message::HopDriver => "Spark driver",
        Message::HopRest => "Sidecar and Spark",
        Message::HopNotAsked => "Not asked: nothing gets that far.",
        Message::HopOk => "OK",
        Message::HopWarning => "Warning",
        Message::HopFailed => "Failed",
        Message::HopSkipped => "Skipped",
        Message::ReportRuns => "Checking…",
        Message::ReportAgain => "Check again",
        Message::CopyReport => "Copy report",

        Message::WaitNoCluster => "There is no cluster.",

        Message::RunningQueries => "Running queries",
        Message::RecentQueries => "Recent queries",
        Message::NoRunningQueries => "No query is running.",
        Message::NoRecentQueries => "No query has ended yet.",
        Message::NoQueriesOfThisNotebook => "None of them is this notebook's.",
        Message::Unnamed => "Query without a name",
        Message::BuiltInACell => "built in a notebook cell",
        Message::JumpToACell => "Go to this cell",
        Message::ACellChanged => "This cell has changed since.",
        Message::QueryRunning => "Running",
        Message::QuerySucceeded => "Completed",
        Message::QueryFailed => "Failed",
        Message::QueryCanceled => "Canceled",
        Message::QuerySilent => "Silent",
        Message::QuerySilentLong => {
            "Spark says that it runs, but nothing of it has moved for long: its client may be gone."
        }
        Message::QueryUnknown => "Unknown end",
        Message::NoStages => "No stage of it is known.",
        Message::QueryForgotten => "Spark does not remember this query any more.",
        Message::ThisNotebook => "This notebook",
        Message::OtherSessions => "Other sessions",
        Message::KnownAsked => "asked of the kernel",
        Message::KnownChosen => "chosen by you",
        Message::WhichSession => "This notebook's session",
        Message::SessionNotKnown => "Not known: choose",

        Message::ActiveStages => "Active stages",
        Message::NoActiveStages => "No stage is running.",
        Message::StageActive => "Active",
        Message::StagePending => "Pending",
        Message::StageComplete => "Completed",
        Message::StageFailed => "Failed",
        Message::StageSkipped => "Skipped",
        Message::StageUnknown => "Unknown",
        _ => return with_values(message),
    };
    fixed.to_owned()
}

fn with_values(message: Message<'_>) -> String {
    match message {
        Message::ChipStarting { ready, wanted } => format!("Spark: Starting ({ready}/{wanted})"),
        Message::ChipReady { ready, wanted } => format!("Spark: Ready ({ready}/{wanted})"),
        Message::TipWorkers { ready, wanted } => plural(
            wanted,
            format!("{ready} of {wanted} worker is ready."),
            format!("{ready} of {wanted} workers are ready."),
        ),
        Message::TipActivity { app_name, stages } => {
            plural(stages, format!("{app_name} runs 1 stage."), format!("{app_name} runs {stages} stages."))
        }
        Message::TipStage { stage_name, done, total } => plural(
            total,
            format!("{stage_name}: {done} of 1 task done."),
            format!("{stage_name}: {done} of {total} tasks done."),
        ),
        Message::TipObserved { time } => format!("As of {time}."),

        Message::PausedAge { age } => format!("paused, {age} old"),
        Message::UpdatedSeconds { seconds } => format!("updated {seconds} s ago"),
        Message::Updated { age } => format!("updated {age} ago"),
        Message::StaleSince { time, reason } => format!("Not updated since {time}. {reason}"),
        Message::RequestId { request_id } => format!("Request {request_id}"),

        Message::NewestApp { name } => format!("Newest: {name}"),
        Message::AppOption { name, facts } => format!("{name} ({facts})"),
        Message::AppSince { time } => format!("since {time}"),
        Message::AppGoneOption { app_id } => format!("{app_id} (ended)"),
        Message::MoreApps { count } => plural(
            count,
            "1 more application is not listed.".to_owned(),
            format!("{count} more applications are not listed."),
        ),
        Message::Cores { cores } => plural(cores, "1 core".to_owned(), format!("{cores} cores")),
        Message::ClusterStarting { ready, wanted } => plural(
            wanted,
            format!("Starting: {ready} of 1 worker is ready."),
            format!("Starting: {ready} of {wanted} workers are ready."),
        ),
        Message::UsedOf { used, total } => format!("{used} of {total}"),
        Message::Percent { percent } => format!("{percent}%"),
        Message::AppsRunningWaiting { running, waiting: 0 } => format!("{running} running"),
        Message::AppsRunningWaiting { running, waiting } => {
            format!("{running} running, {waiting} waiting")
        }

        Message::LastMinutes { minutes } => {
            plural(minutes, "Last minute".to_owned(), format!("Last {minutes} minutes"))
        }
        Message::ValueAt { value, time } => format!("{value} at {time}"),

        Message::SpillHeading { bytes, stages } => plural(
            stages,
            format!("{bytes} spilled to disk in 1 stage"),
            format!("{bytes} spilled to disk in {stages} stages"),
        ),
        Message::SpillExplained { from_memory } => format!(
            "{from_memory} did not fit into execution memory. More partitions or more memory per executor avoid it."
        ),

        Message::SlotsBusy { active, slots } => {
            plural(slots, format!("{active} of 1 slot busy"), format!("{active} of {slots} slots busy"))
        }
        Message::ExecutorGone { reason } => format!("Gone: {reason}"),
        Message::Slots { active, slots } => format!("{active}/{slots}"),
        Message::MoreExecutors { count } => {
            plural(count, "1 more executor is not shown.".to_owned(), format!("{count} more executors are not shown."))
        }

        Message::ReportHead { time, version, frontend } => {
            format!("Spark Monitor connection report, {time}\nSidecar {version}, frontend {frontend}")
        }

        Message::WaitClusterStarting { ready, wanted } => plural(
            wanted,
            format!("The cluster is starting: {ready} of 1 worker is ready"),
            format!("The cluster is starting: {ready} of {wanted} workers are ready"),
        ),
        Message::WaitNoCores { used, total } => format!("Waiting for cores: {used} of {total} are in use"),
        Message::WaitCoresHeld { name, cores, total } => {
            format!("Waiting for cores: '{name}' holds {cores} of {total}")
        }
        Message::WaitCoresHeldByMany { name, others, cores, total } => {
            format!("Waiting for cores: '{name}' and {others} more hold {cores} of {total}")
        }
        Message::WaitExecutors { cores } => plural(
            cores,
            "Waiting for executors: 1 core is granted, none has registered yet".to_owned(),
            format!("Waiting for executors: {cores} cores are granted, none has registered yet"),
        ),
        Message::WaitDriver { time } => {
            format!("The driver works, no job runs (planning, collecting, Python) for {time}")
        }
        Message::WaitSlots { running } => plural(
            running,
            "Waiting for task slots: 1 task of another query runs first".to_owned(),
            format!("Waiting for task slots: {running} tasks of other queries run first"),
        ),
        Message::WaitShuffle { stage_id, percent } => {
            format!("Shuffling: tasks wait {percent} % of their time for other tasks' output (stage {stage_id})")
        }
        Message::WaitLastTasks { stage_id, left, total, slowest, median, times, more_data } => {
            let tasks = plural(left, "last".to_owned(), format!("last {left}"));
            let cause = if more_data { "it reads more data, key skew" } else { "slow host or skewed work" };
            format!(
                "The {tasks} of {total} tasks: the slowest has run {slowest}, most took {median} ({times}× slower): \
                 {cause} (stage {stage_id})"
            )
        }
        Message::WaitPython { stage_id, jvm_percent } => {
            format!("Tasks wait for Python workers: the JVM computes {jvm_percent} % of their time (stage {stage_id})")
        }
        Message::WaitBusy { running } => {
            plural(running, "Busy: 1 task running".to_owned(), format!("Busy: {running} tasks running"))
        }

        Message::MoreQueries { count } => {
            plural(count, "1 more query is not shown.".to_owned(), format!("{count} more queries are not shown."))
        }
        Message::ACellsLine { line } => format!("a notebook cell, line {line}"),
        Message::CellLine { cell, line } => format!("cell [{cell}], line {line}"),
        Message::FileLine { file, line } => format!("{file}, line {line}"),
        Message::BuiltInCell { cell } => format!("built in cell [{cell}]"),
        Message::BuiltInFile { file, line } => format!("built in {file}, line {line}"),
        Message::RunByCell { cell } => format!("run by cell [{cell}]"),
        Message::JumpToCell { cell } => format!("Go to cell [{cell}]"),
        Message::CellChanged { cell } => format!("Cell [{cell}] has changed since."),
        Message::TimeLeft { time } => format!("about {time} left, more stages may follow"),
        Message::TimeLeftBetween { least, most } => format!("{least} to {most} left, more stages may follow"),
        Message::StagesOf { done, total } => {
            plural(total, format!("{done} of 1 stage"), format!("{done} of {total} stages"))
        }
        Message::KnownLikely { cell } => format!("likely: matches cell [{cell}] and its time"),
        Message::SessionOf { notebook } => format!("of {notebook}"),
        Message::SessionOption { session, running: 0, time } => format!("{session}, last query {time}"),
        Message::SessionOption { session, running, time } => {
            format!("{session}, {running} running, last query {time}")
        }
        Message::SessionOfUser { user, session } => format!("{user}'s session {session}"),
        Message::Session { session } => format!("session {session}"),

        Message::Count { count } => count.to_string(),
        Message::TasksDone { done, total } => {
            plural(total, format!("{done} of 1 task"), format!("{done} of {total} tasks"))
        }
        Message::TasksRunning { count } => format!("{count} running"),
        Message::TasksFailed { count } => format!("{count} failed"),
        Message::TasksKilled { count } => format!("{count} killed"),
        Message::BytesRead { bytes } => format!("{bytes} read"),
        Message::BytesWritten { bytes } => format!("{bytes} written"),
        Message::BytesShuffleRead { bytes } => format!("{bytes} shuffle read"),
        Message::BytesShuffleWritten { bytes } => format!("{bytes} shuffle written"),
        Message::BytesSpilled { bytes } => format!("{bytes} spilled"),
        Message::StageNumber { stage_id } => format!("Stage {stage_id}"),
        Message::StageAttempt { stage_id, attempt } => {
            format!("Stage {stage_id}, attempt {attempt}")
        }
        Message::StartedAt { time } => format!("Started {time}"),
        Message::MoreStages { count } => {
            plural(count, "1 more stage is not shown.".to_owned(), format!("{count} more stages are not shown."))
        }
        Message::SomeForgotten { retained } => {
            format!("Spark remembers the last {retained} stages only; sums leave out older ones.")
        }
        _ => String::new(),
    }
}

/// English has one form for exactly one and another for all else.
fn plural(count: u32, one: String, other: String) -> String {
    if count == 1 { one } else { other }
}
