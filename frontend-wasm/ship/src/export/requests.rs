//! The bodies of the tab's requests.

use std::rc::Rc;

use wire::export::{Conversion, ConversionOptions, ExportTarget, LineChoice, ShellChoice};

use super::document::Document;
use super::model::{Goal, Model};
use kit::json_text::{list_json, object_json, text_json};
use kit::question::Question;

type Fields = Vec<(&'static str, String)>;

/// What a person saw at the moment of a click, and the values that they had entered, as JSON.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub document: Rc<Document>,
    pub shown: Rc<Conversion>,
    pub values: Vec<(String, String)>,
}

/// The document and how it becomes a job, for `export/convert` and `export/files`.
pub fn convert(route: &str, document: &Document, options: &ConversionOptions) -> Question {
    let mut fields = of_document(document, options);
    fields.push(("name", text_json(&document.name)));
    Question::post(route, object_json(&fields))
}

/// A run of what the person saw.
pub fn new_run(seen: &Snapshot, model: &Model, kernel_id: Option<&str>) -> Question {
    let kind = if model.goal == Goal::Script { "script" } else { "notebook" };
    let mut fields = of_person(seen, model);
    fields.push(("kind", text_json(kind)));
    fields.push(("kernel_id", optional_json(kernel_id)));
    fields.push(("kernel_name", optional_json(seen.document.kernel_name.as_deref())));
    Question::post("export/runs", object_json(&fields))
}

/// A delivery of what the person saw; without a plan, what it would change.
pub fn new_shipment(seen: &Snapshot, model: &Model, message: &str, plans: bool) -> Question {
    let plan = model.plan_for(&seen.shown.hash).map(|plan| plan.plan.as_str());
    let mut fields = of_person(seen, model);
    fields.push(("message", text_json(message)));
    fields.push(("plan", optional_json(plan.filter(|_| !plans))));
    let on_cluster = model.goal == Goal::Cluster;
    fields.push(("trigger", (on_cluster || model.trigger).to_string()));
    fields.push(("unpause", (!on_cluster && model.unpause).to_string()));
    Question::post(if plans { "export/shipments/plan" } else { "export/shipments" }, object_json(&fields))
}

fn of_document(document: &Document, options: &ConversionOptions) -> Fields {
    vec![("notebook", text_json(&document.text)), ("options", options_json(options))]
}

/// The values that were entered, as one object.
pub fn values_json(seen: &Snapshot) -> String {
    let values: Vec<_> = seen.values.iter().map(|(name, json)| (name.as_str(), json.clone())).collect();
    object_json(&values)
}

/// The same as Python writes them: jupyter-scheduler puts these texts into a cell.
pub fn values_python(seen: &Snapshot) -> String {
    let values: Vec<_> = seen.values.iter().map(|(name, json)| (name.as_str(), text_json(&python(json)))).collect();
    object_json(&values)
}

/// JSON's texts and numbers are Python's, too.
fn python(json: &str) -> String {
    match json {
        "true" => "True".to_owned(),
        "false" => "False".to_owned(),
        "null" => "None".to_owned(),
        list if list.starts_with(['[', '{']) => ["__import__(\"json\").loads(", &text_json(list), ")"].concat(),
        other => other.to_owned(),
    }
}

fn of_person(seen: &Snapshot, model: &Model) -> Fields {
    let Snapshot { document, shown, .. } = seen;
    let mut fields = of_document(document, &model.options(document));
    fields.push(("path", text_json(&document.path)));
    fields.push(("hash", text_json(&shown.hash)));
    fields.push(("parameters", values_json(seen)));
    fields
}

fn options_json(options: &ConversionOptions) -> String {
    let ConversionOptions { target, python, skip, shell, lines, allow_secrets, dag_id, schedule } = options;
    let skip: Vec<_> = skip.iter().map(u32::to_string).collect();
    let lines: Vec<_> = lines.iter().map(line_json).collect();
    object_json(&[
        ("target", text_json(target_name(*target))),
        ("python", optional_json(python.as_deref())),
        ("skip", list_json(&skip)),
        ("shell", text_json(shell_name(*shell))),
        ("lines", list_json(&lines)),
        ("allow_secrets", allow_secrets.to_string()),
        ("dag_id", optional_json(dag_id.as_deref())),
        ("schedule", optional_json(schedule.as_deref())),
    ])
}

fn line_json(LineChoice { cell, line, shell }: &LineChoice) -> String {
    let shell = text_json(shell_name(*shell));
    object_json(&[("cell", cell.to_string()), ("line", line.to_string()), ("shell", shell)])
}

