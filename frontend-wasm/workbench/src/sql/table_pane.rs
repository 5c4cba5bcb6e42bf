//! A table's details below the tree: its columns, partitions and properties. Nothing of it is computed.

use wire::sql::{SqlCatalog, SqlColumn, SqlName, SqlTable};
use yew::{Callback, Html, Properties, component, html, use_effect_with};

use super::asked::use_asked;
use super::catalog::Path;
use super::error_view::error_view;
use super::model::Job;
use super::requests::{Question, catalog_route};
use kit::api::Api;
use kit::i18n::{SqlMessage, tr};
use kit::parts::icon_button::icon_button;
use kit::parts::notice::{loading, muted};

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
    pub on_insert: Callback<String>,
    pub on_run: Callback<Job>,
    pub on_columns: Callback<Vec<SqlColumn>>,
    pub on_close: Callback<()>,
}

#[component]
pub fn TablePane(props: &TablePaneProps) -> Html {
    let question = Question { number: props.refreshes, ..Question::get(catalog_route(&props.session_id, &props.path)) };
    let asked = use_asked::<SqlCatalog>(&props.api, Some(question));
    let columns = match &asked.answer {
        Some(Ok(answer)) => match &**answer {
            SqlCatalog::Table(table) => Some(table.columns.clone()),
            _ => None,
        },
        _ => None,
    };
    let on_columns = props.on_columns.clone();
    use_effect_with(columns, move |columns| {
        if let Some(columns) = columns {
            on_columns.emit(columns.clone());
        }
    });
    let sql = props.name.sql.clone();
    let on_sample = {
        let (on_run, table, is_busy) = (props.on_run.clone(), sql.clone(), props.is_busy);
        Callback::from(move |_| {
            if !is_busy {
                on_run.emit(Job::Sample { table: table.clone() });
            }
        })
    };
    html! {
        <section class="sparkMonitor-TableDetails" aria-label={tr(SqlMessage::TableNamed { name: &props.name.name })}>
            <div class="sparkMonitor-Cell-head">
                <h3 title={sql.clone()}>{ &props.name.name }</h3>
                { icon_button("close", SqlMessage::CloseTable, props.on_close.reform(|_| ())) }
            </div>
            <div class="sparkMonitor-Buttons">
                <button
                    type="button" class="sparkMonitor-Button"
                    onclick={props.on_insert.reform(move |_| sql.clone())}
                >
                    { tr(SqlMessage::InsertName) }
                </button>
                <button
                    type="button" class="sparkMonitor-Button" aria-disabled={props.is_busy.to_string()}
                    title={tr(SqlMessage::SampleLong)} onclick={on_sample}
                >
                    { tr(SqlMessage::Sample) }
                </button>
            </div>
            if asked.pending && asked.answer.is_none() {
                { loading() }
            } else {
                { asked.filled(|answer| answer_view(props, answer)) }
            }
        </section>
    }
}

fn answer_view(props: &TablePaneProps, answer: &SqlCatalog) -> Html {
    match answer {
        SqlCatalog::Table(table) => {
            let profile = (!props.name.is_temporary).then(|| profile(props));
            table_view(table, props.is_busy, profile.as_ref())
        }
        SqlCatalog::Failed(error) => error_view(error),
        SqlCatalog::Names(_) => Html::default(),
    }
}

/// Runs the profile of a column.
fn profile(props: &TablePaneProps) -> Callback<String> {
    let (path, on_run, is_busy) = (props.path.clone(), props.on_run.clone(), props.is_busy);
    Callback::from(move |column: String| {
        if !is_busy {
            on_run.emit(Job::Profile { place: path.clone(), column });
        }
    })
}

/// What the catalogue says of a table. Without `on_profile` its columns have no button.
pub fn table_view(table: &SqlTable, is_busy: bool, on_profile: Option<&Callback<String>>) -> Html {
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
                { for table.columns.iter().map(|column| field(column, is_busy, on_profile)) }
            </ul>
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

fn field(column: &SqlColumn, is_busy: bool, on_profile: Option<&Callback<String>>) -> Html {
    let name = column.name.clone();
    html! {
        <li key={column.name.clone()}>
            <span class="sparkMonitor-Fields-name">{ &column.name }</span>
            <code class="sparkMonitor-Muted">{ &column.type_name }</code>
            if column.is_partition {
                <span class="sparkMonitor-Muted">{ tr(SqlMessage::PartitionColumn) }</span>
            }
            if let Some(on_profile) = on_profile {
                <button
                    type="button" class="sparkMonitor-Jump" aria-disabled={is_busy.to_string()}
                    title={tr(SqlMessage::ProfileLong)} aria-label={tr(SqlMessage::ProfileOf { column: &column.name })}
                    onclick={on_profile.reform(move |_| name.clone())}
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
