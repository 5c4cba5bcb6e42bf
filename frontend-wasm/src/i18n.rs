//! The one function through which every text for a person goes.
//!
//! A message is a whole sentence with its values, never a piece of one, so that another language can order its words as
//! it needs and choose its own plural forms. A language is a table like [`english`].

mod english;

/// Everything the frontend says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    // The chip.
    ChipLoading,
    ChipUnknown,
    ChipNoCluster,
    ChipError,
    ChipStarting {
        ready: u32,
        wanted: u32,
    },
    ChipReady {
        ready: u32,
        wanted: u32,
    },
    ChipReadyDriver,
    TipLoading,
    TipNoData,
    TipNoCluster,
    TipError,
    TipWorkers {
        ready: u32,
        wanted: u32,
    },
    TipDriver,
    TipActivity {
        app_name: &'a str,
        stages: u32,
    },
    TipStage {
        stage_name: &'a str,
        done: u32,
        total: u32,
    },
    TipObserved {
        time: &'a str,
    },
    TipOpen,

    // The panel as a whole.
    Title,
    Demonstration,
    Refresh,
    Pause,
    Resume,
    PausedLong,
    PausedAge {
        age: &'a str,
    },
    UpdatedNow,
    UpdatedSeconds {
        seconds: u64,
    },
    Updated {
        age: &'a str,
    },
    Loading,
    StaleSince {
        time: &'a str,
        reason: &'a str,
    },
    RequestId {
        request_id: &'a str,
    },
    HeadingSignedOut,
    HeadingNotConfigured,
    HeadingForbidden,
    HeadingOverloaded,
    HeadingUnreachable,
    HeadingAppGone,
    HeadingOther,
    NoSession,
    NoSessionHint,

    // What the frontend finds out by itself.
    SignedOut,
    SignedOutHint,
    NoJupyter,
    NoJupyterHint,
    NoSidecar,
    NoSidecarHint,
    Unreadable,
    UnreadableHint,

    // The application.
    Application,
    NewestApp {
        name: &'a str,
    },
    NewestAppUnnamed,
    AppOption {
        name: &'a str,
        facts: &'a str,
    },
    AppSince {
        time: &'a str,
    },
    AppGoneOption {
        app_id: &'a str,
    },
    ShowNewest,
    MoreApps {
        count: u32,
    },
    AppRunning,
    AppWaiting,
    AppFinished,
    AppUnknown,
    DriverStarting,
    DriverStartingHint,
    WaitingForCores,
    WaitingForCoresHint,
    Cores {
        cores: u32,
    },

    // The cluster.
    Cluster,
    MasterAlive,
    MasterStandby,
    MasterRecovering,
    MasterUnknown,
    DriverOnly,
    Workers,
    Master,
    CopyMasterUrl,
    Copied,
    NotCopied,
    ClusterStarting {
        ready: u32,
        wanted: u32,
    },
    NoWorkers,
    CoresLabel,
    MemoryLabel,
    UsedOf {
        used: &'a str,
        total: &'a str,
    },
    Percent {
        percent: u32,
    },
    LevelGreen,
    LevelAmber,
    LevelRed,
    Applications,
    AppsRunningWaiting {
        running: u32,
        waiting: u32,
    },

    // The last minutes.
    LastMinutes {
        minutes: u32,
    },
    CoresInUse,
    MemoryInUse,
    TasksActive,
    NobodyLooked,
    ValueAt {
        value: &'a str,
        time: &'a str,
    },

    // Spill.
    SpillHeading {
        bytes: &'a str,
        stages: u32,
    },
    SpillExplained {
        from_memory: &'a str,
    },

    // Executors.
    Executors,
    SlotsBusy {
        active: u32,
        slots: u32,
    },
    NoExecutors,
    ColumnExecutor,
    ColumnExecutorLong,
    ColumnTasks,
    ColumnTasksLong,
    ColumnStorage,
    ColumnStorageLong,
    ColumnDisk,
    ColumnDiskLong,
    ColumnShuffle,
    ColumnShuffleLong,
    ColumnGc,
    ColumnGcLong,
    Driver,
    ExecutorGone {
        reason: &'a str,
    },
    Unknown,
    GcHigh,
    Slots {
        active: u32,
        slots: u32,
    },
    MoreExecutors {
        count: u32,
    },

    // The connection report.
    ConnectionReport,
    HealthWell,
    HealthDegraded,
    HealthBroken,
    HopBrowser,
    HopBrowserOk,
    HopBrowserSlow,
    HopBrowserSlowFix,
    HopSidecar,
    HopIdentity,
    HopClusterManager,
    HopMaster,
    HopDriver,
    HopRest,
    HopNotAsked,
    HopOk,
    HopWarning,
    HopFailed,
    HopSkipped,
    ReportRuns,
    ReportAgain,
    CopyReport,
    ReportHead {
        time: &'a str,
        version: &'a str,
        frontend: &'a str,
    },

    // Why a person waits.
    WaitNoCluster,
    WaitClusterStarting {
        ready: u32,
        wanted: u32,
    },
    WaitNoCores {
        used: u32,
        total: u32,
    },
    WaitCoresHeld {
        name: &'a str,
        cores: u32,
        total: u32,
    },
    WaitCoresHeldByMany {
        name: &'a str,
        others: usize,
        cores: u32,
        total: u32,
    },
    WaitExecutors {
        cores: u32,
    },
    WaitDriver {
        time: &'a str,
    },
    WaitShuffle {
        stage_id: i64,
        percent: u32,
    },
    WaitLastTasks {
        stage_id: i64,
        left: u32,
        total: u32,
        slowest: &'a str,
        median: &'a str,
        times: u64,
        more_data: bool,
    },
    WaitPython {
        stage_id: i64,
        jvm_percent: u32,
    },
    WaitSlots {
        running: u32,
    },
    WaitBusy {
        running: u32,
    },

    // Queries.
    RunningQueries,
    RecentQueries,
    NoRunningQueries,
    NoRecentQueries,
    NoQueriesOfThisNotebook,
    MoreQueries {
        count: u32,
    },
    Unnamed,
    ACellsLine {
        line: u32,
    },
    CellLine {
        cell: u32,
        line: u32,
    },
    FileLine {
        file: &'a str,
        line: u32,
    },
    BuiltInCell {
        cell: u32,
    },
    BuiltInACell,
    BuiltInFile {
        file: &'a str,
        line: u32,
    },
    RunByCell {
        cell: u32,
    },
    JumpToCell {
        cell: u32,
    },
    JumpToACell,
    CellChanged {
        cell: u32,
    },
    ACellChanged,
    QueryRunning,
    QuerySucceeded,
    QueryFailed,
    QueryCanceled,
    QuerySilent,
    QuerySilentLong,
    QueryUnknown,
    TimeLeft {
        time: &'a str,
    },
    TimeLeftBetween {
        least: &'a str,
        most: &'a str,
    },
    StagesOf {
        done: u32,
        total: u32,
    },
    NoStages,
    QueryForgotten,
    ThisNotebook,
    OtherSessions,
    KnownAsked,
    KnownChosen,
    KnownLikely {
        cell: u32,
    },
    WhichSession,
    SessionNotKnown,
    SessionOf {
        notebook: &'a str,
    },
    SessionOption {
        session: &'a str,
        running: u32,
        time: &'a str,
    },
    SessionOfUser {
        user: &'a str,
        session: &'a str,
    },
    Session {
        session: &'a str,
    },

    // Stages.
    ActiveStages,
    Count {
        count: usize,
    },
    NoActiveStages,
    TasksDone {
        done: u32,
        total: u32,
    },
    TasksRunning {
        count: u32,
    },
    TasksFailed {
        count: u32,
    },
    TasksKilled {
        count: u32,
    },
    BytesRead {
        bytes: &'a str,
    },
    BytesWritten {
        bytes: &'a str,
    },
    BytesShuffleRead {
        bytes: &'a str,
    },
    BytesShuffleWritten {
        bytes: &'a str,
    },
    BytesSpilled {
        bytes: &'a str,
    },
    StageNumber {
        stage_id: i64,
    },
    StageAttempt {
        stage_id: i64,
        attempt: i64,
    },
    StartedAt {
        time: &'a str,
    },
    StageActive,
    StagePending,
    StageComplete,
    StageFailed,
    StageSkipped,
    StageUnknown,
    MoreStages {
        count: u32,
    },
    SomeForgotten {
        retained: u32,
    },
}

/// The text of a message.
pub fn tr(message: Message<'_>) -> String {
    english::text(message)
}