fn optional_json(text: Option<&str>) -> String {
    text.map_or_else(|| "null".to_owned(), text_json)
}

/// The sidecar's name for a target.
pub fn target_name(target: ExportTarget) -> &'static str {
    match target {
        ExportTarget::Local => "local",
        ExportTarget::Standalone => "standalone",
        ExportTarget::AirflowConnect => "airflow-connect",
        ExportTarget::AirflowSubmit => "airflow-submit",
        ExportTarget::Papermill => "papermill",
    }
}

fn shell_name(shell: ShellChoice) -> &'static str {
    match shell {
        ShellChoice::Ask => "ask",
        ShellChoice::Translate => "translate",
        ShellChoice::Drop => "drop",
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::rc::Rc;

    use serde_json::json;
    use wire::export::{
        ConversionOptions, ConvertNotebook, ExportTarget, LineChoice, NewRun, NewShipment, RunKind, ShellChoice,
    };
    use yew::Reducible;

    use super::{Snapshot, convert, new_run, new_shipment, python};
    use crate::export::document::Document;
    use crate::export::model::{Action, Goal, Model};
    use crate::export::samples::{conversion, document};

    fn chosen() -> Rc<Model> {
        let actions = [
            Action::Take { id: "a".to_owned(), takes: false },
            Action::Line { mark: "b-1".to_owned(), line: 1, choice: Some(ShellChoice::Drop) },
            Action::Shell(ShellChoice::Translate),
            Action::Goal(Goal::Git),
            Action::Schedule("@daily".to_owned()),
        ];
        actions.into_iter().fold(Rc::new(Model::default()), Reducible::reduce)
    }

    fn options() -> ConversionOptions {
        ConversionOptions {
            target: ExportTarget::AirflowConnect,
            skip: vec![0],
            shell: ShellChoice::Translate,
            lines: vec![LineChoice { cell: 1, line: 1, shell: ShellChoice::Drop }],
            schedule: Some("@daily".to_owned()),
            ..ConversionOptions::default()
        }
    }

    fn with_text() -> Document {
        Document { text: "{\"cells\": []}\n".into(), kernel_name: Some("python3".to_owned()), ..document() }
    }

    #[test]
    fn the_sidecar_reads_the_document_and_all_choices() {
        let document = with_text();
        let question = convert("export/convert", &document, &chosen().options(&document));
        let body: Option<ConvertNotebook> = question.body.and_then(|body| serde_json::from_str(&body).ok());
        let wanted =
            ConvertNotebook { name: "sales.ipynb".to_owned(), notebook: document.text.to_string(), options: options() };
        assert_eq!(body, Some(wanted));
    }

    #[test]
    fn the_sidecar_reads_a_run_and_a_shipment() {
        let (document, model) = (with_text(), chosen());
        let values = vec![("limit".to_owned(), "7".to_owned())];
        let seen = Snapshot { document: Rc::new(document.clone()), shown: Rc::new(conversion()), values };
        let run: Option<NewRun> =
            new_run(&seen, &model, Some("k")).body.and_then(|body| serde_json::from_str(&body).ok());
        let wanted = NewRun {
            path: document.path.clone(),
            notebook: document.text.to_string(),
            kind: RunKind::Notebook,
            kernel_id: Some("k".to_owned()),
            kernel_name: Some("python3".to_owned()),
            parameters: [("limit".to_owned(), json!(7))].into(),
            hash: "h".to_owned(),
            options: options(),
        };
        assert_eq!(run, Some(wanted));
        let question = new_shipment(&seen, &model, "Ship it", false);
        let shipment: Option<NewShipment> = question.body.and_then(|body| serde_json::from_str(&body).ok());
        assert_eq!(shipment.map(|shipment| (shipment.message, shipment.trigger)), Some(("Ship it".to_owned(), false)));
        let model = model.reduce(Action::Unpause(true)).reduce(Action::Goal(Goal::Cluster));
        let question = new_shipment(&seen, &model, "", false);
        let shipment: Option<NewShipment> = question.body.and_then(|body| serde_json::from_str(&body).ok());
        assert_eq!(shipment.map(|shipment| (shipment.trigger, shipment.unpause)), Some((true, false)));
    }

    #[test]
    fn a_value_is_written_as_python_writes_it() {
        let same = ["9007199254740993", "7.0", "1e400", r#""it's \"é\"""#];
        assert_eq!(same.map(python), same.map(str::to_owned), "no digit is lost");
        assert_eq!(["true", "false", "null"].map(python), ["True", "False", "None"]);
        assert_eq!(python(r#"[true, "a"]"#), r#"__import__("json").loads("[true, \"a\"]")"#);
    }
}
