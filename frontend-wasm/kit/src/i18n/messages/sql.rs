//! The texts of the tab "Spark SQL": a list of its own, so that the sidebar's bundle does not contain their indices.

#[cfg(not(target_arch = "wasm32"))]
use super::declare::Text;
use super::declare::{Tell, Value};

messages! { SqlMessage, super::COUNT;
    // The tab "Spark SQL".
    Statement: "Statement";
    Session: "Session";
    OwnSession: "Own";
    CopyOf { name: &'a str }: "Copy of {name}";
    CopyKept: "Copy of another notebook";
    OpenAgain: "Try again";
    Renewed: "Spark had closed the session, so a new one was opened. Temporary views and settings of the old one are gone.";
    ReadOnly: "Only reads";
    ReadOnlyLong: "This Spark Monitor runs queries, SHOW, DESCRIBE and EXPLAIN only. Whoever runs Jupyter can set SPARK_MONITOR_SQL=write; a cell of a notebook can run everything.";
    AsksFirst: "Asks before changes";
    AsksFirstLong: "A statement that may change something shows what it does, and runs after you agree.";
    Arguments: "Arguments";
    ValueOf { parameter: &'a str }: "Value of {parameter}";
    TypeOf { parameter: &'a str }: "Type of {parameter}";
    TypeAuto { kind: &'a str }: "automatic ({kind})";
    Run: "Run";
    RunLong: "Run the statement, or what is selected (Shift+Enter or Ctrl+Enter in the editor)";
    Cancel: "Cancel";
    CancelLong: "Cancel the statement (Ctrl+.)";
    ReadRows: "Rows to read";
    Preview { rows: u32 }: rows => "First {rows} row" | "First {rows} rows";
    Collect { rows: u32 }: rows => "All, at most {rows} row" | "All, at most {rows} rows";
    InsertCell: "Insert as cell";
    InsertCellLong: "Write the statement as Python into a new cell below the active one";
    CellInserted: "Inserted";
    NoNotebook: "No notebook is open.";

    // How far a statement is.
    Sending: "Sending…";
    Refused: "Not run";
    Queued: "Waiting for your other statements";
    Checking: "Checking what it does";
    Waits: "Waiting for your approval";
    Canceling: "Canceling…";
    CanceledHeld { tasks: u32 }: tasks =>
        "Canceled; {tasks} task still holds cores" | "Canceled; {tasks} tasks still hold cores";
    LimitExceeded: "Too large";
    Lost: "Connection lost: it is not known how it ended";
    SampleOf { table: &'a str }: "Sample of {table}";
    ProfileOfIn { column: &'a str, table: &'a str }: "Profile of {column} in {table}";
    ShowInPanel: "Show in the monitor";

    // What is below the editor.
    Views: "Views of the statement";
    Result: "Result";
    Plan: "Plan";
    Schema: "Schema";
    History: "History";
    NothingRun: "Nothing has been run yet.";
    EmptyEditor: "Write a statement first.";
    NoResult: "The statement has no result.";
    Rows { rows: u64 }: rows => "{rows} row" | "{rows} rows";
    RowsAll { rows: u64 }: rows => "{rows} row, that is all" | "{rows} rows, that is all";
    RowsOfMore { rows: u64 }: rows => "{rows} row shown, there are more" | "{rows} rows shown, there are more";
    RowsSoFar { rows: u64 }: rows => "{rows} row so far" | "{rows} rows so far";
    RowsDropped { rows: u64 }: rows =>
        "{rows} row had arrived and was dropped, because the result is not complete."
        | "{rows} rows had arrived and were dropped, because the result is not complete.";
    ColumnsOfMore { shown: u64, columns: u64 }: "The first {shown} of {columns} columns are shown.";
    ReadAll { rows: u32 }: rows => "Read all, at most {rows} row" | "Read all, at most {rows} rows";
    Download: "Download";
    Save { format: &'a str }: "Download the result as {format}";
    Copy: "Copy";
    CopyAs { format: &'a str }: "Copy the selection with the columns' names as {format}; everything if nothing is selected";
    RowNumber: "Row";
    EmptyText: "empty";
    CellCut: "There is more: press Enter or double-click";
    CellOf { column: &'a str }: "Whole value of {column}";
    CellAt { column: &'a str, row: u64 }: "{column}, row {row}";
    CopyCell: "Copy value";
    CloseCell: "Close value";

    // Errors and approval.
    FailedHeading: "The statement failed";
    ReadOnlyHeading: "Not run: it may change something";
    ConnectHeading: "No answer from Spark Connect";
    UnwatchedHeading: "Canceled, because nobody had asked for it for a while";
    StateCode { sql_state: &'a str }: "SQLSTATE {sql_state}";
    Position { line: i64, column: i64 }: "line {line}, column {column}";
    LimitRows { limit: &'a str }: "The result has more than {limit} rows.";
    LimitRowsActual { limit: &'a str, actual: &'a str }:
        "The result has more than {limit} rows; {actual} had arrived.";
    LimitBytes { limit: &'a str }: "The result is larger than {limit}.";
    LimitBytesActual { limit: &'a str, actual: &'a str }:
        "The result is larger than {limit}; {actual} had arrived.";
    Approval: "This statement may change something. Run it?";
    Effect: "What it does";
    Target: "To what";
    NoTarget: "The plan names nothing.";
    Approve: "Run it";
    DoNot: "Do not run it";

    // Plan, schema and history.
    PlanMode: "Mode";
    PlanFormatted: "Formatted";
    PlanSimple: "Simple";
    PlanExtended: "Extended";
    PlanCost: "Cost";
    PlanCodegen: "Generated code";
    PlanAsText: "As text";
    PlanCodegenId { number: i64 }: "codegen {number}";
    PlanCodegenLong: "Operators with this number run as one piece of generated code.";
    NothingIsRun: "The statement is not run for this.";
    ColumnName: "Name";
    ColumnType: "Type";
    NoHistory: "You have not run a statement yet.";
    Load: "Put into the editor";

    // The catalogue.
    Catalogue: "Catalogue";
    FilterNames: "Filter names";
    RefreshCatalogue: "Read the catalogue again";
    NoNameMatches: "No name that was read contains this.";
    NothingInside: "Nothing inside";
    MoreNames { count: u64 }: count => "Only {count} is shown; there are more." | "Only {count} are shown; there are more.";
    TemporaryView: "temporary";
    Current: "current";
    TableNamed { name: &'a str }: "Table {name}";
    CloseTable: "Close the table";
    InsertName: "Insert name";
    Sample: "Sample";
    SampleLong: "Read the first 100 rows";
    Profile: "Profile";
    ProfileOf { column: &'a str }: "Profile of {column}";
    ProfileLong: "Count values, nulls and distinct values, with the smallest and the largest, in up to 100,000 rows";
    PartitionColumn: "partition column";
    Partitions { count: u64 }: count => "{count} partition" | "{count} partitions";
    PartitionsOfMore { count: u64 }: count => "First {count} partition" | "First {count} partitions";
    MorePartitions: "There are more.";
    Properties: "Properties";
}
