//! The tab "Export notebook": its state, and what it asks for.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use wire::export::{AirflowCheck, Export, Run, Runs, ShipmentLog, Shipments, StandaloneCheck};
use yew::{
    Callback, Html, Properties, UseReducerHandle, component, hook, html, use_effect_with, use_memo, use_mut_ref,
    use_reducer, use_state,
};

use super::converted::{Wish, use_converted};
use super::document::Document;
use super::effects::{Effects, Seen};
use super::export_view::export_view;
use super::model::{Action, Goal, Model};
use super::scene::{ExportScene, is_active, ships};
use super::shell::Shell;
use super::watched::{Busy, Watched, kind, use_watched};
use kit::api::Api;
use kit::asked::{read, use_asked};
use kit::question::Question;
use kit::roots::Tab;
use kit::tab::use_tab_shown;

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ExportTabProps {
    pub api: Api,
    pub shell: Rc<Shell>,
    /// JupyterLab shows the tab.
    pub shown: bool,
    /// None until the shell has found it.
    pub document: Option<Rc<Document>>,
    /// How many times another person was answered than before.
    pub forgets: u32,
}

impl Tab for ExportTabProps {
    fn view(&self, opened: u32) -> Html {
        // What was answered to another person is nothing to go on from.
        let key = format!("{opened}-{}", self.forgets);
        html! { <ExportTab {key} ..self.clone() /> }
    }
}

impl Busy for Runs {
    fn is_busy(&self) -> bool {
        self.runs.iter().any(is_active)
    }
}

impl Busy for Run {
    fn is_busy(&self) -> bool {
        is_active(self)
    }
}

impl Busy for Shipments {
    fn is_busy(&self) -> bool {
        self.shipments.iter().any(|one| !one.has_ended)
    }
}

impl Busy for ShipmentLog {
    fn is_busy(&self) -> bool {
        false
    }
}

/// While a job is on its way, Airflow is asked for its log this often. Milliseconds.
const LOG_MS: u32 = 5_000;

#[component]
pub fn ExportTab(props: &ExportTabProps) -> Html {
    let is_shown = use_tab_shown() && props.shown;
    let model = use_reducer(Model::default);
    let effects = use_effects(props, &model);
    let area = is_shown.then(|| Question { number: model.asks, ..Question::get("export".to_owned()) });
    let area = use_kept(&props.api, area);
    let offers = area.answer::<Export>().cloned();
    let wish = props.document.as_ref().filter(|_| is_shown && offers.is_some()).map(|document| Wish {
        revision: document.revision,
        options: model.options(document),
        asks: model.asks,
    });
    let converted = use_converted(&props.api, props.document.as_ref(), wish);
    effects.seen.replace(Seen { document: props.document.clone(), conversion: converted.conversion.clone() });
    let ask = |route: &str, is_there: bool| (is_shown && is_there).then(|| route.to_owned());
    let runs_here = offers.as_ref().is_some_and(|offers| offers.runs_here);
    let ships = offers.as_ref().is_some_and(ships);
    let runs = use_watched(&props.api, ask("export/runs", runs_here), kind::<Runs>(), model.changes);
    let shipments = use_watched(&props.api, ask("export/shipments", ships), kind::<Shipments>(), model.changes);
    let checks = is_shown && model.goal == Goal::Git && offers.as_ref().is_some_and(|offers| offers.airflow.is_some());
    let check = checks.then(|| Question { number: model.asks, ..Question::get("export/airflow".to_owned()) });
    let airflow = use_asked(&props.api, check, read::<AirflowCheck>);
    let checks = is_shown && model.goal == Goal::Cluster;
    let check = checks.then(|| Question { number: model.asks, ..Question::get("export/standalone".to_owned()) });
    let master = use_asked(&props.api, check, read::<StandaloneCheck>);
    let run = use_one(props, "export/runs/", model.open_run.as_ref().filter(|_| is_shown), model.changes);
    let followed = model.open_shipment.as_ref().filter(|_| is_shown);
    let log_kind = match followed.zip(shipments.answer::<Shipments>()) {
        Some((id, all)) if all.shipments.iter().any(|one| one.id == *id && !one.has_ended) => {
            kind::<ShipmentLog>().each(LOG_MS)
        }
        _ => kind::<ShipmentLog>(),
    };
    let route = followed.map(|id| ["export/shipments/", id, "/log"].concat());
    let log = use_watched(&props.api, route, log_kind, model.changes);
    use_ended_kernels(&runs, &props.shell);
    let scheduler = use_scheduler(&props.shell, is_shown && runs_here, model.asks);
    export_view(&ExportScene {
        model: &model,
        document: props.document.as_deref(),
        area: &area,
        airflow: &airflow,
        master: &master,
        converted: &converted,
        runs: &runs,
        run: &run,
        shipments: &shipments,
        log: &log,
        scheduler: scheduler.as_deref(),
        act: &effects.act,
    })
}

