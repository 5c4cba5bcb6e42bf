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
    ChipStarting { ready: u32, wanted: u32 },
    ChipReady { ready: u32, wanted: u32 },
    ChipReadyDriver,
    TipLoading,
    TipNoData,
    TipNoCluster,
    TipError,
    TipWorkers { ready: u32, wanted: u32 },
    TipDriver,
    TipActivity { app_name: &'a str, stages: u32 },
    TipStage { stage_name: &'a str, done: u32, total: u32 },
    TipObserved { time: &'a str },
    TipOpen,

    // The panel as a whole.
    Title,
    Demonstration,
    Refresh,
    Pause,
    Resume,
    PausedLong,
    PausedAge { age: &'a str },
    UpdatedNow,
    UpdatedSeconds { seconds: u64 },
    Updated { age: &'a str },
    Loading,
    StaleSince { time: &'a str, reason: &'a str },
    RequestId { request_id: &'a str },
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
    AppRunning,
    AppWaiting,
    AppFinished,
    AppUnknown,
    DriverStarting,
    DriverStartingHint,
    WaitingForCores,
    WaitingForCoresHint,
    Cores { cores: u32 },

    // The cluster.
    Cluster,
    MasterAlive,
    MasterStandby,
    MasterRecovering,
    MasterUnknown,
    DriverOnly,
    Workers,
    ClusterStarting { ready: u32, wanted: u32 },
    NoWorkers,
    CoresLabel,
    MemoryLabel,
    UsedOf { used: &'a str, total: &'a str },
    Percent { percent: u32 },
    LevelGreen,
    LevelAmber,
    LevelRed,
    Applications,
    AppsRunningWaiting { running: u32, waiting: u32 },

    // Spill.
    SpillHeading { bytes: &'a str, stages: u32 },
    SpillExplained { from_memory: &'a str },

    // Executors.
    Executors,
    SlotsBusy { active: u32, slots: u32 },
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
    ExecutorGone { reason: &'a str },
    Unknown,
    GcHigh,
    Slots { active: u32, slots: u32 },
    MoreExecutors { count: u32 },

    // Stages.
    ActiveStages,
    RecentStages,
    Count { count: usize },
    NoActiveStages,
    NoRecentStages,
    TasksDone { done: u32, total: u32 },
    TasksRunning { count: u32 },
    TasksFailed { count: u32 },
    TasksKilled { count: u32 },
    BytesRead { bytes: &'a str },
    BytesWritten { bytes: &'a str },
    BytesShuffleRead { bytes: &'a str },
    BytesShuffleWritten { bytes: &'a str },
    BytesSpilled { bytes: &'a str },
    StageNumber { stage_id: i64 },
    StageAttempt { stage_id: i64, attempt: i64 },
    StartedAt { time: &'a str },
    StageActive,
    StagePending,
    StageComplete,
    StageFailed,
    StageSkipped,
    StageUnknown,
    MoreStages { count: u32 },
    SomeForgotten { retained: u32 },
}

/// The text of a message.
pub fn tr(message: Message<'_>) -> String {
    english::text(message)
}
