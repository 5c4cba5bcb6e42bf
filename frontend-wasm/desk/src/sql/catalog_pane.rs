//! The catalogue beside the editor: a tree that reads only what is expanded.

use web_sys::HtmlInputElement;
use wire::sql::{SqlCatalog, SqlName};
use yew::{
    Callback, Html, InputEvent, KeyboardEvent, Properties, TargetCast, UseReducerHandle, classes, component, hook,
    html, use_effect_with, use_reducer,
};

use super::catalog::{Catalog, CatalogAction, Item, Note};
use super::model::{Act, Action};
use super::requests::catalog_route;
use super::table_pane::TablePane;
use kit::api::Api;
use kit::i18n::{Message, SqlMessage, tr};
use kit::parts::icon_button::icon_button;
use kit::parts::notice::loading;
use kit::question::{Question, escaped, spawn};
use kit::request::Request;

#[derive(Clone, PartialEq, Properties)]
pub struct CatalogPaneProps {
    pub api: Api,
    pub session_id: Option<String>,
    pub is_open: bool,
    /// A statement is running.
    pub is_busy: bool,
    /// Rises when a statement may have changed what is in it.
    pub changes: u32,
    pub act: Act,
}

/// Folded, it reads nothing; it keeps what was read.
#[component]
pub fn CatalogPane(props: &CatalogPaneProps) -> Html {
    let catalog = use_reducer(Catalog::default);
    use_reading(props, &catalog);
    let dispatcher = catalog.dispatcher();
    use_effect_with(props.changes, move |changes| {
        if *changes > 0 {
            dispatcher.dispatch(CatalogAction::Refresh);
        }
    });
    let (tell, known) = (props.act.clone(), catalog.clone());
    use_effect_with(catalog.version, move |version| {
        if *version > 0 {
            tell.emit(Action::Complete(known.completions()));
        }
    });
    if !props.is_open {
        return Html::default();
    }
    let dispatcher = catalog.dispatcher();
    let act = Callback::from(move |action| dispatcher.dispatch(action));
    let on_filter = act
        .reform(|event: InputEvent| CatalogAction::Filter(event.target_unchecked_into::<HtmlInputElement>().value()));
    html! {
        <aside class="sparkMonitor-Catalogue" aria-label={tr(SqlMessage::Catalogue)}>
            <div class="sparkMonitor-Catalogue-head">
                <input
                    type="search" class="sparkMonitor-Input" placeholder={tr(SqlMessage::FilterNames)}
                    aria-label={tr(SqlMessage::FilterNames)} value={catalog.filter.clone()} oninput={on_filter}
                />
                { icon_button("refresh", SqlMessage::RefreshCatalogue, act.reform(|_| CatalogAction::Refresh)) }
            </div>
            { tree(props, &catalog, &act) }
            if let (Some((path, name)), Some(session_id)) = (&catalog.table, &props.session_id) {
                <TablePane
                    key={path.join("\u{0}")} api={props.api.clone()} session_id={session_id.clone()} path={path.clone()}
                    name={name.clone()} refreshes={catalog.refreshes} is_busy={props.is_busy} act={props.act.clone()}
                    catalog={act.clone()}
                />
            }
        </aside>
    }
}

/// Reads what is expanded, one after the other. Each path is read once; after a refresh Spark is asked for it.
#[hook]
fn use_reading(props: &CatalogPaneProps, catalog: &UseReducerHandle<Catalog>) {
    let wanted = props.session_id.clone().filter(|_| props.is_open).zip(catalog.missing());
    let (api, dispatcher, refreshes) = (props.api.clone(), catalog.dispatcher(), catalog.refreshes);
    use_effect_with((wanted, refreshes), move |(wanted, _)| {
        let request = wanted.clone().and_then(|(session_id, path)| {
            let request = Request::start()?;
            let signal = request.signal();
            spawn(async move {
                let route = catalog_route(&session_id, &path, refreshes > 0);
                let read = Question::get(route).ask::<SqlCatalog>(&api, &signal).await;
                if !signal.aborted() {
                    dispatcher.dispatch(CatalogAction::Read(path, read));
                }
            });
            Some(request)
        });
        move || drop(request)
    });
}

