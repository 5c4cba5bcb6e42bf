//! The texts of the tab "Export notebook", which the sidebar's bundle does not need.

#[cfg(not(target_arch = "wasm32"))]
use super::declare::Text;
use super::declare::{Tell, Value};

messages! { ExportMessage, super::COUNT + super::sql::COUNT + super::tabs::COUNT + super::charts::COUNT + super::past::COUNT;
    // The tab as a whole.
    ExportOff: "This Spark Monitor makes no jobs of notebooks. Whoever runs Jupyter can set SPARK_MONITOR_EXPORT=run.";
    NoDocument: "Open a notebook, then choose “Export” in its toolbar.";
    DocumentClosed: "The notebook is closed. What is shown is the file as it was saved.";
    OpenDocument: "Open the notebook";
    Checking: "Checking…";
    AllWell: "Nothing keeps this notebook from being a job.";
    Blocked: "Some findings have to be mended or decided first.";
    JobPython { version: &'a str }: "for Python {version}";
    LastGood: "The last answer is shown, because the newest check failed.";

    // Cells.
    ExportCells: "Cells";
    ExportCellsLong: "A cell without a check mark is left out of the job.";
    CellNumber { cell: u32 }: "Cell {cell}";
    CellTakes { cell: u32 }: "Cell {cell} is part of the job";
    CellEmpty: "empty";
    CellSkipped: "left out";
    CellUnchanged: "unchanged";
    CellChanges { lines: u32 }: lines => "{lines} line changes" | "{lines} lines change";
    NoCells: "There is no code cell.";

    // The difference.
    Difference: "From the notebook to job.py";
    DifferenceNone: "There is nothing to compare yet.";
    ColumnCellLine: "Cell:line";
    ColumnJobLine: "Job";
    ColumnChange: "Change";
    ColumnCode: "Code";
    ChangeRemoved: "removed";
    ChangeAdded: "added";
    ShowUnchanged { lines: u32 }: lines => "Show {lines} unchanged line" | "Show {lines} unchanged lines";
    ShowMoreLines { lines: u32 }: lines => "Show {lines} more line" | "Show {lines} more lines";

    // Commands of the shell.
    ShellLegend: "Commands of the shell";
    ShellAsk: "Ask for each";
    ShellTranslate: "Run them as child processes";
    ShellDrop: "Remove them";
    ShellHere { cell: u32, line: u32 }: "Command in cell {cell}, line {line}";
    ShellAsAll: "As for all";
    ShellTranslateOne: "Run it";
    ShellDropOne: "Remove it";

    // Findings.
    FindingErrors { count: u32 }: count => "{count} error" | "{count} errors";
    FindingDecisions { count: u32 }: count => "{count} decision" | "{count} decisions";
    FindingNotes { count: u32 }: count => "{count} note" | "{count} notes";
    FindingNone: "no finding";
    Findings: "Findings";
    GoToLine { cell: u32, line: u32 }: "Cell {cell}, line {line}";
    GoToLineLong { cell: u32, line: u32 }: "Go to cell {cell}, line {line} in the notebook";
    GoToCell { cell: u32 }: "Go to cell {cell} in the notebook";
    JumpFailed: "The notebook has no such cell any more.";
    AllowSecrets: "Export the job with its secrets";
    AllowSecretsLong: "That you chose this is written to the audit log.";

    // What is done with the job.
    Goal: "What to do with the job";
    GoalNotebook: "Run here, as a notebook";
    GoalNotebookLong: "Cell by cell in a kernel of its own. Outputs are kept, and this page may be closed.";
    GoalScript: "Run here, as a script";
    GoalScriptLong: "As job.py, in a process of its own, as it would run elsewhere.";
    GoalScheduler: "Run here, by jupyter-scheduler";
    GoalSchedulerLong { environment: &'a str }: "As a notebook, in its environment {environment} and a folder of its own. “Notebook Jobs” shows the run and keeps the outputs.";
    Schedule: "Give it to jupyter-scheduler";
    Scheduled: "jupyter-scheduler has taken the notebook. “Notebook Jobs” shows it.";
    NotScheduled: "jupyter-scheduler did not take the notebook.";
    NotScheduledHint: "The notebook needs a kernel; the log of the notebook server says more.";
    GoalDownload: "Download";
    GoalDownloadLong: "All files of the job as one .zip.";
    GoalGit: "Airflow, by git";
    GoalFolder: "Airflow, by its folder";
    GoalFolderLong: "Into the folder that Airflow reads";
    GoalGitTo { repository: &'a str, branch: &'a str }: "To {repository}, branch {branch}";
    GoalGitFollows { url: &'a str }: "Followed in {url}";
    GoalGitUnfollowed: "No Airflow is configured: the run is not followed.";
    AirflowAsked: "Asking Airflow…";
    AirflowAnswers { version: &'a str }: "Airflow {version} answers.";
    AirflowAnswersAs { version: &'a str, user: &'a str }: "Airflow {version} answers; the monitor is {user} there.";
    GoalCluster: "Spark cluster, standalone";
    GoalClusterTo { url: &'a str, folder: &'a str }: "Submitted to {url}, with its files in {folder}, and followed there";
    GoalClusterMissing: "Not configured: an administrator sets SPARK_MONITOR_EXPORT_MASTER_REST_URL.";
    MasterAsked: "Asking the master…";
    MasterAnswers { version: &'a str }: "The master of Spark {version} takes jobs.";
    GoalGitMissing: "Not configured: an administrator sets SPARK_MONITOR_EXPORT_GIT_URL.";
    GoalNotebookOnly: "Only for a notebook, not for a Python file.";
    GoalHereMissing: "Not offered: this Spark Monitor runs no jobs.";
    Target: "Made for";
    TargetLocal: "Anywhere: python job.py";
    TargetStandalone: "Spark cluster, standalone";
    TargetConnect: "Airflow, with Spark Connect";
    TargetSubmit: "Airflow, with spark-submit";
    TargetPapermill: "Airflow, with papermill";
    JobFiles: "Files";
    JobRequirements: "Packages to install";
    DagId: "Name of the workflow";
    JobName: "Name of the job";
    DagIdHint { name: &'a str }: "by default {name}";

    // Why a button does nothing.
    WhyChecking: "The notebook is being checked.";
    WhyBlocked: "Mend the errors and decide the decisions first.";
    WhyParameters: "A value of a parameter is not of its type.";
    WhyBusy: "Something else is being done.";
    WhyNothing: "There is no job yet.";
    WhyMessage: "Write a message for the commit.";
    WhyWhole: "A notebook runs as it is: run it as a script, or keep the commands that are to be removed.";
    WhySchedule: "The schedule is not one.";

    // Parameters and schedule.
    JobParameters: "Parameters";
    JobParametersNone: "No cell has the tag “parameters”, so the job has none.";
    ParameterDefault { value: &'a str }: "default {value}";
    UseDefault: "Use the default";
    UseDefaultOf { name: &'a str }: "Use the default of {name}";
    KindString: "text";
    KindInteger: "whole number";
    KindNumber: "number";
    KindBoolean: "true or false";
    KindArray: "list, as JSON";
    KindObject: "object, as JSON";
    KindAny: "anything, as JSON";
    WrongInteger: "This is not a whole number.";
    WrongNumber: "This is not a number.";
    WrongArray: "This is not a list in JSON.";
    WrongObject: "This is not an object in JSON.";
    WrongJson: "This is not JSON.";
    ScheduleLabel: "Schedule";
    ScheduleHint: "empty, or cron such as 0 3 * * *";
    ScheduleNone: "Only when it is triggered";
    ScheduleMinutes { minutes: u32 }: minutes => "Every minute" | "Every {minutes} minutes";
    ScheduleHourly { minute: &'a str }: "Each hour, at minute {minute} (UTC)";
    ScheduleDaily { time: &'a str }: "Each day at {time} (UTC)";
    ScheduleWorkdays { time: &'a str }: "Monday to Friday at {time} (UTC)";
    ScheduleWeekly { day: &'a str, time: &'a str }: "Each {day} at {time} (UTC)";
    ScheduleMonthly { day: u32, time: &'a str }: "On day {day} of each month at {time} (UTC)";
    ScheduleYearly: "Each year on 1 January at 00:00 (UTC)";
    ScheduleOther: "By this cron expression (UTC)";
    Sunday: "Sunday";
    Monday: "Monday";
    Tuesday: "Tuesday";
    Wednesday: "Wednesday";
    Thursday: "Thursday";
    Friday: "Friday";
    Saturday: "Saturday";
    NextRuns { times: &'a str }: "Next runs: {times}";

    // Running here.
    StartRun: "Run";
    Starting: "Starting…";
    DownloadFiles: "Download the files";
    Downloading: "Downloading…";
    Downloaded { name: &'a str }: "{name} is saved.";
    RunStarted: "The run has started.";
    NoKernel: "Jupyter could not start a kernel for the run.";
    NoKernelHint: "Look whether the notebook's kernel is still installed.";
    RunsTitle: "Runs";
    NoRuns: "This notebook has not been run here yet.";
    OtherRuns { count: u32 }: count => "{count} run of other notebooks" | "{count} runs of other notebooks";
    RunOf { time: &'a str }: "Run of {time}";
    RunAsNotebook: "as a notebook";
    RunAsScript: "as a script";
    RunStarting: "Starting";
    RunRunning: "Running";
    RunSucceeded: "Succeeded";
    RunFailed: "Failed";
    RunCanceled: "Canceled";
    RunLost: "Lost: its process is gone";
    RunCells { done: u32, all: u32 }: "cell {done} of {all}";
    RunTakes { time: &'a str }: "after {time}";
    RunErrorAt { cell: u32, line: u32 }: "in cell {cell}, line {line}";
    RunErrorIn { cell: u32 }: "in cell {cell}";
    CancelRun: "Cancel";
    DeleteRun: "Delete";
    DeleteAsk: "Delete this run and its output?";
    DeleteYes: "Delete it";
    DeleteNo: "Keep it";
    OpenOutput: "Open output";
    OutputSaved { path: &'a str }: "The output is saved as {path}.";
    OutputNotSaved: "The output could not be saved.";
    ShowDetails: "Details";
    RunOutput: "Printed";
    RunOutputCut: "Only the end of it is kept.";
    RunOutputNone: "Nothing was printed.";
    ColumnCell: "Cell";
    ColumnState: "State";
    ColumnTime: "Time";
    CellWaiting: "Waiting";
    CellRunning: "Running";
    CellDone: "Done";
    CellFailed: "Failed";
    NotRefreshed: "The list could not be updated.";

    // Delivering.
    ShowPlan: "Show what would change";
    Planning: "Asking the repository…";
    PlanReady: "What would change is shown below.";
    PlanTitle: "What would be pushed";
    PlanTitleCluster: "What would be written and submitted";
    PlanSubmits { url: &'a str }: "Then this is submitted to {url}";
    PlanNothingCluster: "All files are there already.";
    PlanFolder { folder: &'a str }: "Folder {folder}";
    PlanNothing: "All of it is in the repository already.";
    PlanNew: "new file";
    PlanChanged: "changed";
    PlanGone: "removed";
    PlanMoreLines { lines: u32 }: lines => "{lines} more line is not shown." | "{lines} more lines are not shown.";
    PlanForeign: "not written by an export: your push replaces it";
    CommitMessage: "Message of the commit";
    CommitDefault { name: &'a str }: "Export {name}";
    TriggerIt: "Trigger a run once Airflow has read it";
    UnpauseIt: "Unpause the workflow; its schedule begins with it";
    Ship: "Ship";
    Submit: "Submit";
    Shipping: "Shipping…";
    ShipmentsTitle: "Shipments";
    NoShipments: "This notebook has not been shipped yet.";
    StepChecked: "Checked";
    StepPushed: "Pushed";
    StepWritten: "Files written";
    StepSeen: "Read by Airflow";
    StepQueued: "Queued";
    StepRunning: "Running";
    StepDone: "Done";
    StepWaiting: "to come";
    StepNow: "now";
    StepNeedsPerson: "waits for you";
    StepEnded: "done";
    StepFailed: "failed";
    Unpause: "Unpause the workflow";
    Retry: "Try again";
    CommitLink { commit: &'a str }: "Commit {commit}";
    RunInAirflow { run: &'a str }: "Run {run}";
    DriverOf { run: &'a str }: "Driver {run}";
    DriverLog: "Log of the driver";
    LogLeftOut { lines: u64 }: lines => "{lines} earlier line is not shown." | "{lines} earlier lines are not shown.";
    ShipmentLog: "Log";
}
