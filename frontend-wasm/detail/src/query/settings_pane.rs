//! The settings and versions of the query's application, asked for when a person unfolds them.

use web_sys::HtmlInputElement;
use wire::{Environment, Setting};
use yew::{Callback, Html, InputEvent, MouseEvent, Properties, TargetCast, component, html, use_reducer, use_state};

use kit::api::Api;
use kit::i18n::{PageMessage, tr};
use kit::loaded::Loaded;
use kit::parts::filled::filled;
use kit::parts::notice::muted;
use kit::poll::{Poll, Pollers, use_poll};

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SettingsPaneProps {
    pub api: Api,
    pub pollers: Pollers,
    /// The page is visible.
    pub shown: bool,
    /// The application as a query string; empty for the newest one.
    pub app: String,
}

#[component]
pub fn SettingsPane(props: &SettingsPaneProps) -> Html {
    // None while it is folded; else what is searched for.
    let search = use_state(|| None::<String>);
    let settings = use_reducer(Loaded::<Environment>::default);
    let poll = Poll {
        api: props.api.clone(),
        pollers: props.pollers.clone(),
        route: ["panel/environment", &props.app].concat().into(),
        shown: props.shown && search.is_some(),
        ..Poll::default()
    };
    let dispatcher = settings.dispatcher();
    use_poll(poll, Callback::from(move |news| dispatcher.dispatch(news)));
    let toggle = {
        let (setter, next) = (search.setter(), search.is_none().then(String::new));
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            setter.set(next.clone());
        })
    };
    let on_search = {
        let setter = search.setter();
        Callback::from(move |text: String| setter.set(Some(text)))
    };
    html! {
        <details class="sparkMonitor-Settings" open={search.is_some()}>
            <summary onclick={toggle}><h3>{ tr(PageMessage::Settings) }</h3></summary>
            if let Some(search) = &*search {
                { filled(&settings, true, settings.body().map(|known| known_settings(known, search, &on_search))) }
            }
        </details>
    }
}

fn known_settings(known: &Environment, search: &str, on_search: &Callback<String>) -> Html {
    let all = known.settings.len() as u64;
    let found: Vec<&Setting> = known.settings.iter().filter(|setting| is_found(setting, search)).collect();
    let oninput = on_search.reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value());
    html! {
        <>
            <p>{ versions(known) }</p>
            { muted(PageMessage::SettingsOfStart) }
            <input
                type="search" class="sparkMonitor-Input" aria-label={tr(PageMessage::SearchSettings)}
                placeholder={tr(PageMessage::SearchSettings)} value={search.to_owned()} {oninput}
            />
            <p class="sparkMonitor-Muted" role="status">
                { tr(PageMessage::SettingsFound { found: found.len() as u64, all }) }
            </p>
            if !found.is_empty() {
                <div
                    class="sparkMonitor-Table-scroll" tabindex="0" role="group" aria-label={tr(PageMessage::Settings)}
                >
                    <table class="sparkMonitor-Table">
                        <thead>
                            <tr>
                                <th scope="col">{ tr(PageMessage::SettingName) }</th>
                                <th scope="col">{ tr(PageMessage::SettingValue) }</th>
                            </tr>
                        </thead>
                        <tbody>{ for found.into_iter().map(row) }</tbody>
                    </table>
                </div>
            }
            if known.is_cut {
                { muted(PageMessage::SettingsCut) }
            }
        </>
    }
}

fn row(setting: &Setting) -> Html {
    let value = match &setting.value {
        Some(value) => html! { <code>{ value }</code> },
        None => html! { <span class="sparkMonitor-Muted">{ tr(PageMessage::SettingHidden) }</span> },
    };
    html! { <tr key={setting.name.clone()}><th scope="row">{ &setting.name }</th><td>{ value }</td></tr> }
}

/// `Spark 4.3.0 · Java 21.0.9 · Scala 2.13.18`; what the driver does not tell is left out.
fn versions(known: &Environment) -> String {
    let of = |name: &str, version: &Option<String>| version.as_ref().map(|version| [name, " ", version].concat());
    let versions =
        [of("Spark", &known.spark_version), of("Java", &known.java_version), of("Scala", &known.scala_version)];
    versions.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Whether name or value contains each of the words. Settings are ASCII.
fn is_found(setting: &Setting, search: &str) -> bool {
    let text = [&setting.name, " ", setting.value.as_deref().unwrap_or_default()].concat().to_ascii_lowercase();
    // The standard library's own search is more code than all else here.
    let has = |word: &str| text.as_bytes().windows(word.len()).any(|part| part == word.as_bytes());
    search.to_ascii_lowercase().split_ascii_whitespace().all(has)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use kit::drawn;

    use super::*;

    fn known() -> Environment {
        let setting =
            |name: &str, value: Option<&str>| Setting { name: name.to_owned(), value: value.map(str::to_owned) };
        Environment {
            spark_version: Some("4.3.0".to_owned()),
            java_version: None,
            scala_version: Some("2.13.18".to_owned()),
            settings: vec![
                setting("spark.master", Some("local[2]")),
                setting("spark.my.password", None),
                setting("spark.sql.shuffle.partitions", Some("8")),
            ],
            ..Environment::default()
        }
    }

    #[tokio::test]
    async fn versions_and_settings_are_shown_and_a_secret_is_called_hidden() {
        let text = drawn::text(known_settings(&known(), "", &Callback::noop())).await;
        assert!(text.starts_with("Spark 4.3.0 · Scala 2.13.18"), "{text}");
        assert!(text.contains("spark.my.password\nhidden"), "{text}");
        assert!(text.contains("3 of 3 settings"), "{text}");
    }

    #[tokio::test]
    async fn a_search_finds_words_in_names_and_values_in_any_case() {
        let found = |search: &'static str| async move {
            let text = drawn::text(known_settings(&known(), search, &Callback::noop())).await;
            ["spark.master", "spark.my.password", "spark.sql.shuffle.partitions"].map(|name| text.contains(name))
        };
        assert_eq!(found("SHUFFLE 8").await, [false, false, true]);
        assert_eq!(found("Local").await, [true, false, false]);
        assert_eq!(found("nothing like it").await, [false; 3]);
    }
}
