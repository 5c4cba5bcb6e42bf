//! The schema of the statement that the editor had when it was asked for.

use wire::sql::{SqlColumn, SqlSchema};
use yew::{Html, component, html};

use super::error_view::error_view;
use super::plan_pane::StudyProps;
use kit::asked::{read, use_asked};
use kit::i18n::{SqlMessage, tr};
use kit::parts::notice::{loading, muted};

/// Names and types, without running the statement.
#[component]
pub fn SchemaPane(props: &StudyProps) -> Html {
    let question = props.question("sql/schema", None);
    let is_empty = question.is_none() && props.session_id.is_some();
    let asked = use_asked(&props.api, question, read::<SqlSchema>);
    if is_empty {
        return muted(SqlMessage::EmptyEditor);
    }
    if asked.pending {
        return loading();
    }
    asked.filled(schema)
}

fn schema(schema: &SqlSchema) -> Html {
    match schema {
        SqlSchema::Failed(error) => error_view(error),
        SqlSchema::Columns(columns) => columns_table(columns),
    }
}

fn columns_table(columns: &[SqlColumn]) -> Html {
    let row = |column: &SqlColumn| {
        html! { <tr><th scope="row">{ &column.name }</th><td><code>{ &column.type_name }</code></td></tr> }
    };
    html! {
        <table class="sparkMonitor-Columns">
            <thead>
                <tr>
                    <th scope="col">{ tr(SqlMessage::ColumnName) }</th>
                    <th scope="col">{ tr(SqlMessage::ColumnType) }</th>
                </tr>
            </thead>
            <tbody>{ for columns.iter().map(row) }</tbody>
        </table>
    }
}
