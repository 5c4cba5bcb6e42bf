//! The texts of the tab "Spark charts", which the sidebar's bundle does not need.

#[cfg(not(target_arch = "wasm32"))]
use super::declare::Text;
use super::declare::{Tell, Value};

messages! { ChartMessage, super::COUNT + super::sql::COUNT + super::tabs::COUNT;
    ChartsTitle: "Spark charts";
    ChartsOff: "Nothing is recorded here. Set SPARK_MONITOR_HISTORY=on where Jupyter starts; a demonstration, and a sidecar that several people share, record nothing.";
    ChartsNothing: "Nothing is recorded yet. A sample is taken every minute while an application is active, else every five minutes.";
    ChartsEmpty: "Nothing was recorded in this time.";
    ChartsBegin { time: &'a str }: "The history begins {time}.";
    ChartsSamples { from: &'a str, to: &'a str }: "{from} to {to}, samples";
    ChartsHours { from: &'a str, to: &'a str }: "{from} to {to}, hourly means and their range";
    ChartsDays { from: &'a str, to: &'a str }: "{from} to {to}, daily means and their range";
    ChartsRange: "Time";
    LastHour: "1 hour";
    LastHalfDay: "12 hours";
    LastWeek: "7 days";
    LastMonth: "30 days";
    LastYear: "1 year";
    ZoomBack: "Back";
    SaveCsv: "Download CSV";
    SaveSvg: "Download SVG";
    SavePng: "Download PNG";
    WorkersAlive: "Workers alive";
    AppsRunning: "Applications running";
    AppsWaiting: "Waiting";
    CoresTotal: "All cores";
    MemoryTotal: "All memory";
    CoresOf { used: &'a str, total: &'a str }: "{used} of {total} cores";
    Alive { count: &'a str }: "{count} alive";
    Running { count: &'a str }: "{count} running";
    RunningAndWaiting { count: &'a str, waiting: &'a str }: "{count} running, {waiting} waiting";
    OnAverage { value: &'a str, least: &'a str, greatest: &'a str }: "{value} on average ({least} to {greatest})";
    Recorded { value: &'a str, time: &'a str }: "{value}, {time} recorded";
    HourFrom { value: &'a str, time: &'a str }: "{value}, hour from {time}";
    DayFrom { value: &'a str, time: &'a str }: "{value}, day from {time}";
    NotRecorded: "not recorded";
    NotRecordedAt { time: &'a str }: "not recorded at {time}";
    ChartsHelp: "Drag across a chart, or select with Shift and the arrow keys and press Enter, to zoom in; Escape goes back.";
}
