//! Carries out what a person does: requests to the sidecar, and calls to the shell.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::AbortController;
use wire::export::{Conversion, ConversionOptions, ExportTarget, GitPlan, ShipmentAct};

use super::document::Document;
use super::focus::focus;
use super::model::{Act, Action, Doing, Goal, Model, Planned, Said};
use super::parameter_form::PARAMETER;
use super::parameters;
use super::requests::{Snapshot, convert, new_run, new_shipment, values_python};
use super::shell::Shell;
use kit::api::{self, Api, Ask};
use kit::i18n::{ExportMessage, tr};
use kit::problem::{Problem, ProblemKind};
use kit::question::{PATIENCE_MS, Question, spawn};

/// What the person sees: an action is about nothing else.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub document: Option<Rc<Document>>,
    pub conversion: Option<Rc<Conversion>>,
}

/// Everything that an action may need.
pub struct Effects {
    pub api: Api,
    pub shell: Rc<Shell>,
    pub act: Act,
    pub seen: RefCell<Seen>,
}

impl Effects {
    /// Carries out an action; the model is the one before it.
    pub fn carry_out(self: &Rc<Self>, model: &Rc<Model>, action: &Action) {
        self.keep_focus(model, action);
        match action {
            Action::Jump { cell, line } => {
                let act = self.act.clone();
                self.shell.jump(*cell, *line, move |done| {
                    if !done {
                        act.emit(Action::Told(Ok(Some(Said::JumpFailed))));
                    }
                });
            }
            Action::OpenDocument => self.shell.open_document(),
            Action::Start if model.doing.is_none() => self.start(model),
            Action::Plan if model.doing.is_none() => self.ship(model, true),
            Action::CancelRun(id) => self.tell(Question::post(&run_route(id, "/cancel"), "{}".to_owned())),
            Action::DeleteRun(id) => self.tell(Question::delete(run_route(id, ""))),
            Action::Act(id, act) => {
                let name = match act {
                    ShipmentAct::Unpause => "/unpause",
                    ShipmentAct::Cancel => "/cancel",
                    ShipmentAct::Retry => "/retry",
                };
                self.tell(Question::post(&["export/shipments/", id, name].concat(), "{}".to_owned()));
            }
            Action::OpenOutput { id, started_at_ms } => self.open_output(id, *started_at_ms),
            _ => {}
        }
    }

    /// What is clicked is about to be gone.
    fn keep_focus(&self, model: &Model, action: &Action) {
        match action {
            Action::Unfold { .. } | Action::MoreRows => focus(".sparkMonitor-Diff"),
            Action::CancelRun(_) | Action::DeleteRun(_) | Action::AskDelete(None) => {
                focus(".sparkMonitor-Export-runs > h3")
            }
            Action::Start if model.delivers() => focus(".sparkMonitor-Export-start"),
            Action::Enter { name, entered: None } => {
                if let Some(document) = &self.seen.borrow().document {
                    let id = document.unique(&[PARAMETER, name].concat());
                    focus(&["[id='", &id, "']"].concat());
                }
            }
            _ => {}
        }
    }

    fn start(self: &Rc<Self>, model: &Rc<Model>) {
        match model.goal {
            Goal::Notebook => self.run_notebook(model),
            Goal::Script => {
                if let Some(seen) = self.snapshot(model) {
                    self.run(model, &seen, None);
                }
            }
            Goal::Scheduler => self.schedule(model),
            Goal::Download => self.download(model),
            Goal::Git | Goal::Cluster => self.ship(model, false),
        }
    }

    /// None if there is no job, or if a value that was entered is wrong.
    fn snapshot(&self, model: &Model) -> Option<Snapshot> {
        let Seen { document, conversion } = self.seen.borrow().clone();
        let (document, shown) = document.zip(conversion)?;
        let values = parameters::values(&shown.parameters, &model.entered)?;
        Some(Snapshot { document, shown, values })
    }

    /// Jupyter starts the kernel, so that it is seen and stopped like any other. What is edited meanwhile does not run.
    fn run_notebook(self: &Rc<Self>, model: &Rc<Model>) {
        let Some(seen) = self.snapshot(model) else {
            return;
        };
        self.act.emit(Action::Do(Doing::Starting));
        let (effects, model) = (Rc::clone(self), Rc::clone(model));
        self.shell.start_kernel(move |kernel_id| match kernel_id {
            Some(kernel_id) => effects.run(&model, &seen, Some(kernel_id)),
            None => effects.act.emit(Action::Done(Err(no_kernel()))),
        });
    }

