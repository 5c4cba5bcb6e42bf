//! The form for the values of a statement's parameters, which appears when it has some.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::{Event, Html, InputEvent, TargetCast, html};

use super::arguments::{Entered, Form, TYPES};
use super::model::{Act, Action};
use super::tokens::{Parameter, parameters};
use kit::i18n::{SqlMessage, tr};

/// One line for each parameter.
pub fn argument_form(sql: &str, form: &Form, act: &Act) -> Html {
    let parameters = parameters(sql);
    if parameters.is_empty() {
        return Html::default();
    }
    html! {
        <fieldset class="sparkMonitor-Arguments">
            <legend>{ tr(SqlMessage::Arguments) }</legend>
            { for parameters.iter().map(|parameter| line(parameter, form, act)) }
        </fieldset>
    }
}

fn line(parameter: &Parameter, form: &Form, act: &Act) -> Html {
    let label = parameter.label();
    let entered = form.get(&*label).cloned().unwrap_or_default();
    let enter = |change: fn(&mut Entered, String)| {
        let (act, label, entered) = (act.clone(), label.clone(), entered.clone());
        move |value: String| {
            let mut entered = entered.clone();
            change(&mut entered, value);
            act.emit(Action::Enter { label: label.clone(), entered });
        }
    };
    let text = enter(|entered, text| entered.text = text);
    let on_text = move |event: InputEvent| text(event.target_unchecked_into::<HtmlInputElement>().value());
    let kind = enter(|entered, kind| {
        entered.is_null = kind == "null";
        if let Some(kind) = TYPES.iter().find(|known| **known == kind) {
            entered.kind = *kind;
        }
    });
    let on_kind = move |event: Event| kind(event.target_unchecked_into::<HtmlSelectElement>().value());
    let option = |kind: &'static str| {
        let name = if kind == "auto" {
            tr(SqlMessage::TypeAuto { kind: entered.meant_automatically() })
        } else {
            kind.to_owned()
        };
        html! { <option value={kind} selected={!entered.is_null && entered.kind == kind}>{ name }</option> }
    };
    html! {
        <div class="sparkMonitor-Argument" key={label.clone()}>
            <code class="sparkMonitor-Argument-name">{ &label }</code>
            <input
                type="text" class="sparkMonitor-Input" aria-label={tr(SqlMessage::ValueOf { parameter: &label })}
                value={entered.text.clone()} disabled={entered.is_null} oninput={on_text}
            />
            <select
                class="sparkMonitor-App-picker" aria-label={tr(SqlMessage::TypeOf { parameter: &label })}
                onchange={on_kind}
            >
                { for TYPES.into_iter().map(option) }
                <option value="null" selected={entered.is_null}>{ "NULL" }</option>
            </select>
        </div>
    }
}
