//! Saves the page as a file: the sidecar makes it, the person reads it, and only then the browser saves it.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortSignal;
use yew::{Callback, Html, MouseEvent, Properties, UseStateSetter, component, html, use_mut_ref, use_state};

use kit::api::{Api, Ask};
use kit::i18n::{PageMessage, tr};
use kit::parts::notice::{loading, muted, problem_notice};
use kit::problem::Problem;
use kit::read::field;
use kit::request::Request;

/// Making it may ask the driver for several things. Milliseconds.
const PATIENCE_MS: u32 = 15_000;
const HTML: &str = "query.html";
const JSON: &str = "query.json";

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SavePaneProps {
    pub api: Api,
    /// The query's route.
    pub path: String,
    /// The application as a query string; empty for the newest one.
    pub app: String,
    /// Saves a text under a name.
    pub on_save: Option<Function>,
}

/// What is shown, and whether the file has the settings.
#[derive(Clone, Debug, PartialEq)]
struct State {
    with_settings: bool,
    view: View,
}

#[derive(Clone, Debug, PartialEq)]
enum View {
    Offer,
    Fetching,
    Read { name: &'static str, text: String },
    Failed(Problem),
}

#[component]
pub fn SavePane(props: &SavePaneProps) -> Html {
    let state = use_state(|| State { with_settings: false, view: View::Offer });
    let with_settings = state.with_settings;
    // What is still asked for; nobody waits for it once it is dropped.
    let asked = use_mut_ref(|| None::<Rc<Request>>);
    let set = |next: State| {
        let (setter, asked) = (state.setter(), Rc::clone(&asked));
        Callback::from(move |_: MouseEvent| {
            asked.replace(None);
            setter.set(next.clone());
        })
    };
    let ask = |name: &'static str| {
        let (props, setter, asked) = (props.clone(), state.setter(), Rc::clone(&asked));
        Callback::from(move |_: MouseEvent| {
            asked.replace(fetch(&props, name, with_settings, setter.clone()));
        })
    };
    let close = set(State { with_settings, view: View::Offer });
    let shown = match &state.view {
        View::Offer => Html::default(),
        View::Fetching => loading(),
        View::Failed(problem) => problem_notice(problem),
        View::Read { name, text } => {
            let (on_save, name, saved, close) = (props.on_save.clone(), *name, text.clone(), close.clone());
            let on_save = Callback::from(move |event: MouseEvent| {
                if let Some(on_save) = &on_save {
                    // A shell that fails has said so in the console.
                    let _ = on_save.call2(&JsValue::NULL, &saved.as_str().into(), &name.into());
                }
                close.emit(event);
            });
            preview(name, text, on_save)
        }
    };
    html! {
        <section class="sparkMonitor-SavePane">
            <h3>{ tr(PageMessage::SavePage) }</h3>
            <div class="sparkMonitor-Buttons">
                { button(&tr(PageMessage::SaveHtml), ask(HTML)) }
                { button(&tr(PageMessage::SaveJson), ask(JSON)) }
                <label>
                    <input
                        type="checkbox" checked={with_settings}
                        onclick={set(State { with_settings: !with_settings, view: View::Offer })}
                    />
                    { tr(PageMessage::SaveSettings) }
                </label>
                if state.view != View::Offer {
                    { button(&tr(PageMessage::SaveClose), close) }
                }
            </div>
            { shown }
        </section>
    }
}

fn button(label: &str, onclick: Callback<MouseEvent>) -> Html {
    html! { <button type="button" class="sparkMonitor-Button" {onclick}>{ label }</button> }
}

/// The file as it would be saved. In its frame, nothing runs, and nothing reaches the page around it.
fn preview(name: &'static str, text: &str, on_save: Callback<MouseEvent>) -> Html {
    let title = tr(PageMessage::FileContent { name });
    html! {
        <>
            { muted(PageMessage::SaveHint) }
            { button(&tr(PageMessage::SaveFile { name }), on_save) }
            if name == HTML {
                <iframe class="sparkMonitor-SavePane-file" {title} sandbox="" srcdoc={text.to_owned()} />
            } else {
                <pre class="sparkMonitor-SavePane-file" tabindex="0" role="region" aria-label={title}>{ text }</pre>
            }
        </>
    }
}

/// Lets the sidecar make the file, and reports what it contains unless the request is dropped before.
fn fetch(
    props: &SavePaneProps,
    name: &'static str,
    with_settings: bool,
    setter: UseStateSetter<State>,
) -> Option<Rc<Request>> {
    let sign = if props.app.is_empty() { "?" } else { "&" };
    let format = if name == HTML { "format=html" } else { "format=json" };
    let settings = if with_settings { "&settings=true" } else { "" };
    let route = [&*props.path, "/report", &props.app, sign, format, settings].concat();
    let api = props.api.clone();
    let request = Request::start()?;
    let signal = request.signal();
    setter.set(State { with_settings, view: View::Fetching });
    spawn_local(async move {
        let view = match read(&api, &route, &signal).await {
            Ok(text) => View::Read { name, text },
            Err(problem) => View::Failed(problem),
        };
        // A person has closed it, or asked for another file.
        if !signal.aborted() {
            setter.set(State { with_settings, view });
        }
    });
    Some(request)
}

async fn read(api: &Api, route: &str, signal: &AbortSignal) -> Result<String, Problem> {
    let ask = Ask { patience_ms: PATIENCE_MS, ..Ask::get(route) };
    let file = api.call(ask, signal).await.reply?.json;
    field(&file, "text").as_string().ok_or_else(Problem::unreadable)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use kit::drawn;

    use super::*;

    #[tokio::test]
    async fn the_file_is_shown_before_it_is_saved_and_a_page_runs_nothing() {
        let drawn = drawn::elements(preview(HTML, "<b>x</b>", Callback::noop())).await;
        assert!(drawn.contains("sandbox=\"\"") && drawn.contains("srcdoc=\"&lt;b&gt;"), "{drawn}");
        let text = drawn::text(preview(JSON, "{\"a\": 1}", Callback::noop())).await;
        assert!(text.contains("Save query.json") && text.contains("a"), "{text}");
    }
}
