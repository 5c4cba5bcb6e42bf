//! The texts of the tabs "Connection report" and "Spark usage", which the sidebar's bundle does not need.

#[cfg(not(target_arch = "wasm32"))]
use super::declare::Text;
use super::declare::{Tell, Value};

messages! { TabMessage, super::COUNT + super::sql::COUNT;
    UsageTitle: "Spark usage";
    UsageNothing: "Nothing is known of the last minutes yet. Usage is recorded while this tab or the panel is visible.";
    UsageOfApp { name: &'a str }: "Tasks are those of {name}.";
    HealthWell: "All well";
    HealthDegraded: "Degraded";
    HealthBroken: "Broken";
    HopBrowser: "Browser, through Jupyter";
    HopBrowserOk: "Jupyter passes requests on to the sidecar.";
    HopBrowserSlow: "Jupyter passes requests on to the sidecar, but slowly.";
    HopBrowserSlowFix: "Check the network between this browser and Jupyter, and whether Jupyter is busy.";
    HopSidecar: "Sidecar";
    HopIdentity: "Identity";
    HopClusterManager: "Cluster manager";
    HopMaster: "Spark Master";
    HopDriver: "Spark driver";
    HopRest: "Sidecar and Spark";
    HopNotAsked: "Not asked: nothing gets that far.";
    HopOk: "OK";
    HopWarning: "Warning";
    HopFailed: "Failed";
    HopSkipped: "Skipped";
    ReportRuns: "Checking…";
    ReportAgain: "Check again";
    ReportAt { time: &'a str }: "Checked at {time}";
    CopyReport: "Copy report";
    Stored: "What is remembered";
    StoredFile { file: &'a str, size: &'a str }: "{file} ({size})";
    RemoveStored: "Forget it…";
    RemoveAsks: "All that is remembered of your Spark is removed for good.";
    RemoveIt: "Forget it all";
    RemoveRuns: "Removing…";
    Removed: "It is forgotten.";
    ReportHead { time: &'a str, version: &'a str, frontend: &'a str }:
        "Spark Monitor connection report, {time}\nSidecar {version}, frontend {frontend}";
    ReportLine { verdict: &'a str, hop: &'a str, found: &'a str }: "[{verdict}] {hop}: {found}";
    ReportLineTimed { verdict: &'a str, hop: &'a str, time: &'a str, found: &'a str }:
        "[{verdict}] {hop} ({time}): {found}";
}
