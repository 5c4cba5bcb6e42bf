//! The files that a delivery would change, each with the lines that go and those that come.

use std::rc::Rc;

use wire::export::{GitChange, GitPlan};
use yew::{Html, Properties, component, html};

use kit::i18n::{ExportMessage, tr};

/// Lines of a file that are drawn.
const MOST_ROWS: usize = 400;

#[derive(Clone, Debug, PartialEq, Eq, Properties)]
pub struct PlanFilesProps {
    pub plan: Rc<GitPlan>,
}

/// A component, so that nothing is compared again before there is another plan.
#[component]
pub fn PlanFiles(props: &PlanFilesProps) -> Html {
    props.plan.changes.iter().map(change_view).collect()
}

fn change_view(change: &GitChange) -> Html {
    let GitChange { path, was, becomes, is_ours } = change;
    let word = match (was, becomes) {
        (None, _) => ExportMessage::PlanNew,
        (Some(_), None) => ExportMessage::PlanGone,
        (Some(_), Some(_)) => ExportMessage::PlanChanged,
    };
    let lines = lines(was.as_deref(), becomes.as_deref());
    let rest = lines.len().saturating_sub(MOST_ROWS);
    html! {
        <details class="sparkMonitor-Details" key={path.clone()}>
            <summary>
                <code>{ path }</code>{ " " }{ tr(word) }
                if was.is_some() && !is_ours {
                    { " · " }{ tr(ExportMessage::PlanForeign) }
                }
            </summary>
            <div class="sparkMonitor-Diff" role="group" tabindex="0" aria-label={path.clone()}>
                <table>
                    <caption class="sparkMonitor-Hidden">{ path }</caption>
                    <tbody>
                        { for lines.into_iter().take(MOST_ROWS).map(line_view) }
                        if rest > 0 {
                            { rest_view(rest) }
                        }
                    </tbody>
                </table>
            </div>
        </details>
    }
}

/// What begins and ends alike is left out; between are the lines that go and those that come.
fn lines<'a>(was: Option<&'a str>, becomes: Option<&'a str>) -> Vec<(bool, &'a str)> {
    let (was, becomes): (Vec<_>, Vec<_>) =
        (was.unwrap_or_default().lines().collect(), becomes.unwrap_or_default().lines().collect());
    let begins = was.iter().zip(&becomes).take_while(|(old, new)| old == new).count();
    let (was, becomes) = (was.get(begins..).unwrap_or_default(), becomes.get(begins..).unwrap_or_default());
    let ends = was.iter().rev().zip(becomes.iter().rev()).take_while(|(old, new)| old == new).count();
    let old = was.iter().take(was.len() - ends).map(|line| (false, *line));
    old.chain(becomes.iter().take(becomes.len() - ends).map(|line| (true, *line))).collect()
}

fn line_view((is_added, text): (bool, &str)) -> Html {
    let (class, word) = match is_added {
        true => ("sparkMonitor-mod-added", ExportMessage::ChangeAdded),
        false => ("sparkMonitor-mod-removed", ExportMessage::ChangeRemoved),
    };
    html! {
        <tr {class}>
            <td class="sparkMonitor-Diff-word">{ tr(word) }</td>
            <td class="sparkMonitor-Diff-code"><code>{ text }</code></td>
        </tr>
    }
}

fn rest_view(rest: usize) -> Html {
    let lines = u32::try_from(rest).unwrap_or(u32::MAX);
    html! {
        <tr>
            <td class="sparkMonitor-Muted" colspan="2">{ tr(ExportMessage::PlanMoreLines { lines }) }</td>
        </tr>
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::export::GitChange;

    use super::{change_view, lines};

    #[test]
    fn only_what_differs_is_shown() {
        let changed = lines(Some("a\nb\nc"), Some("a\nx\ny\nc"));
        assert_eq!(changed, [(false, "b"), (true, "x"), (true, "y")]);
        assert_eq!(lines(None, Some("a")), [(true, "a")]);
        assert_eq!(lines(Some("a\na"), Some("a")), [(false, "a")]);
    }

    #[tokio::test]
    async fn of_a_very_long_file_the_first_lines_are_drawn_and_the_others_counted() {
        let becomes = Some("x\n".repeat(10_000));
        let change = GitChange { path: "sales/job.py".to_owned(), was: None, becomes, is_ours: true };
        let said = kit::drawn::text(change_view(&change)).await;
        assert_eq!(said.matches("added").count(), 400);
        assert!(said.ends_with("9600 more lines are not shown."), "{said}");
    }
}
