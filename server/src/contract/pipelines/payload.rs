//! What `POST export` is asked for. Fields that are not here are ignored; tokens and passwords are among them.

use serde::Deserialize;
use wire::export::{ConversionOptions, ExportTarget, LineChoice, ShellChoice};

use super::{answer::Refused, place::Place};
use crate::words::pipelines as words;

/// The body. `null` counts as absent.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Payload {
    pub notebook_path: Option<String>,
    pub dag_id: Option<String>,
    pub mode: Option<String>,
    pub schedule: Option<String>,
    pub start_date: Option<String>,
    pub auto_push_to_airflow: Option<bool>,
    pub auto_trigger_dag: Option<bool>,
    pub preview: Option<bool>,
    pub allow_secrets: Option<bool>,
    pub skip_cells: Option<Vec<i64>>,
    pub keep_rejections: Option<Vec<(i64, i64)>>,
    pub enabled_cell_kinds: Option<Vec<String>>,
    pub override_code: Option<String>,
    #[serde(flatten)]
    pub place: Place,
}

/// What must be right before anything is read.
pub(super) struct Checked {
    pub dag_id: String,
    pub mode: &'static str,
}

impl Payload {
    /// Checks the fields that a person fills in.
    ///
    /// # Errors
    /// 400, naming the field and not its value.
    pub fn checked(&self) -> Result<Checked, Refused> {
        let dag_id = dag_id(self.dag_id.as_deref())?;
        let mode = match self.mode.as_deref().unwrap_or("batch") {
            "batch" => "batch",
            "per_cell" => "per_cell",
            _ => return Err(Refused::bad(words::one_of("mode", "batch, per_cell"))),
        };
        if self.start_date.as_deref().is_some_and(|date| !date.is_empty() && !is_date(date)) {
            return Err(Refused::bad(words::BAD_DATE));
        }
        Ok(Checked { dag_id, mode })
    }

    /// The same as options of the export. `numbers` turns an older number of a cell into ours.
    pub fn options(&self, dag_id: &str, skip: Vec<u32>, numbers: impl Fn(usize) -> Option<usize>) -> ConversionOptions {
        let kept = self.keep_rejections.iter().flatten().filter_map(|(cell, line)| {
            let cell = numbers(usize::try_from(*cell).ok()?)?;
            Some(LineChoice {
                cell: u32::try_from(cell).ok()?,
                line: u32::try_from(*line).ok()?,
                shell: ShellChoice::Translate,
            })
        });
        ConversionOptions {
            target: ExportTarget::AirflowConnect,
            python: None,
            skip,
            shell: ShellChoice::Drop,
            lines: kept.collect(),
            // Only an edited text is scanned then; the notebook's secrets may be gone from it.
            allow_secrets: self.allow_secrets.unwrap_or_default() || self.override_code.is_some(),
            dag_id: Some(dag_id.to_owned()),
            schedule: self.schedule.clone().filter(|schedule| !schedule.trim().is_empty()),
        }
    }
}

/// The name of a workflow.
///
/// # Errors
/// 400 if it is missing or not allowed.
pub(super) fn dag_id(given: Option<&str>) -> Result<String, Refused> {
    let id = given.ok_or_else(|| Refused::bad(words::required("dag_id")))?;
    let is_allowed = id.starts_with(|c: char| c.is_ascii_alphabetic())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && id.len() <= 200;
    if is_allowed { Ok(id.to_owned()) } else { Err(Refused::bad(words::BAD_ID)) }
}

/// A date such as `2026-05-31`, perhaps with a time behind it.
fn is_date(text: &str) -> bool {
    let date = text.split(['T', ' ']).next().unwrap_or_default();
    let mut parts = date.split('-');
    let mut number = |digits: usize| {
        let part = parts.next().filter(|part| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()));
        part.and_then(|part| part.parse::<u32>().ok())
    };
    let (year, month, day) = (number(4), number(2), number(2));
    let is_leap = |year: u32| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match (year, month) {
        (Some(1..), Some(1 | 3 | 5 | 7 | 8 | 10 | 12)) => 31,
        (Some(1..), Some(4 | 6 | 9 | 11)) => 30,
        (Some(year @ 1..), Some(2)) => 28 + u32::from(is_leap(year)),
        _ => 0,
    };
    day.is_some_and(|day| (1..=days).contains(&day)) && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (text, expected) in [
            ("2026-05-31", true),
            ("2024-02-29", true),
            ("2026-05-31T00:00:00", true),
            ("2026-02-29", false),
            ("2026-13-01", false),
            ("2026-5-1", false),
            ("0000-01-01", false),
            ("2026-05-31-1", false),
            ("yesterday", false),
        ] {
            assert_eq!(is_date(text), expected, "{text}");
        }
    }

    #[test]
    fn names_of_workflows_have_the_older_form() {
        for (id, expected) in
            [(Some("a_1"), true), (None, false), (Some("1a"), false), (Some("a-b"), false), (Some(""), false)]
        {
            assert_eq!(dag_id(id).is_ok(), expected, "{id:?}");
        }
    }

    #[test]
    fn a_line_that_is_kept_is_translated_and_cells_are_counted_our_way() {
        let body = r#"{"keep_rejections": [[1, 3], [7, 1], [-1, 1]], "schedule": " "}"#;
        let payload: Payload = serde_json::from_str(body).unwrap();
        let options = payload.options("a", vec![4], |older| (older == 1).then_some(2));
        let kept = LineChoice { cell: 2, line: 3, shell: ShellChoice::Translate };
        assert_eq!((options.lines, options.skip, options.schedule), (vec![kept], vec![4], None));
    }
}
