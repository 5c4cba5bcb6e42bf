//! What a person chose in the tab, and how each action changes it.

use std::rc::Rc;

use wire::export::{ConversionOptions, ExportTarget, GitPlan, LineChoice, ShellChoice, ShipmentAct};
use yew::{Callback, Reducible};

use super::diff_rows::Unfolded;
use super::document::Document;
use super::parameters::Entered;
use kit::problem::Problem;
use kit::small_map::SmallMap;

/// What is done with the job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Goal {
    #[default]
    Notebook,
    Script,
    Scheduler,
    Download,
    Git,
    Cluster,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    Starting,
    Downloading,
    Planning,
    Shipping,
}

/// How the last thing that was done went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Started,
    Scheduled,
    Downloaded { name: String },
    OutputSaved { path: String },
    JumpFailed,
    Failed(Problem),
}

/// What a delivery would change, for the conversion with this hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub hash: String,
    pub plan: Rc<GitPlan>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// Ids of the cells that are left out.
    pub skip: Vec<String>,
    pub shell: ShellChoice,
    /// Choices for single lines, by the cell's mark: an edited cell is asked for again.
    pub lines: SmallMap<(String, u32), ShellChoice>,
    pub allow_secrets: bool,
    pub goal: Goal,
    /// What a download is made for, and a delivery.
    pub download_for: ExportTarget,
    pub git_for: Option<ExportTarget>,
    pub dag_id: String,
    pub schedule: String,
    /// What was entered for parameters.
    pub entered: Entered,
    pub unfolded: Unfolded,
    pub doing: Option<Doing>,
    pub said: Option<Said>,
    /// The run and the shipment whose details are open.
    pub open_run: Option<String>,
    pub open_shipment: Option<String>,
    /// The run of which is asked whether it is to be deleted.
    pub asked_delete: Option<String>,
    pub shows_others: bool,
    pub planned: Option<Planned>,
    /// The commit's message; none if nobody has written one.
    pub message: Option<String>,
    pub trigger: bool,
    pub unpause: bool,
    /// How often something was done that changes the lists, and how often a person wants to ask again.
    pub changes: u32,
    pub asks: u32,
}

#[derive(Clone, Debug)]
pub enum Action {
    Take {
        id: String,
        takes: bool,
    },
    Shell(ShellChoice),
    /// None is as for all.
    Line {
        mark: String,
        line: u32,
        choice: Option<ShellChoice>,
    },
    AllowSecrets(bool),
    Goal(Goal),
    Target(ExportTarget),
    DagId(String),
    Schedule(String),
    /// None is the default.
    Enter {
        name: String,
        entered: Option<String>,
    },
    Unfold {
        at: usize,
    },
    MoreRows,
    Jump {
        cell: u32,
        line: Option<u32>,
    },
    OpenDocument,
    /// Do what the goal says.
    Start,
    Plan,
    Do(Doing),
    /// What was being done has ended.
    Done(Result<Option<Said>, Problem>),
    /// Something small has ended, beside what is being done.
    Told(Result<Option<Said>, Problem>),
    Planned(Planned),
    OpenRun(Option<String>),
    OpenShipment(Option<String>),
    ShowOthers,
    CancelRun(String),
    /// Asks whether a run is to be deleted; none takes the question back.
    AskDelete(Option<String>),
    DeleteRun(String),
    OpenOutput {
        id: String,
        started_at_ms: i64,
    },
    Act(String, ShipmentAct),
    Message(String),
    Trigger(bool),
    Unpause(bool),
    AskAgain,
}

/// The callback by which the tab reports actions.
pub type Act = Callback<Action>;

impl Model {
    pub fn target(&self) -> ExportTarget {
        match self.goal {
            Goal::Notebook | Goal::Script | Goal::Scheduler => ExportTarget::Local,
            Goal::Download => self.download_for,
            Goal::Cluster => ExportTarget::Standalone,
            Goal::Git => self.git_for.unwrap_or(ExportTarget::AirflowConnect),
        }
    }

    /// How the document becomes a job.
    pub fn options(&self, document: &Document) -> ConversionOptions {
        let target = self.target();
        let has_name = target != ExportTarget::Local;
        let in_airflow = has_name && target != ExportTarget::Standalone;
        let text = |text: &str, is_used| Some(text.trim().to_owned()).filter(|text| is_used && !text.is_empty());
        let line = |((mark, line), shell): &((String, u32), ShellChoice)| {
            Some(LineChoice { cell: document.cell_marked(mark)?, line: *line, shell: *shell })
        };
        let mut skip: Vec<u32> = self.skip.iter().filter_map(|id| document.cell_of(id)).collect();
        skip.sort_unstable();
        ConversionOptions {
            target,
            python: None,
            skip,
            shell: self.shell,
            lines: self.lines.iter().filter_map(line).collect(),
            allow_secrets: self.allow_secrets,
            dag_id: text(&self.dag_id, has_name),
            schedule: text(&self.schedule, in_airflow),
        }
    }

    fn hear(&mut self, told: Result<Option<Said>, Problem>) {
        self.said = told.unwrap_or_else(|problem| Some(Said::Failed(problem)));
        self.changes += 1;
    }

    /// Whether a job is delivered, after a plan was shown.
    pub fn delivers(&self) -> bool {
        matches!(self.goal, Goal::Git | Goal::Cluster)
    }

