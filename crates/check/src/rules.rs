//! All rules of the second rung, one file each. They judge resolved names, never pieces of text.

mod builtin;
mod dynamic_sql;
pub(crate) mod format;
mod import;
mod internals;
mod output;
mod secret;
mod session;
mod shell;
mod source_foreign;
mod source_used;
mod sqlfunc;
mod unbounded;
mod write_target;

use crate::{finding::RuleFindings, subject::Subject, verdict::Verdict};

/// A rule.
pub struct Rule {
    /// What findings are called.
    pub code: &'static str,
    /// What the verdict is at least after a finding.
    pub effect: Verdict,
    /// What it finds, for the documentation.
    pub finds: &'static str,
    pub(crate) check: fn(&Subject<'_>, &mut RuleFindings<'_>),
}

/// All rules, in the order in which they are documented.
pub const RULES: &[Rule] = &[
    Rule { code: "SESSION", effect: Verdict::Refused, finds: session::FINDS, check: session::check },
    Rule { code: "SOURCE_USED", effect: Verdict::Fails, finds: source_used::FINDS, check: source_used::check },
    Rule {
        code: "SOURCE_FOREIGN",
        effect: Verdict::Refused,
        finds: source_foreign::FINDS,
        check: source_foreign::check,
    },
    Rule { code: "IMPORT", effect: Verdict::Refused, finds: import::FINDS, check: import::check },
    Rule { code: "BUILTIN", effect: Verdict::Refused, finds: builtin::FINDS, check: builtin::check },
    Rule { code: "INTERNALS", effect: Verdict::Refused, finds: internals::FINDS, check: internals::check },
    Rule { code: "FORMAT", effect: Verdict::Refused, finds: format::FINDS, check: format::check },
    Rule { code: "SQLFUNC", effect: Verdict::Refused, finds: sqlfunc::FINDS, check: sqlfunc::check },
    Rule { code: "WRITE_TARGET", effect: Verdict::Passes, finds: write_target::FINDS, check: write_target::check },
    Rule { code: "OUTPUT", effect: Verdict::Fails, finds: output::FINDS, check: output::check },
    Rule { code: "UNBOUNDED", effect: Verdict::Passes, finds: unbounded::FINDS, check: unbounded::check },
    Rule { code: "SHELL", effect: Verdict::Refused, finds: shell::FINDS, check: shell::check },
    Rule { code: "SECRET", effect: Verdict::Refused, finds: secret::FINDS, check: secret::check },
    Rule { code: "DYNAMIC_SQL", effect: Verdict::Unproven, finds: dynamic_sql::FINDS, check: dynamic_sql::check },
];

#[cfg(test)]
pub(crate) mod testing {
    use crate::{Chosen, python, sql};

    /// The codes that a program gets, with their lines, without those of every program with DataFrames.
    pub(crate) fn codes(source: &str) -> Vec<String> {
        with(source, &[], &[])
    }

    pub(crate) fn with(source: &str, tables: &[&str], paths: &[&str]) -> Vec<String> {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let chosen = Chosen { tables: owned(tables), paths: owned(paths) };
        let report = python(source, &chosen).ok().unwrap().report();
        let ours = report.findings.iter().filter(|f| !matches!(f.code.as_str(), "NOT_ASKED" | "DATAFRAME"));
        ours.map(|finding| format!("{}:{}", finding.code, finding.line)).collect()
    }

    pub(crate) fn of_sql(source: &str) -> Vec<String> {
        let report = sql(source, &Chosen::default()).ok().unwrap().report();
        let ours = report.findings.iter().filter(|f| f.code != "NOT_ASKED");
        ours.map(|finding| format!("{}:{}", finding.code, finding.line)).collect()
    }
}
