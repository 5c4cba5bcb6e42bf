//! Sample answers of the export's routes, for tests.

use wire::export::{
    Change, Conversion, Export, ExportCell, ExportFinding, ExportLine, FindingSeverity, Run, RunKind, RunState,
};

use super::document::Document;
use kit::samples::OBSERVED_AT_MS;

pub fn document() -> Document {
    let names = |names: [&str; 2]| names.map(str::to_owned).to_vec();
    Document {
        revision: 1,
        path: "work/sales.ipynb".to_owned(),
        name: "sales.ipynb".to_owned(),
        ids: names(["a", "b"]),
        marks: names(["a-1", "b-1"]),
        is_open: true,
        ..Document::default()
    }
}

pub fn offers() -> Export {
    Export {
        runs_here: true,
        git: None,
        airflow: None,
        has_dag_folder: false,
        standalone: None,
        notebook_bytes: 16 << 20,
    }
}

pub fn line(change: Change, cell_line: Option<u32>, job_line: Option<u32>, text: &str) -> ExportLine {
    ExportLine { change, cell: Some(1), cell_line, job_line, text: text.to_owned() }
}

pub fn finding(severity: FindingSeverity, code: &str, line: u32) -> ExportFinding {
    let (message, fix) = (format!("About {code}."), format!("Mend {code}."));
    let (message_sentences, fix_sentences) = (vec![vec![message.clone()]], vec![vec![fix.clone()]]);
    ExportFinding { severity, code: code.to_owned(), cell: 1, line, message, message_sentences, fix, fix_sentences }
}

/// A notebook of two cells, the second of which has a command of the shell.
pub fn conversion() -> Conversion {
    let cell = |cell, kind: &str, first_line: &str, changed_lines| ExportCell {
        cell,
        kind: kind.to_owned(),
        first_line: first_line.to_owned(),
        lines: 2,
        is_skipped: false,
        changed_lines,
    };
    Conversion {
        cells: vec![cell(0, "parameters", "month = '2026-05'", 0), cell(1, "python", "!ls data", 1)],
        lines: vec![
            line(Change::Removed, Some(1), None, "!ls data"),
            line(Change::Added, None, Some(8), "# removed: !ls data"),
            line(Change::Same, Some(2), Some(9), "print(month)"),
        ],
        findings: vec![finding(FindingSeverity::Decision, "shell", 1)],
        is_blocked: true,
        files: Vec::new(),
        parameters: Vec::new(),
        requirements: Vec::new(),
        python: "3.12".to_owned(),
        dag_id: "sales".to_owned(),
        next_runs_ms: Vec::new(),
        schedule_error: None,
        hash: "h".to_owned(),
    }
}

/// It runs its second cell.
pub fn run() -> Run {
    Run {
        id: "r-1".to_owned(),
        path: "work/sales.ipynb".to_owned(),
        kind: RunKind::Notebook,
        state: RunState::Running,
        started_at_ms: OBSERVED_AT_MS,
        ended_at_ms: None,
        cells_done: 1,
        cells_all: 2,
        running_cell: Some(1),
        error: None,
        kernel_id: Some("k-1".to_owned()),
        cells: Vec::new(),
        output: String::new(),
        output_is_cut: false,
    }
}