    /// The plan for this conversion.
    pub fn plan_for(&self, hash: &str) -> Option<&Rc<GitPlan>> {
        self.planned.as_ref().filter(|planned| planned.hash == hash).map(|planned| &planned.plan)
    }
}

impl Reducible for Model {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        // A submission shows the parameters that it has.
        if matches!(action, Action::Enter { .. }) && next.goal == Goal::Cluster {
            next.planned = None;
        }
        match action {
            Action::Take { id, takes } => {
                next.skip.retain(|known| *known != id);
                if !takes {
                    next.skip.push(id);
                }
            }
            Action::Shell(choice) => next.shell = choice,
            Action::Line { mark, line, choice: Some(choice) } => next.lines.insert((mark, line), choice),
            Action::Line { mark, line, choice: None } => next.lines.remove(&(mark, line)),
            Action::AllowSecrets(allow) => next.allow_secrets = allow,
            Action::Goal(goal) => next.goal = goal,
            Action::Target(target) if next.goal == Goal::Git => next.git_for = Some(target),
            Action::Target(target) => next.download_for = target,
            Action::DagId(text) => next.dag_id = text,
            Action::Schedule(text) => next.schedule = text,
            Action::Enter { name, entered: Some(entered) } => next.entered.insert(name, entered),
            Action::Enter { name, entered: None } => next.entered.remove(&name),
            Action::Unfold { at } => next.unfolded.unfold(at),
            Action::MoreRows => next.unfolded.more(),
            Action::Do(doing) => {
                next.doing = Some(doing);
                next.said = None;
            }
            Action::Done(done) => {
                // What was planned is there now.
                if next.doing == Some(Doing::Shipping) && done.is_ok() {
                    next.planned = None;
                }
                next.doing = None;
                next.hear(done);
            }
            Action::Told(told) => next.hear(told),
            Action::Planned(planned) => {
                next.doing = None;
                next.planned = Some(planned);
            }
            Action::OpenRun(id) => next.open_run = id,
            Action::OpenShipment(id) => next.open_shipment = id,
            Action::AskDelete(id) => next.asked_delete = id,
            Action::DeleteRun(_) => next.asked_delete = None,
            Action::ShowOthers => next.shows_others = !next.shows_others,
            Action::Message(text) => next.message = Some(text),
            Action::Trigger(trigger) => next.trigger = trigger,
            Action::Unpause(unpause) => next.unpause = unpause,
            Action::AskAgain => next.asks += 1,
            // `Effects` carries these out.
            Action::Jump { .. }
            | Action::OpenDocument
            | Action::Start
            | Action::Plan
            | Action::CancelRun(_)
            | Action::OpenOutput { .. }
            | Action::Act(..) => return self,
        }
        Rc::new(next)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::rc::Rc;

    use wire::export::{ExportTarget, LineChoice, ShellChoice};
    use yew::Reducible;

    use super::{Action, Goal, Model};
    use crate::export::document::Document;

    fn document(ids: &[&str], marks: &[&str]) -> Document {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Document { ids: owned(ids), marks: owned(marks), ..Document::default() }
    }

    fn after(actions: Vec<Action>) -> Rc<Model> {
        actions.into_iter().fold(Rc::new(Model::default()), Reducible::reduce)
    }

    #[test]
    fn a_cell_stays_left_out_when_another_is_inserted_above_it() {
        let model = after(vec![Action::Take { id: "b".to_owned(), takes: false }]);
        assert_eq!(model.options(&document(&["a", "b"], &[])).skip, [1]);
        assert_eq!(model.options(&document(&["a", "new", "b"], &[])).skip, [2]);
        assert!(model.options(&document(&["a"], &[])).skip.is_empty());
        let model = model.reduce(Action::Take { id: "b".to_owned(), takes: true });
        assert!(model.options(&document(&["a", "b"], &[])).skip.is_empty());
    }

    #[test]
    fn a_choice_for_a_line_is_lost_with_an_edit_of_its_cell() {
        let choice = Some(ShellChoice::Drop);
        let model = after(vec![Action::Line { mark: "a-1".to_owned(), line: 2, choice }]);
        let wanted = LineChoice { cell: 1, line: 2, shell: ShellChoice::Drop };
        assert_eq!(model.options(&document(&[], &["new", "a-1"])).lines, [wanted]);
        assert!(model.options(&document(&[], &["new", "a-2"])).lines.is_empty());
    }

    #[test]
    fn name_and_schedule_are_those_of_a_workflow_only() {
        let schedule = || Action::Schedule(" @daily ".to_owned());
        let here = after(vec![schedule()]);
        assert_eq!(here.options(&Document::default()).schedule, None);
        let model = after(vec![schedule(), Action::Goal(Goal::Git)]);
        let options = model.options(&Document::default());
        assert_eq!((options.target, options.schedule.as_deref()), (ExportTarget::AirflowConnect, Some("@daily")));
        let model = model.reduce(Action::Target(ExportTarget::Papermill)).reduce(Action::Goal(Goal::Download));
        assert_eq!(model.target(), ExportTarget::Local, "each goal has a target of its own");
        let model = after(vec![schedule(), Action::DagId("etl".to_owned()), Action::Goal(Goal::Cluster)]);
        let options = model.options(&Document::default());
        assert_eq!((options.target, options.dag_id.as_deref()), (ExportTarget::Standalone, Some("etl")));
        assert_eq!(options.schedule, None);
    }
}
