//! The part of the connection report that says what is remembered, and removes it after a question.

use wire::past::Collector;
use yew::{Html, html};

use crate::report_model::{Act, Action};
use crate::stored::Removal;
use kit::format;
use kit::i18n::{TabMessage, tr};
use kit::language;
use kit::parts::tone::{Tone, toned};
use kit::problem::Problem;

/// The part of the report about it.
pub fn stored_view(stored: &Result<Collector, Problem>, removal: &Removal, act: &Act) -> Html {
    let is_asked = matches!(removal, Removal::Asked | Removal::Runs);
    let toggle = act.reform(move |_| if is_asked { Action::Keep } else { Action::AskToRemove });
    let runs = *removal == Removal::Runs;
    html! {
        <section class="sparkMonitor-Stored" aria-label={tr(TabMessage::Stored)}>
            <h3>{ tr(TabMessage::Stored) }</h3>
            {
                match stored {
                    Ok(stored) => about(stored),
                    Err(problem) => failed(problem),
                }
            }
            // The first button stays, so that the focus does.
            <div class="sparkMonitor-Buttons">
                <button
                    type="button" class="sparkMonitor-Button" aria-expanded={is_asked.to_string()}
                    aria-disabled={runs.to_string()} onclick={toggle}
                >
                    { tr(TabMessage::RemoveStored) }
                </button>
                if is_asked {
                    <p role="alert">{ tr(if runs { TabMessage::RemoveRuns } else { TabMessage::RemoveAsks }) }</p>
                }
                if *removal == Removal::Asked {
                    <button type="button" class="sparkMonitor-Button" onclick={act.reform(|_| Action::Remove)}>
                        { tr(TabMessage::RemoveIt) }
                    </button>
                }
            </div>
            <div role="status">
                {
                    match removal {
                        Removal::Done => toned(Tone::Good, tr(TabMessage::Removed)),
                        Removal::Failed(problem) => failed(problem),
                        _ => Html::default(),
                    }
                }
            </div>
        </section>
    }
}

fn about(stored: &Collector) -> Html {
    let templates: Vec<_> = stored.about.iter().filter_map(|parts| parts.first()).map(String::as_str).collect();
    let size = format::bytes_of(stored.size_bytes, stored.most_bytes);
    html! {
        <>
            <p>{ language::said(&templates.join(" "), &stored.about) }</p>
            if let Some(file) = &stored.file {
                <p class="sparkMonitor-Muted">{ tr(TabMessage::StoredFile { file, size: &size }) }</p>
            }
        </>
    }
}

fn failed(problem: &Problem) -> Html {
    html! { <p>{ toned(Tone::Bad, [problem.sentence.as_str(), problem.hint.as_str()].join(" ")) }</p> }
}
