//! Values for the job's parameters: what nobody fills in is the notebook's default.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use wire::export::{Conversion, ExportParameter, ParameterKind};
use yew::{Event, Html, InputEvent, TargetCast, html};

use super::button::Button;
use super::document::Document;
use super::model::{Act, Action, Model};
use super::parameters::value;
use kit::i18n::{ExportMessage, tr};
use kit::parts::notice::muted;

/// What the ids of their inputs end with, before the name.
pub const PARAMETER: &str = "parameter-";

pub fn parameter_form(shown: &Conversion, (model, document): (&Model, &Document), act: &Act) -> Html {
    html! {
        <fieldset class="sparkMonitor-Export-part">
            <legend>{ tr(ExportMessage::JobParameters) }</legend>
            if shown.parameters.is_empty() {
                { muted(ExportMessage::JobParametersNone) }
            }
            <div class="sparkMonitor-Export-fields">
                { for shown.parameters.iter().map(|parameter| line(parameter, model, document, act)) }
            </div>
        </fieldset>
    }
}

fn line(parameter: &ExportParameter, model: &Model, document: &Document, act: &Act) -> Html {
    let ExportParameter { name, kind, default } = parameter;
    let entered = model.entered.get(name);
    let wrong = entered.and_then(|entered| value(*kind, entered).err());
    let id = document.unique(&[PARAMETER, name].concat());
    let reset = Button {
        label: Some(tr(ExportMessage::UseDefaultOf { name })),
        ..Button::new(ExportMessage::UseDefault, Action::Enter { name: name.clone(), entered: None })
    };
    html! {
        <div class="sparkMonitor-Parameter" key={name.clone()}>
            <label for={id.clone()}>
                <code>{ name }</code>
                <span class="sparkMonitor-Muted">{ tr(kind_name(*kind)) }</span>
            </label>
            <div class="sparkMonitor-Parameter-value">
                { if *kind == ParameterKind::Boolean {
                    choice(parameter, entered, &id, act)
                } else {
                    input(parameter, entered, &id, wrong.is_some(), act)
                } }
                if entered.is_some() {
                    { reset.view(act) }
                }
            </div>
            <span class="sparkMonitor-Muted" id={described(&id)}>
                { wrong.map_or_else(|| tr(ExportMessage::ParameterDefault { value: default }), tr) }
            </span>
        </div>
    }
}

fn described(id: &str) -> String {
    [id, "-said"].concat()
}

fn input(parameter: &ExportParameter, entered: Option<&String>, id: &str, is_wrong: bool, act: &Act) -> Html {
    let ExportParameter { name, kind, default } = parameter;
    let name = name.clone();
    let oninput = act.reform(move |event: InputEvent| Action::Enter {
        name: name.clone(),
        entered: Some(event.target_unchecked_into::<HtmlInputElement>().value()),
    });
    let mode = match kind {
        ParameterKind::Integer => Some("numeric"),
        ParameterKind::Number => Some("decimal"),
        _ => None,
    };
    html! {
        <input
            type="text" class="sparkMonitor-Input" id={id.to_owned()} inputmode={mode} placeholder={default.clone()}
            value={entered.cloned().unwrap_or_default()} aria-invalid={is_wrong.then_some("true")}
            aria-describedby={described(id)} {oninput}
        />
    }
}

fn choice(parameter: &ExportParameter, entered: Option<&String>, id: &str, act: &Act) -> Html {
    let ExportParameter { name, default, .. } = parameter;
    let name = name.clone();
    let onchange = act.reform(move |event: Event| {
        let entered = event.target_unchecked_into::<HtmlSelectElement>().value();
        Action::Enter { name: name.clone(), entered: Some(entered).filter(|entered| !entered.is_empty()) }
    });
    let option = |value: &'static str| {
        html! { <option {value} selected={entered.is_some_and(|entered| entered == value)}>{ value }</option> }
    };
    html! {
        <select class="sparkMonitor-App-picker" id={id.to_owned()} aria-describedby={described(id)} {onchange}>
            <option value="" selected={entered.is_none()}>
                { tr(ExportMessage::ParameterDefault { value: default }) }
            </option>
            { option("true") }
            { option("false") }
        </select>
    }
}

fn kind_name(kind: ParameterKind) -> ExportMessage<'static> {
    match kind {
        ParameterKind::String => ExportMessage::KindString,
        ParameterKind::Integer => ExportMessage::KindInteger,
        ParameterKind::Number => ExportMessage::KindNumber,
        ParameterKind::Boolean => ExportMessage::KindBoolean,
        ParameterKind::Array => ExportMessage::KindArray,
        ParameterKind::Object => ExportMessage::KindObject,
        ParameterKind::Any => ExportMessage::KindAny,
    }
}
