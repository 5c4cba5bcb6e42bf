//! What the tab shows of a conversion, of goals and of runs, as text.

use std::rc::Rc;

use insta::assert_snapshot;
use wire::export::{
    AirflowCheck, AirflowPlace, Change, Conversion, Export, ExportParameter, FindingSeverity, GitChange, GitPlace,
    GitPlan, MergeRequest, ParameterKind, PlannedSubmission, Run, RunCell, RunCellState, RunError, RunState, Runs,
    ShellChoice, Shipment, ShipmentAct, ShipmentPlace, ShipmentStep, Shipments, ShippingError, StandaloneCheck,
    StandalonePlace, StepName, StepState,
};

use super::airflow_line::answered;
use super::cells_pane::cells_pane;
use super::converted::Converted;
use super::diff_pane::diff_pane;
use super::document::Document;
use super::findings_pane::findings_pane;
use super::goals_pane::goals_pane;
use super::master_line::answered as master_answered;
use super::model::{Act, Action, Doing, Goal, Model, Planned, Said};
use super::parameter_form::parameter_form;
use super::plan_pane::plan_pane;
use super::run_details::details;
use super::runs_pane::runs_pane;
use super::samples::{conversion, document, finding, line, offers, run};
use super::scene::ExportScene;
use super::schedule_form::schedule_form;
use super::shell_choice::shell_choice;
use super::shipments_pane::{shipment_view, shipments_pane};
use super::start_pane::{start_pane, why_not};
use super::watched::Watched;
use kit::asked::Asked;
use kit::drawn::{elements, text};
use kit::i18n::tr;
use kit::problem::{Problem, ProblemKind};
use kit::samples::OBSERVED_AT_MS;
use yew::Reducible;

fn after(actions: Vec<Action>) -> Rc<Model> {
    actions.into_iter().fold(Rc::new(Model::default()), Reducible::reduce)
}

fn act() -> Act {
    Act::noop()
}

