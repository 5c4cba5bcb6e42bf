//! The texts of the tab "Compare queries".

#[cfg(not(target_arch = "wasm32"))]
use super::declare::Text;
use super::declare::{Tell, Value};

messages! { CompareMessage, super::COUNT + super::sql::COUNT + super::tabs::COUNT + super::charts::COUNT + super::past::COUNT + super::export::COUNT + super::page::COUNT;
    CompareTitle: "Compare queries";
    CompareLast: "Compare its last run";
    CompareOffer: "Compare with another query…";
    FirstQuery: "First query";
    SecondQuery: "Second query";
    ChooseOne: "Choose a query";
    ChooseTwo: "Choose two queries to see where they differ.";
    SameQuery: "Runs of the same query";
    OtherQueries: "Other queries";
    NoOther: "No other run of this query is known. Choose a second query.";
    QueryOption { time: &'a str, name: &'a str, state: &'a str }: "{time} · {name} · {state}";
    OpenPage: "Open its page";
    NotRemembered: "Spark no longer remembers this query, and it is not among the last runs in the history.";
    FromHistory: "Spark no longer remembers this query. The history has its numbers, but neither its stages nor its plan nor the settings of its application.";
    AppEnded: "Its application has ended. This is what was last known.";
    StillRuns: "It still runs, so its numbers will change.";
    StagesMissing { stages: u64 }: stages => "{stages} stage of it is not shown, so sums of bytes are not known until the history has them." | "{stages} stages of it are not shown, so sums of bytes are not known until the history has them.";
    // The table.
    Numbers: "Numbers";
    FactColumn: "What";
    First: "First";
    Second: "Second";
    DifferenceColumn: "The second, compared with the first";
    FactState: "state";
    FactDuration: "duration";
    FactWaited: "waited for its first task";
    FactFailedTasks: "failed tasks";
    FactTasks: "tasks";
    FactStages: "stages";
    FactSlots: "task slots";
    FactTaskTime: "time of all tasks";
    FactCpu: "CPU time";
    NotKnown: "not known";
    HistoryOnly: "Task slots, waiting, and the time of tasks are known from the history, which has a query soon after its end.";
    HistoryOff: "Task slots, waiting, and the time of tasks are not known: the history that would keep them is off.";
    Same: "the same";
    AboutSame: "about the same";
    OnlyFirst: "only the first";
    OnlySecond: "only the second";
    Other: "different";
    More { percent: u64 }: "{percent}% more";
    Less { percent: u64 }: "{percent}% less";
    Times { times: &'a str }: "{times} times as much";
    // Plans.
    OperatorColumn: "Operator";
    OperatorTimes { count: u64 }: count => "{count} time" | "{count} times";
    NotThere: "not there";
    CountOf: "number";
    TimeOf: "time";
    BytesOf: "bytes";
    RowsOf: "rows";
    SpillOf: "spilled";
    PlansNotKnown: "The operators can be compared only while Spark remembers the plans of both queries.";
    NoPlans: "Neither of them has a plan: they work on RDDs, or their plans were forgotten.";
    PlansIncomplete: "A plan has more operators or executions than are known here, so some are not compared.";
    // Settings.
    SettingsTitle: "Settings";
    SameApp: "Both ran in the same application, so it was started with the same settings. Spark's REST API does not tell what a session has set since.";
    SettingsNotKnown: "The settings can be compared only while both applications run.";
    SettingsSame { settings: u64 }: settings => "{settings} setting is the same." | "{settings} settings are the same.";
    SettingsCut: "An application has more settings than are known here, so some are not compared.";
    NotSet: "not set";
}