fn tree(props: &CatalogPaneProps, catalog: &UseReducerHandle<Catalog>, act: &Callback<CatalogAction>) -> Html {
    if let Some(why) = catalog.failure() {
        return html! { <p class="sparkMonitor-Catalogue-note" role="alert">{ why }</p> };
    }
    let items = catalog.items();
    let last_note = match catalog.last_note() {
        more @ Note::More(_) => said(&more),
        _ => None,
    };
    let last_note = last_note.map(|note| html! { <p class="sparkMonitor-Catalogue-note">{ note }</p> });
    if items.is_empty() {
        return match (catalog.filter.is_empty(), last_note) {
            (true, Some(note)) => note,
            (true, None) => loading(),
            (false, _) => html! { <p class="sparkMonitor-Catalogue-note">{ tr(SqlMessage::NoNameMatches) }</p> },
        };
    }
    let active = catalog.active.as_ref().filter(|path| items.iter().any(|item| item.path == **path));
    let lines = items.iter().map(|item| line(item, active == Some(&item.path), act));
    html! {
        <>
            <ul
                role="tree" tabindex="0" class="sparkMonitor-Tree" aria-label={tr(SqlMessage::Catalogue)}
                aria-activedescendant={active.map(|path| item_id(path))} onkeydown={on_key(props, catalog, act)}
            >
                { for lines }
            </ul>
            { last_note }
        </>
    }
}

fn said(note: &Note) -> Option<String> {
    match note {
        Note::Nothing => None,
        Note::Loading => Some(tr(Message::Loading)),
        Note::Empty => Some(tr(SqlMessage::NothingInside)),
        Note::Failed(why) => Some(why.clone()),
        Note::More(count) => Some(tr(SqlMessage::MoreNames { count: *count })),
    }
}

fn item_id(path: &[String]) -> String {
    ["sparkMonitor-tree-", &escaped(&path.join("\u{0}"))].concat()
}

fn line(item: &Item, is_active: bool, act: &Callback<CatalogAction>) -> Html {
    let Item { path, name, position, siblings, is_open, is_current, note } = item;
    let on_click = act.reform({
        let item = item.clone();
        move |_| chosen(&item)
    });
    let note = said(note);
    let kind = match (path.len(), name.is_temporary) {
        (_, true) => Some(tr(SqlMessage::TemporaryView)),
        _ if *is_current => Some(tr(SqlMessage::Current)),
        _ => None,
    };
    html! {
        <li
            key={path.join("\u{0}")} id={item_id(path)} role="treeitem" aria-level={path.len().to_string()}
            aria-posinset={position.to_string()} aria-setsize={siblings.to_string()}
            aria-expanded={is_open.map(|open| open.to_string())} aria-selected={is_active.to_string()}
            class={classes!("sparkMonitor-Tree-item", is_active.then_some("sparkMonitor-mod-active"))}
            style={["--sparkMonitor-level: ", &path.len().to_string()].concat()}
            onclick={on_click}
        >
            <span class="sparkMonitor-Tree-line">
                if is_open.is_some() {
                    <span class="sparkMonitor-Caret" aria-hidden="true" />
                }
                <span class="sparkMonitor-Tree-name" title={name.sql.clone()}>{ &name.name }</span>
                if let Some(kind) = kind {
                    <span class="sparkMonitor-Muted">{ kind }</span>
                }
            </span>
            if let Some(note) = note {
                <span class="sparkMonitor-Tree-note">{ note }</span>
            }
        </li>
    }
}

/// What a click or Enter does: a table shows its details, anything else is expanded or collapsed.
fn chosen(item: &Item) -> CatalogAction {
    match item.is_open {
        Some(_) => CatalogAction::Toggle(item.path.clone()),
        None => CatalogAction::Show(item.path.clone(), item.name.clone()),
    }
}

