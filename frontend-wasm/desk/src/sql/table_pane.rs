//! A table's details below the tree: its columns, partitions and properties. Nothing of it is computed.

use wire::sql::{SqlCatalog, SqlColumn, SqlName, SqlTable};
use yew::{Callback, Html, MouseEvent, Properties, component, html, use_effect_with};

use super::button::Button;
use super::catalog::{CatalogAction, Path};
use super::error_view::error_view;
use super::model::{Act, Action, Job};
use super::requests::catalog_route;
use kit::api::Api;
use kit::asked::{read, use_asked};
use kit::i18n::{SqlMessage, tr};
use kit::parts::icon_button::icon_button;
use kit::parts::notice::muted;
use kit::question::Question;

#[derive(Clone, PartialEq, Properties)]
pub struct TablePaneProps {
    pub api: Api,
    pub session_id: String,
    /// Catalogue, database, table.
    pub path: Path,
    pub name: SqlName,
    pub refreshes: u32,
    /// A statement is running, so that another one must wait.
    pub is_busy: bool,
    pub act: Act,
    pub catalog: Callback<CatalogAction>,
}

#[component]
pub fn TablePane(props: &TablePaneProps) -> Html {
    let route = catalog_route(&props.session_id, &props.path, props.refreshes > 0);
    let question = Question { number: props.refreshes, ..Question::get(route) };
    let asked = use_asked(&props.api, Some(question), read::<SqlCatalog>);
    let columns = match asked.answer() {
        Some(SqlCatalog::Table(table)) => Some(table.columns.clone()),
        _ => None,
    };
    let (catalog, path) = (props.catalog.clone(), props.path.clone());
    use_effect_with(columns, move |columns| {
        if let Some(columns) = columns {
            catalog.emit(CatalogAction::Columns(path.clone(), columns.clone()));
        }
    });
    let sql = &props.name.sql;
    let insert = Button::new(SqlMessage::InsertName, Action::Insert(sql.clone()));
    let sample = Button {
        title: Some(SqlMessage::SampleLong),
        is_ready: Some(!props.is_busy),
        ..Button::new(SqlMessage::Sample, Action::RunJob(Job::Sample { table: sql.clone() }))
    };
    html! {
        <section class="sparkMonitor-TableDetails" aria-label={tr(SqlMessage::TableNamed { name: &props.name.name })}>
            <div class="sparkMonitor-Cell-head">
                <h3 title={sql.clone()}>{ &props.name.name }</h3>
                { icon_button("close", SqlMessage::CloseTable, props.catalog.reform(|_| CatalogAction::CloseTable)) }
            </div>
            <div class="sparkMonitor-Buttons">
                { insert.view(&props.act) }
                { sample.view(&props.act) }
            </div>
            { asked.filled(|answer| answer_view(props, answer)) }
        </section>
    }
}

fn answer_view(props: &TablePaneProps, answer: &SqlCatalog) -> Html {
    match answer {
        SqlCatalog::Table(table) => {
            let place = (!props.name.is_temporary).then_some(&props.path);
            table_view(table, props.is_busy, place, &props.act)
        }
        SqlCatalog::Failed(error) => error_view(error),
        SqlCatalog::Names(_) => Html::default(),
    }
}

/// What the catalogue says of a table. Without a place its columns have no profile.
pub fn table_view(table: &SqlTable, is_busy: bool, place: Option<&Path>, act: &Act) -> Html {
    let kind: Vec<&str> = [&table.table_type, &table.provider].into_iter().flatten().map(String::as_str).collect();
    html! {
        <>
            if !kind.is_empty() {
                <p class="sparkMonitor-Muted">{ kind.join(" · ") }</p>
            }
            if let Some(comment) = &table.comment {
                <p>{ comment }</p>
            }
            <ul class="sparkMonitor-Fields">
                { for table.columns.iter().map(|column| field(column, is_busy, place, act)) }
            </ul>
            if table.more_described {
                { muted(SqlMessage::MorePartitions) }
            }
            if !table.partitions.is_empty() {
                <details class="sparkMonitor-Details">
                    <summary>{ partitions_word(table) }</summary>
                    <ul class="sparkMonitor-Partitions">
                        { for table.partitions.iter().map(|partition| html! { <li>{ partition }</li> }) }
                    </ul>
                    if table.more_partitions {
                        { muted(SqlMessage::MorePartitions) }
                    }
                </details>
            }
            if !table.properties.is_empty() {
                <details class="sparkMonitor-Details">
                    <summary>{ tr(SqlMessage::Properties) }</summary>
                    <dl>
                        { for table.properties.iter().map(|(name, text)| html! { <><dt>{ name }</dt><dd>{ text }</dd></> }) }
                    </dl>
                </details>
            }
        </>
    }
}

fn partitions_word(table: &SqlTable) -> String {
    let count = table.partitions.len() as u64;
    tr(if table.more_partitions { SqlMessage::PartitionsOfMore { count } } else { SqlMessage::Partitions { count } })
}

fn field(column: &SqlColumn, is_busy: bool, place: Option<&Path>, act: &Act) -> Html {
    html! {
        <li key={column.name.clone()}>
            <span class="sparkMonitor-Fields-name">{ &column.name }</span>
            <code class="sparkMonitor-Muted">{ &column.type_name }</code>
            if column.is_partition {
                <span class="sparkMonitor-Muted">{ tr(SqlMessage::PartitionColumn) }</span>
            }
            if let Some(place) = place {
                <button
                    type="button" class="sparkMonitor-Jump" aria-disabled={is_busy.to_string()}
                    title={tr(SqlMessage::ProfileLong)} aria-label={tr(SqlMessage::ProfileOf { column: &column.name })}
                    onclick={on_profile(place.clone(), column.name.clone(), act)}
                >
                    { tr(SqlMessage::Profile) }
                </button>
            }
            if let Some(comment) = &column.comment {
                <p class="sparkMonitor-Muted">{ comment }</p>
            }
        </li>
    }
}

fn on_profile(place: Path, column: String, act: &Act) -> Callback<MouseEvent> {
    act.reform(move |_| Action::RunJob(Job::Profile { place: place.clone(), column: column.clone() }))
}