    fn run(self: &Rc<Self>, model: &Rc<Model>, seen: &Snapshot, kernel_id: Option<String>) {
        self.act.emit(Action::Do(Doing::Starting));
        let question = new_run(seen, model, kernel_id.as_deref());
        let effects = Rc::clone(self);
        spawn(async move {
            let done = question.alone(&effects.api).await;
            // It was started for nothing.
            if let (Err(_), Some(kernel_id)) = (&done, kernel_id) {
                effects.shell.end_kernel(&kernel_id);
            }
            effects.act.emit(Action::Done(done.map(|_| Some(Said::Started))));
        });
    }

    /// The browser gives jupyter-scheduler the notebook: only it may call Jupyter.
    fn schedule(self: &Rc<Self>, model: &Rc<Model>) {
        let Some(seen) = self.snapshot(model) else {
            return;
        };
        self.act.emit(Action::Do(Doing::Starting));
        let options = ConversionOptions { target: ExportTarget::Papermill, ..model.options(&seen.document) };
        let question = convert("export/notebook", &seen.document, &options);
        let parameters = values_python(&seen);
        let (api, act, shell) = (self.api.clone(), self.act.clone(), self.shell.clone());
        spawn(async move {
            match fetch(&api, &question).await {
                Ok(notebook) => shell.schedule(&notebook, &parameters, move |taken| {
                    act.emit(Action::Done(match taken {
                        true => Ok(Some(Said::Scheduled)),
                        false => Err(local(ExportMessage::NotScheduled, tr(ExportMessage::NotScheduledHint))),
                    }));
                }),
                Err(problem) => act.emit(Action::Done(Err(problem))),
            }
        });
    }

    fn download(&self, model: &Rc<Model>) {
        let Some(document) = self.seen.borrow().document.clone() else {
            return;
        };
        self.act.emit(Action::Do(Doing::Downloading));
        let question = convert("export/files", &document, &model.options(&document));
        let name = [document.stem(), "-job.zip"].concat();
        let (api, act, shell) = (self.api.clone(), self.act.clone(), self.shell.clone());
        spawn(async move {
            let done = fetch(&api, &question).await.map(|file| {
                shell.save(&file, &name);
                Some(Said::Downloaded { name })
            });
            act.emit(Action::Done(done));
        });
    }

    fn ship(self: &Rc<Self>, model: &Rc<Model>, plans: bool) {
        let Some(seen) = self.snapshot(model) else {
            return;
        };
        self.act.emit(Action::Do(if plans { Doing::Planning } else { Doing::Shipping }));
        let message = model.message.clone().unwrap_or_else(|| default_message(&seen.document));
        let question = new_shipment(&seen, model, &message, plans);
        let (api, act, hash) = (self.api.clone(), self.act.clone(), seen.shown.hash.clone());
        spawn(async move {
            let done = question.alone(&api).await;
            act.emit(match done {
                Ok(plan) if plans => match api::decode::<GitPlan>(plan) {
                    Ok(plan) => Action::Planned(Planned { hash, plan: Rc::new(plan) }),
                    Err(problem) => Action::Done(Err(problem)),
                },
                done => Action::Done(done.map(|_| None)),
            });
        });
    }

    fn open_output(&self, id: &str, started_at_ms: i64) {
        let question = Question::get(run_route(id, "/output.ipynb"));
        let (api, act, shell) = (self.api.clone(), self.act.clone(), self.shell.clone());
        spawn(async move {
            match fetch(&api, &question).await {
                Ok(file) => shell.save_output(&file, started_at_ms, move |saved| {
                    act.emit(Action::Told(match saved {
                        Some(path) => Ok(path.map(|path| Said::OutputSaved { path })),
                        None => Err(local(ExportMessage::OutputNotSaved, String::new())),
                    }));
                }),
                Err(problem) => act.emit(Action::Told(Err(problem))),
            }
        });
    }

    /// Sends something whose answer says nothing new.
    fn tell(&self, question: Question) {
        let (api, act) = (self.api.clone(), self.act.clone());
        spawn(async move {
            act.emit(Action::Told(question.alone(&api).await.map(|_| None)));
        });
    }
}

/// The message of a commit for which nobody has written another.
pub fn default_message(document: &Document) -> String {
    tr(ExportMessage::CommitDefault { name: &document.name })
}

async fn fetch(api: &Api, question: &Question) -> Result<JsValue, Problem> {
    let controller = AbortController::new().map_err(|_| Problem::unreadable())?;
    let Question { method, route, body, .. } = question;
    let ask = Ask { method, route, body: body.as_deref(), max_age_ms: 0, patience_ms: PATIENCE_MS };
    api.download(ask, &controller.signal()).await
}

fn run_route(id: &str, more: &str) -> String {
    ["export/runs/", id, more].concat()
}

fn no_kernel() -> Problem {
    local(ExportMessage::NoKernel, tr(ExportMessage::NoKernelHint))
}

fn local(sentence: ExportMessage<'_>, hint: String) -> Problem {
    Problem { kind: ProblemKind::Other, sentence: tr(sentence), hint, request_id: None }
}