/// Keeps the last question while the tab is hidden, so that nothing is asked again when it is shown.
#[hook]
fn use_kept(api: &Api, question: Option<Question>) -> kit::asked::Asked {
    let kept = use_mut_ref(|| None);
    if question.is_some() {
        kept.replace(question);
    }
    let question = kept.borrow().clone();
    use_asked(api, question, read::<Export>)
}

#[hook]
fn use_one(props: &ExportTabProps, base: &str, id: Option<&String>, changes: u32) -> Watched {
    let route = id.map(|id| [base, id].concat());
    use_watched(&props.api, route, kind::<Run>(), changes)
}

/// Carries out actions, then updates the model.
#[hook]
fn use_effects(props: &ExportTabProps, model: &UseReducerHandle<Model>) -> Rc<Effects> {
    // Actions come from callbacks that were made before the newest model.
    let latest = use_mut_ref(|| model.clone());
    latest.replace(model.clone());
    let (api, shell) = (props.api.clone(), props.shell.clone());
    let effects = use_memo((), |()| {
        Rc::new_cyclic(|effects: &Weak<Effects>| {
            let effects = Weak::clone(effects);
            let act = Callback::from(move |action: Action| {
                let model = latest.borrow().clone();
                // After the tab's end there are none to carry out.
                if let Some(effects) = effects.upgrade() {
                    effects.carry_out(&Rc::new((*model).clone()), &action);
                }
                model.dispatch(action);
            });
            Effects { api, shell, act, seen: RefCell::default() }
        })
    });
    Rc::clone(&effects)
}

/// Where jupyter-scheduler runs notebooks; none if it is not installed. It is asked when the tab is first shown.
#[hook]
fn use_scheduler(shell: &Rc<Shell>, is_wanted: bool, asks: u32) -> Option<String> {
    let found = use_state(|| None);
    let (shell, setter) = (Rc::clone(shell), found.setter());
    use_effect_with((is_wanted, asks), move |(is_wanted, _)| {
        if *is_wanted {
            shell.scheduler(move |environment| setter.set(environment));
        }
    });
    (*found).clone()
}

/// Lets Jupyter end the kernels of runs that have ended, each once.
#[hook]
fn use_ended_kernels(runs: &Watched, shell: &Rc<Shell>) {
    let told = use_mut_ref(Vec::<String>::new);
    let ended: Vec<String> = runs.answer::<Runs>().map(ended_kernels).unwrap_or_default();
    let shell = Rc::clone(shell);
    use_effect_with(ended, move |ended| {
        for kernel_id in ended {
            let is_new = !told.borrow().contains(kernel_id);
            if is_new {
                told.borrow_mut().push(kernel_id.clone());
                shell.end_kernel(kernel_id);
            }
        }
    });
}

/// The kernels that nobody needs any more.
fn ended_kernels(runs: &Runs) -> Vec<String> {
    runs.runs.iter().filter(|run| !is_active(run)).filter_map(|run| run.kernel_id.clone()).collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::export::{RunState, Runs};

    use super::ended_kernels;
    use crate::export::samples::run;

    #[test]
    fn only_kernels_of_ended_runs_are_ended() {
        let with = |id: &str, state| {
            let kernel_id = Some(id.to_owned());
            wire::export::Run { state, kernel_id, ..run() }
        };
        let runs = vec![with("a", RunState::Running), with("b", RunState::Failed), with("c", RunState::Lost)];
        assert_eq!(ended_kernels(&Runs { runs }), ["b", "c"]);
    }
}