/// The keys of a tree.
fn on_key(
    props: &CatalogPaneProps,
    catalog: &UseReducerHandle<Catalog>,
    act: &Callback<CatalogAction>,
) -> Callback<KeyboardEvent> {
    let (catalog, act, tell) = (catalog.clone(), act.clone(), props.act.clone());
    Callback::from(move |event: KeyboardEvent| {
        let items = catalog.items();
        let place = items.iter().position(|item| Some(&item.path) == catalog.active.as_ref());
        if event.key() == "Insert" {
            let name: Option<&SqlName> = place.and_then(|place| items.get(place)).map(|item| &item.name);
            if let Some(name) = name {
                event.prevent_default();
                tell.emit(Action::Insert(name.sql.clone()));
            }
            return;
        }
        if let Some(action) = key_action(&event.key(), &items, place) {
            event.prevent_default();
            act.emit(action);
        }
    })
}

fn key_action(key: &str, items: &[Item], place: Option<usize>) -> Option<CatalogAction> {
    let go = |place: usize| items.get(place).map(|item| CatalogAction::Activate(item.path.clone()));
    let last = items.len().checked_sub(1)?;
    let Some(place) = place else {
        return matches!(key, "ArrowDown" | "ArrowUp" | "Home" | "End" | "Enter").then(|| go(0)).flatten();
    };
    let item = items.get(place)?;
    let parent = || {
        let above: &[String] = item.path.split_last()?.1;
        items.iter().position(|other| other.path == above)
    };
    match (key, item.is_open) {
        ("ArrowDown", _) => go((place + 1).min(last)),
        ("ArrowUp", _) => go(place.saturating_sub(1)),
        ("Home", _) => go(0),
        ("End", _) => go(last),
        ("Enter" | " ", _) => Some(chosen(item)),
        ("ArrowRight", Some(false)) | ("ArrowLeft", Some(true)) => Some(CatalogAction::Toggle(item.path.clone())),
        ("ArrowRight", Some(true)) => go((place + 1).min(last)),
        ("ArrowLeft", _) => parent().and_then(go),
        _ => None,
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::sql::SqlName;

    use super::{CatalogAction, Item, Note, key_action};

    fn item(path: &[&str], is_open: Option<bool>) -> Item {
        let path: Vec<_> = path.iter().map(|name| (*name).to_owned()).collect();
        let name = SqlName { name: String::new(), is_temporary: false, sql: String::new() };
        Item { path, name, position: 1, siblings: 1, is_open, is_current: false, note: Note::Nothing }
    }

    fn press(key: &str, place: Option<usize>) -> String {
        let items = [
            item(&["c"], Some(true)),
            item(&["c", "d"], Some(true)),
            item(&["c", "d", "t"], None),
            item(&["c", "e"], Some(false)),
        ];
        match key_action(key, &items, place) {
            Some(CatalogAction::Activate(path)) => format!("go {}", path.join(".")),
            Some(CatalogAction::Toggle(path)) => format!("toggle {}", path.join(".")),
            Some(CatalogAction::Show(path, _)) => format!("show {}", path.join(".")),
            _ => "nothing".to_owned(),
        }
    }

    #[test]
    fn the_arrows_go_through_the_lines_and_into_and_out_of_what_is_expanded() {
        assert_eq!(press("ArrowDown", None), "go c");
        assert_eq!([press("ArrowDown", Some(0)), press("ArrowDown", Some(3))], ["go c.d", "go c.e"]);
        assert_eq!([press("ArrowRight", Some(1)), press("ArrowRight", Some(3))], ["go c.d.t", "toggle c.e"]);
        assert_eq!([press("ArrowLeft", Some(2)), press("ArrowLeft", Some(1))], ["go c.d", "toggle c.d"]);
        assert_eq!([press("ArrowLeft", Some(3)), press("ArrowRight", Some(2))], ["go c", "nothing"]);
        assert_eq!([press("Home", Some(2)), press("End", Some(0))], ["go c", "go c.e"]);
        assert_eq!([press("Enter", Some(2)), press("Enter", Some(3))], ["show c.d.t", "toggle c.e"]);
    }
}