#[tokio::test]
async fn findings_come_in_groups_and_each_leads_to_its_line() {
    let findings = vec![
        finding(FindingSeverity::Note, "removed", 3),
        finding(FindingSeverity::Decision, "shell", 1),
        finding(FindingSeverity::Error, "input", 2),
    ];
    let shown = Conversion { findings, ..conversion() };
    assert_snapshot!(text(findings_pane(&shown, (&Model::default(), &document()), &act())).await, @r"
    Findings
    1 error
    Cell 1, line 2
    About input.
    Mend input.
    1 decision
    Cell 1, line 1
    About shell.
    As for all
    Run it
    Remove it
    1 note
    Cell 1, line 3
    About removed.
    Mend removed.
    ");
}

#[tokio::test]
async fn secrets_can_be_let_through_and_that_it_is_written_down_is_said() {
    let without = text(findings_pane(&conversion(), (&Model::default(), &document()), &act())).await;
    assert!(!without.contains("secrets"), "{without}");
    let shown = Conversion { findings: vec![finding(FindingSeverity::Error, "secret", 1)], ..conversion() };
    let said = text(findings_pane(&shown, (&Model::default(), &document()), &act())).await;
    assert!(said.contains("Export the job with its secrets") && said.contains("written to the audit log"), "{said}");
    let model = after(vec![Action::AllowSecrets(true)]);
    let allowed = elements(findings_pane(&conversion(), (&model, &document()), &act())).await;
    assert!(allowed.contains("checked"), "who chose it can take it back: {allowed}");
}

#[tokio::test]
async fn a_cell_says_what_it_is_and_how_much_of_it_changes() {
    let mut shown = conversion();
    if let Some(cell) = shown.cells.first_mut() {
        cell.is_skipped = true;
    }
    assert_snapshot!(text(cells_pane(&shown, (&Model::default(), &document()), &act())).await, @r"
    Cells
    A cell without a check mark is left out of the job.
    Cell 0
    parameters
    left out
    month = '2026-05'
    Cell 1
    python
    1 line changes
    !ls data
    ");
    let boxes = elements(cells_pane(&shown, (&Model::default(), &document()), &act())).await;
    assert_eq!((boxes.matches("type=\"checkbox\"").count(), boxes.matches("checked").count()), (2, 2));
    let chosen = after(vec![Action::Take { id: "b".to_owned(), takes: false }]);
    let chosen = elements(cells_pane(&shown, (&chosen, &document()), &act())).await;
    assert_eq!(chosen.matches("checked").count(), 1, "a choice is shown before it is answered: {chosen}");
    assert!(boxes.contains("aria-label=\"Cell 1 is part of the job\""), "{boxes}");
}

#[tokio::test]
async fn the_difference_says_in_words_what_comes_and_what_goes() {
    let shown = diff_pane(&conversion(), &document(), &Model::default(), &act());
    assert_snapshot!(text(shown).await, @r"
    From the notebook to job.py
    From the notebook to job.py
    Cell:line
    Job
    Change
    Code
    1:1
    removed
    !ls data
    As for all
    Run it
    Remove it
    8
    added
    # removed: !ls data
    1:2
    9
    print(month)
    ");
}

#[tokio::test]
async fn a_long_unchanged_stretch_is_one_button() {
    let same = |number| line(Change::Same, Some(number), Some(number), "x");
    let mut lines: Vec<_> = (1..=124).map(same).collect();
    lines.push(line(Change::Added, None, Some(125), "y"));
    let shown = Conversion { lines, ..conversion() };
    let folded = text(diff_pane(&shown, &document(), &Model::default(), &act())).await;
    assert!(folded.contains("Show 121 unchanged lines"), "{folded}");
    let model = after(vec![Action::Unfold { at: 0 }]);
    let unfolded = text(diff_pane(&shown, &document(), &model, &act())).await;
    assert!(!unfolded.contains("unchanged") && unfolded.contains("1:124"), "{unfolded}");
}

#[tokio::test]
async fn what_was_chosen_for_a_line_can_be_chosen_again_when_its_finding_is_gone() {
    let shown = Conversion { findings: Vec::new(), ..conversion() };
    let none = text(diff_pane(&shown, &document(), &Model::default(), &act())).await;
    assert!(!none.contains("Remove it"), "{none}");
    let choice = Some(ShellChoice::Drop);
    let model = after(vec![Action::Line { mark: "b-1".to_owned(), line: 1, choice }]);
    let chosen = elements(diff_pane(&shown, &document(), &model, &act())).await;
    assert!(chosen.contains("value=\"drop\" selected="), "{chosen}");
    assert!(text(shell_choice((&model, &document()), &shown, &act())).await.contains("Ask for each"));
    assert_eq!(text(shell_choice((&Model::default(), &document()), &shown, &act())).await, "");
}

#[tokio::test]
async fn a_goal_that_is_not_configured_says_what_is_missing() {
    let goals = |scheduler| {
        with_scene(&Model::default(), &Converted::default(), scheduler, |scene| {
            goals_pane(scene, (&document(), &offers(), &conversion()))
        })
    };
    assert_snapshot!(text(goals(None)).await, @r"
    What to do with the job
    Run here, as a notebook
    Cell by cell in a kernel of its own. Outputs are kept, and this page may be closed.
    Run here, as a script
    As job.py, in a process of its own, as it would run elsewhere.
    Download
    All files of the job as one .zip.
    Airflow, by git
    Not configured: an administrator sets SPARK_MONITOR_EXPORT_GIT_URL.
    ");
    let drawn = elements(goals(None)).await;
    assert_eq!(drawn.matches("disabled=").count(), 1, "{drawn}");
    let with_scheduler = text(goals(Some("base"))).await;
    assert!(
        with_scheduler.contains("by jupyter-scheduler\nAs a notebook, in its environment base"),
        "{with_scheduler}"
    );
}

/// What is drawn from a model and a conversion.
fn with_scene<T>(
    model: &Model,
    converted: &Converted,
    scheduler: Option<&str>,
    draw: impl FnOnce(&ExportScene<'_>) -> T,
) -> T {
    let (nothing, asked, act, document) = (Watched::default(), Asked::default(), act(), document());
    draw(&ExportScene {
        model,
        document: Some(&document),
        area: &asked,
        airflow: &asked,
        master: &asked,
        converted,
        runs: &nothing,
        run: &nothing,
        shipments: &nothing,
        log: &nothing,
        scheduler,
        act: &act,
    })
}

#[tokio::test]
async fn a_parameter_has_its_type_its_default_and_what_is_wrong_with_a_value() {
    let parameter =
        |name: &str, kind, default: &str| ExportParameter { name: name.to_owned(), kind, default: default.to_owned() };
    let parameters = vec![
        parameter("month", ParameterKind::String, "'2026-05'"),
        parameter("limit", ParameterKind::Integer, "10"),
        parameter("dry", ParameterKind::Boolean, "True"),
    ];
    let shown = Conversion { parameters, ..conversion() };
    let model = after(vec![Action::Enter { name: "limit".to_owned(), entered: Some("ten".to_owned()) }]);
    assert_snapshot!(text(parameter_form(&shown, (&model, &document()), &act())).await, @r"
    Parameters
    month
    text
    default '2026-05'
    limit
    whole number
    Use the default
    This is not a whole number.
    dry
    true or false
    default True
    true
    false
    default True
    ");
}

#[tokio::test]
async fn a_schedule_is_said_with_its_next_moments_or_with_what_is_wrong() {
    let model = after(vec![Action::Goal(Goal::Git), Action::Schedule("0 3 * * *".to_owned())]);
    let next_runs_ms = vec![OBSERVED_AT_MS, OBSERVED_AT_MS + 86_400_000];
    let said =
        text(schedule_form((&model, &document()), &Conversion { next_runs_ms, ..conversion() }, false, &act())).await;
    assert!(said.contains("Each day at 03:00 (UTC)") && said.contains("12:00:00 UTC · 12:00:00 UTC"), "{said}");
    let schedule_error = Some("There is no minute 99.".to_owned());
    let wrong = schedule_form((&model, &document()), &Conversion { schedule_error, ..conversion() }, false, &act());
    let wrong = elements(wrong).await;
    assert!(wrong.contains("There is no minute 99.") && wrong.contains("aria-invalid=\"true\""), "{wrong}");
}

#[test]
fn a_button_that_does_nothing_says_why() {
    let why = |model: &Model, shown: Option<Conversion>, is_busy| {
        let converted = Converted { conversion: shown.map(Rc::new), problem: None, is_busy };
        why_not((model, &document()), &converted, &offers()).map(tr)
    };
    let good = || Some(Conversion { is_blocked: false, ..conversion() });
    let plain = Model::default();
    assert_eq!(why(&plain, None, true).as_deref(), Some("There is no job yet."));
    assert_eq!(why(&plain, good(), true).as_deref(), Some("The notebook is being checked."));
    let blocked = why(&plain, Some(conversion()), false);
    assert_eq!(blocked.as_deref(), Some("Mend the errors and decide the decisions first."));
    assert_eq!(why(&plain, good(), false), None);
    let drops = after(vec![Action::Shell(ShellChoice::Drop)]);
    assert!(why(&drops, good(), false).is_some_and(|why| why.starts_with("A notebook runs as it is")));
    let of_old_text = Action::Line { mark: "b-0".to_owned(), line: 1, choice: Some(ShellChoice::Drop) };
    assert_eq!(why(&after(vec![of_old_text]), good(), false), None, "its cell was edited since");
    assert_eq!(why(&drops.reduce(Action::Goal(Goal::Script)), good(), false), None);
    let busy = after(vec![Action::Do(Doing::Starting)]);
    assert_eq!(why(&busy, good(), false).as_deref(), Some("Something else is being done."));
    let free = busy.reduce(Action::Done(Ok(Some(Said::Started))));
    assert_eq!((why(&free, good(), false), free.changes), (None, 1));
}

async fn listed(run: Run, model: &Model) -> String {
    let runs = Runs { runs: vec![run] };
    text(runs_pane(Some(&runs), None, &Watched::default(), (model, &document()), &act())).await
}

#[tokio::test]
async fn a_run_shows_how_far_it_is_and_can_be_canceled() {
    assert_snapshot!(listed(run(), &Model::default()).await, @r"
    Runs
    Running
    Run of 12:00:00 UTC
    as a notebook
    cell 1 of 2
    Details
    Cancel
    ");
}

#[tokio::test]
async fn a_failed_run_names_the_error_with_its_cell() {
    let error =
        RunError { cell: Some(1), line: Some(3), name: "ValueError".to_owned(), message: "no month".to_owned() };
    let ended_at_ms = Some(OBSERVED_AT_MS + 2_500);
    let failed = Run { state: RunState::Failed, error: Some(error), ended_at_ms, ..run() };
    assert_snapshot!(listed(failed, &Model::default()).await, @r"
    Runs
    Failed
    Run of 12:00:00 UTC
    as a notebook
    cell 1 of 2
    after 2s
    ValueError
    in cell 1, line 3
    no month
    Details
    Open output
    Delete
    ");
}

#[tokio::test]
async fn a_run_with_an_output_is_deleted_only_after_a_question() {
    let ended = || Run { state: RunState::Succeeded, ..run() };
    let ask = "Delete this run and its output?";
    assert!(!listed(ended(), &Model::default()).await.contains(ask));
    let asked = after(vec![Action::AskDelete(Some(run().id))]);
    assert!(listed(ended(), &asked).await.ends_with("Delete this run and its output?\nDelete it\nKeep it"));
    assert!(!listed(Run { id: "r-2".to_owned(), ..ended() }, &asked).await.contains(ask), "it is another run");
    let kept = Rc::clone(&asked).reduce(Action::AskDelete(None));
    assert!(kept.asked_delete.is_none() && asked.reduce(Action::DeleteRun(run().id)).asked_delete.is_none());
}

#[tokio::test]
async fn a_failed_run_leads_to_its_cell_only_while_the_cells_have_the_numbers_of_then() {
    let error = RunError { cell: Some(1), line: None, name: "ValueError".to_owned(), message: String::new() };
    let runs = Runs { runs: vec![Run { state: RunState::Failed, error: Some(error), ..run() }] };
    let drawn = |renumbered_at_ms| {
        let document = Document { renumbered_at_ms, ..document() };
        elements(runs_pane(Some(&runs), None, &Watched::default(), (&Model::default(), &document), &act()))
    };
    let jump = "sparkMonitor-Jump";
    assert!(drawn(None).await.contains(jump) && drawn(Some(OBSERVED_AT_MS)).await.contains(jump));
    let later = drawn(Some(OBSERVED_AT_MS + 1)).await;
    assert!(!later.contains(jump) && later.contains("in cell 1"), "{later}");
}

#[tokio::test]
async fn runs_of_other_notebooks_are_counted_and_shown_on_request() {
    let other = || Run { path: "other.ipynb".to_owned(), ..run() };
    let said = listed(other(), &Model::default()).await;
    assert!(said.contains("has not been run here yet") && said.contains("1 run of other notebooks"), "{said}");
    assert!(!said.contains("other.ipynb"), "{said}");
    let said = listed(other(), &after(vec![Action::ShowOthers])).await;
    assert!(said.contains("other.ipynb"), "{said}");
}

#[tokio::test]
async fn a_runs_details_are_its_cells_and_what_it_printed() {
    let cell = |cell, state, took: Option<i64>| RunCell {
        cell,
        state,
        started_at_ms: took.map(|_| OBSERVED_AT_MS),
        ended_at_ms: took.map(|took_ms| OBSERVED_AT_MS + took_ms),
    };
    let cells = vec![cell(0, RunCellState::Done, Some(1_500)), cell(1, RunCellState::Skipped, None)];
    let run = Run { cells, output: "hello\n".to_owned(), output_is_cut: true, ..run() };
    assert_snapshot!(text(details(&run, Some(&act()))).await, @r"
    Cell
    State
    Time
    Cell 0
    Done
    1s
    Cell 1
    left out
    Printed
    Only the end of it is kept.
    hello
    ");
}

#[tokio::test]
async fn a_plan_shows_each_file_and_warns_of_those_that_are_not_ours() {
    let change = |path: &str, was: Option<&str>, is_ours| GitChange {
        path: path.to_owned(),
        was: was.map(str::to_owned),
        becomes: Some("a\nb".to_owned()),
        is_ours,
    };
    let changes = vec![change("sales/job.py", None, true), change("sales/dag.py", Some("a\nc"), false)];
    let plan = Rc::new(GitPlan {
        head: None,
        folder: "sales".to_owned(),
        branch: None,
        changes,
        submits: None,
        plan: "p".to_owned(),
    });
    let git = GitPlace {
        repository: "r".to_owned(),
        branch: "main".to_owned(),
        by_merge_request: false,
        folder: String::new(),
    };
    let airflow = AirflowPlace { url: "https://airflow.example.org".to_owned(), connection: "spark".to_owned() };
    let ships = Export { git: Some(git), airflow: Some(airflow), ..offers() };
    let said = text(plan_pane(&plan, (&Model::default(), None), (&document(), &ships), &act())).await;
    assert_snapshot!(said, @r"
    What would be pushed
    Folder sales
    sales/job.py
    new file
    sales/job.py
    added
    a
    added
    b
    sales/dag.py
    changed · not written by an export: your push replaces it
    sales/dag.py
    removed
    c
    added
    b
    Message of the commit
    Export sales.ipynb
    Trigger a run once Airflow has read it
    Unpause the workflow; its schedule begins with it
    Ship
    ");
    let request = Rc::new(GitPlan { branch: Some("x/sales-1".to_owned()), ..(*plan).clone() });
    let said = text(plan_pane(&request, (&Model::default(), None), (&document(), &ships), &act())).await;
    assert!(said.contains("Folder sales\nOn the new branch x/sales-1, to be merged into main\n"), "{said}");
    let model =
        after(vec![Action::Goal(Goal::Git), Action::Enter { name: "limit".to_owned(), entered: Some(String::new()) }]);
    let limit = ExportParameter { name: "limit".to_owned(), kind: ParameterKind::Integer, default: "1".to_owned() };
    let shown = Conversion { parameters: vec![limit], is_blocked: false, ..conversion() };
    let converted = Converted { conversion: Some(Rc::new(shown)), ..Converted::default() };
    let why = why_not((&model, &document()), &converted, &ships);
    let wrong = elements(plan_pane(&plan, (&model, why), (&document(), &ships), &act())).await;
    assert!(wrong.contains("aria-disabled=\"true\" title=\"A value of a parameter is not of its type.\""), "{wrong}");
}

#[test]
fn a_plan_is_that_of_one_conversion() {
    let model = planned();
    assert!(model.plan_for("h").is_some() && model.plan_for("other").is_none());
}

fn planned() -> Rc<Model> {
    let plan = GitPlan {
        head: None,
        folder: String::new(),
        branch: None,
        changes: Vec::new(),
        submits: None,
        plan: "p".to_owned(),
    };
    let planned = Planned { hash: "h".to_owned(), plan: Rc::new(plan) };
    after(vec![Action::Goal(Goal::Git), Action::Do(Doing::Planning), Action::Planned(planned)])
}

#[tokio::test]
async fn a_plan_that_appears_is_announced_until_something_else_is_shown() {
    let conversion = |hash: &str| Conversion { hash: hash.to_owned(), is_blocked: false, ..conversion() };
    let said = |hash: &str| {
        let converted = Converted { conversion: Some(Rc::new(conversion(hash))), ..Converted::default() };
        let offers = Export { has_dag_folder: true, ..offers() };
        text(with_scene(&planned(), &converted, None, |scene| start_pane(scene, &offers, &document())))
    };
    assert_eq!(said("h").await, "Show what would change\nWhat would change is shown below.");
    assert_eq!(said("other").await, "Show what would change");
}

#[tokio::test]
async fn a_shipments_steps_say_how_far_it_is_and_what_went_wrong() {
    let step = |name, state, error| ShipmentStep {
        name,
        state,
        at_ms: None,
        note: String::new(),
        note_sentences: Vec::new(),
        error,
    };
    let error = ShippingError {
        cell: Some(1),
        line: Some(2),
        message: "ValueError: no month".to_owned(),
        message_sentences: Vec::new(),
        fix: "Mend the cell.".to_owned(),
        fix_sentences: Vec::new(),
        detail: "Traceback".to_owned(),
    };
    let shipment = Shipment {
        id: "s-1".to_owned(),
        path: "work/sales.ipynb".to_owned(),
        dag_id: "sales".to_owned(),
        place: ShipmentPlace::Airflow,
        started_at_ms: OBSERVED_AT_MS,
        commit: Some("0123456789abcdef".to_owned()),
        commit_url: None,
        merge_request: None,
        run_id: Some("manual-1".to_owned()),
        log_url: None,
        steps: vec![
            step(StepName::Pushed, StepState::Done, None),
            step(StepName::Seen, StepState::NeedsPerson, None),
            step(StepName::Running, StepState::Failed, Some(error)),
            step(StepName::Done, StepState::Waiting, None),
        ],
        has_ended: false,
        cells_done: 1,
        cells_all: 2,
        problem: None,
        acts: vec![ShipmentAct::Unpause, ShipmentAct::Cancel],
    };
    assert_snapshot!(text(shipment_view(&shipment, None, Some(&act()), &act())).await, @r"
    sales
    12:00:00 UTC
    Commit 01234567
    Run manual-1
    cell 1 of 2
    Pushed
    done
    Read by Airflow
    waits for you
    Running
    failed
    Cell 1, line 2
    ValueError: no month
    Mend the cell.
    Traceback
    Done
    to come
    Unpause the workflow
    Cancel
    Log
    ");
    let page = |number, url: Option<&str>| {
        let request = MergeRequest { branch: "x/sales".to_owned(), number, url: url.map(str::to_owned) };
        Shipment { merge_request: Some(request), ..shipment.clone() }
    };
    for (shipment, expected) in [
        (page(Some(7), Some("https://h/7")), "Commit 01234567\nMerge request 7\n"),
        (page(None, Some("https://h/new")), "Commit 01234567\nOpen a merge request\n"),
        (page(None, None), "Commit 01234567\nBranch x/sales\n"),
    ] {
        let said = text(shipment_view(&shipment, None, None, &act())).await;
        assert!(said.contains(expected), "{said}");
    }
    let run_id = Some("driver-1".to_owned());
    let log_url = Some("http://w:8081/logPage/".to_owned());
    let on_cluster = Shipment { place: ShipmentPlace::Standalone, commit: None, run_id, log_url, ..shipment };
    let said = text(shipment_view(&on_cluster, None, None, &act())).await;
    assert!(said.contains("Driver driver-1") && said.contains("Files written\ndone"), "{said}");
    assert!(said.ends_with("Cancel\nLog of the driver"), "{said}");
}

fn on_cluster() -> Export {
    let text = str::to_owned;
    let (rest_url, master_url) = (text("http://m:6066/"), text("spark://m:7077"));
    let standalone = StandalonePlace { rest_url, master_url, folder: text("/shared"), worker_folder: text("/mnt") };
    Export { standalone: Some(standalone), ..offers() }
}

#[tokio::test]
async fn a_job_for_a_cluster_shows_what_is_written_and_submitted_and_where() {
    let model = after(vec![Action::Goal(Goal::Cluster), Action::Trigger(true)]);
    let goals = with_scene(&model, &Converted::default(), None, |scene| {
        goals_pane(scene, (&document(), &on_cluster(), &conversion()))
    });
    let goals = text(goals).await;
    let card = "Spark cluster, standalone\nSubmitted to http://m:6066/, with its files in /shared, and followed there";
    assert!(goals.contains(card) && goals.contains("Name of the job") && !goals.contains("Made for"), "{goals}");
    let submits = PlannedSubmission { url: "http://m:6066/".to_owned(), request: "{\n  \"a\": 1\n}".to_owned() };
    let folder = "/shared/sales".to_owned();
    let plan =
        GitPlan { head: None, folder, branch: None, changes: Vec::new(), submits: Some(submits), plan: "p".to_owned() };
    let plan = Rc::new(plan);
    assert_snapshot!(text(plan_pane(&plan, (&model, None), (&document(), &on_cluster()), &act())).await, @r#"
    What would be written and submitted
    Folder /shared/sales
    All files are there already.
    Then this is submitted to http://m:6066/
    {
      "a": 1
    }
    Submit
    "#);
    let model = model.reduce(Action::Planned(Planned { hash: "h".to_owned(), plan }));
    assert!(model.plan_for("h").is_some());
    let model = model.reduce(Action::Enter { name: "month".to_owned(), entered: None });
    assert!(model.plan_for("h").is_none(), "a submission has its parameters in it");
}

#[tokio::test]
async fn a_master_that_takes_jobs_says_its_version_and_another_what_is_wrong() {
    let check = StandaloneCheck { checked_at_ms: OBSERVED_AT_MS, version: Some("4.3.0".to_owned()), error: None };
    assert_eq!(text(master_answered(&check, &act())).await, "The master of Spark 4.3.0 takes jobs.");
    let error = ShippingError {
        cell: None,
        line: None,
        message: "It could not be reached.".to_owned(),
        message_sentences: Vec::new(),
        fix: "Check the address.".to_owned(),
        fix_sentences: Vec::new(),
        detail: String::new(),
    };
    let check = StandaloneCheck { error: Some(error), version: None, ..check };
    assert_eq!(text(master_answered(&check, &act())).await, "It could not be reached.\nCheck the address.");
}

#[tokio::test]
async fn shipments_that_cannot_be_asked_for_say_why_whether_or_not_some_are_known() {
    let problem = Problem {
        kind: ProblemKind::Unreachable,
        sentence: "Nobody answers.".to_owned(),
        hint: String::new(),
        request_id: None,
    };
    let (model, document, log) = (Model::default(), document(), Watched::default());
    let pane = |known| shipments_pane(known, Some(&problem), &log, (&model, &document), &act());
    assert_eq!(text(pane(None)).await, "Shipments\nThe list could not be updated. Nobody answers.");
    let said = text(pane(Some(&Shipments::default()))).await;
    assert!(said.contains("Nobody answers.") && said.contains("has not been shipped yet"), "{said}");
}

#[tokio::test]
async fn airflow_says_who_it_takes_us_for_and_what_is_missing() {
    let check = AirflowCheck {
        checked_at_ms: OBSERVED_AT_MS,
        version: Some("3.3.2".to_owned()),
        user: Some("ann".to_owned()),
        missing: vec!["It may not trigger workflows.".to_owned()],
        missing_sentences: Vec::new(),
        error: None,
    };
    assert_snapshot!(text(answered(&check, &act())).await, @r"
    Airflow 3.3.2 answers; the monitor is ann there.
    It may not trigger workflows.
    ");
}
