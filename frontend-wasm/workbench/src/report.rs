//! The connection report: the connection from this browser to the sidecar, as measured here, and the sidecar's report
//! on the rest.

use web_sys::AbortSignal;
use wire::past::Collector;
use wire::{Doctor, Health, Hop, HopName, HopVerdict};

use crate::stored;
use kit::api::{self, Api, Reply};
use kit::format;
use kit::i18n::{Message, TabMessage, tr};
use kit::language;
use kit::problem::Problem;

/// An answer that takes longer makes everything feel slow; milliseconds.
const SLOW_MS: u32 = 1_500;

/// The connection to the sidecar, and the sidecar's own report if it could be fetched.
#[derive(Clone, Debug)]
pub struct Report {
    pub way_ms: u32,
    pub outcome: Result<Doctor, Problem>,
    /// What the sidecar remembers; none where nothing is.
    pub stored: Option<Result<Collector, Problem>>,
}

/// One hop, in words.
pub struct Line {
    pub name: String,
    pub verdict: HopVerdict,
    pub duration_ms: Option<u32>,
    pub found: String,
    pub fix: Option<String>,
}

/// Measures the connection, then asks the sidecar.
pub async fn fetch(api: &Api, signal: &AbortSignal) -> Report {
    let begin = js_sys::Date::now();
    let way = api.ask("healthz", signal, 0).await.reply;
    let way_ms = (js_sys::Date::now() - begin) as u32;
    let outcome = match way {
        Err(problem) => Err(problem),
        Ok(_) => match api.ask("doctor", signal, 0).await.reply {
            Ok(Reply { json, .. }) => api::decode(json),
            Err(problem) => Err(problem),
        },
    };
    let stored = match outcome {
        Ok(_) if stored::remembers(api, signal).await == Ok(true) => Some(stored::fetch(api, signal).await),
        _ => None,
    };
    Report { way_ms, outcome, stored }
}

impl Report {
    pub fn health(&self) -> Health {
        match &self.outcome {
            Ok(doctor) if doctor.health == Health::Well && self.way().verdict == HopVerdict::Warning => {
                Health::Degraded
            }
            Ok(doctor) => doctor.health,
            Err(_) => Health::Broken,
        }
    }

    /// All hops, from the browser to the driver.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = vec![self.way()];
        match &self.outcome {
            Ok(doctor) => lines.extend(doctor.hops.iter().map(line)),
            Err(_) => lines.push(Line {
                name: tr(TabMessage::HopRest),
                verdict: HopVerdict::Skipped,
                duration_ms: None,
                found: tr(TabMessage::HopNotAsked),
                fix: None,
            }),
        }
        lines
    }

    fn way(&self) -> Line {
        let name = tr(TabMessage::HopBrowser);
        let duration_ms = Some(self.way_ms);
        match &self.outcome {
            Err(problem) => {
                let fix = Some(problem.hint.clone()).filter(|hint| !hint.is_empty());
                let verdict = HopVerdict::Failed;
                Line { name, verdict, duration_ms, found: problem.sentence.clone(), fix }
            }
            Ok(_) if self.way_ms > SLOW_MS => {
                let (found, fix) = (tr(TabMessage::HopBrowserSlow), Some(tr(TabMessage::HopBrowserSlowFix)));
                Line { name, verdict: HopVerdict::Warning, duration_ms, found, fix }
            }
            Ok(_) => {
                let found = tr(TabMessage::HopBrowserOk);
                Line { name, verdict: HopVerdict::Ok, duration_ms, found, fix: None }
            }
        }
    }

    /// The report for an administrator: plain text without addresses or tokens.
    pub fn text(&self, time: &str) -> String {
        let version = match &self.outcome {
            Ok(doctor) => doctor.version.as_str(),
            Err(_) => "?",
        };
        let frontend = env!("CARGO_PKG_VERSION");
        let mut text = tr(TabMessage::ReportHead { time, version, frontend });
        for Line { name, verdict, duration_ms, found, fix } in self.lines() {
            let (verdict, hop, found) = (&tr(verdict_word(verdict)), &name, &found);
            let time = duration_ms.map(|duration_ms| format::duration(duration_ms.into()));
            text.push('\n');
            text.push_str(&tr(match &time {
                Some(time) => TabMessage::ReportLineTimed { verdict, hop, time, found },
                None => TabMessage::ReportLine { verdict, hop, found },
            }));
            if let Some(fix) = fix {
                text.push_str("\n    ");
                text.push_str(&fix);
            }
        }
        if let Err(Problem { request_id: Some(request_id), .. }) = &self.outcome {
            text.push('\n');
            text.push_str(&tr(Message::RequestId { request_id }));
        }
        text
    }
}

fn line(hop: &Hop) -> Line {
    let name = tr(match hop.name {
        HopName::Sidecar => TabMessage::HopSidecar,
        HopName::Identity => TabMessage::HopIdentity,
        HopName::ClusterManager => TabMessage::HopClusterManager,
        HopName::Master => TabMessage::HopMaster,
        HopName::Driver => TabMessage::HopDriver,
    });
    let found = language::said(&hop.found, &hop.found_sentences);
    let fix = hop.fix.as_ref().map(|fix| language::said(fix, &hop.fix_sentences));
    Line { name, verdict: hop.verdict, duration_ms: hop.duration_ms, found, fix }
}

/// The word for a verdict.
pub fn verdict_word(verdict: HopVerdict) -> TabMessage<'static> {
    match verdict {
        HopVerdict::Ok => TabMessage::HopOk,
        HopVerdict::Warning => TabMessage::HopWarning,
        HopVerdict::Failed => TabMessage::HopFailed,
        HopVerdict::Skipped => TabMessage::HopSkipped,
    }
}
