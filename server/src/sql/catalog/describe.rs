//! Describes one table.

use connect_client::{ConnectError, Session, Statement};
use serde_json::Value;
use wire::sql::{SqlColumn, SqlTable};

use super::{quoted, rows, shown, text};

/// Partitions that are listed.
const PARTITIONS: u64 = 1_000;
/// Rows of a description: columns, and a few properties.
const MOST_READ: u64 = 20_000;

pub(super) async fn table(session: &Session, parts: &[&str]) -> Result<SqlTable, ConnectError> {
    let name = quoted(parts);
    let (described, more_described) = rows(session, format!("DESCRIBE TABLE EXTENDED {name}"), MOST_READ).await?;
    let mut table = SqlTable { sql: shown(parts), more_described, ..read(&described) };
    // The description shortens long types.
    let whole = session.schema(&Statement::new(format!("SELECT * FROM {name}"))).await;
    for column in whole.into_iter().flatten() {
        if let Some(described) = table.columns.iter_mut().find(|described| described.name == column.name) {
            described.type_name = column.type_name;
        }
    }
    if table.columns.iter().any(|column| column.is_partition) {
        // Not every source can list them.
        if let Ok((partitions, more)) = rows(session, format!("SHOW PARTITIONS {name}"), PARTITIONS).await {
            table.partitions = partitions.iter().map(|row| text(row, 0)).collect();
            table.more_partitions = more;
        }
    }
    Ok(table)
}

/// Spark's description: columns, an empty line, and parts that begin with `#`.
fn read(described: &[Vec<Value>]) -> SqlTable {
    let mut table = SqlTable::default();
    let mut part = Part::Columns;
    for row in described {
        let (name, value) = (text(row, 0), text(row, 1));
        match name.as_str() {
            "" => part = if part == Part::Columns { Part::Other } else { part },
            "# Partition Information" | "# Partitioning" => part = Part::Partitions,
            "# Detailed Table Information" | "# Detailed View Information" => part = Part::Properties,
            "# col_name" => {}
            _ if name.starts_with('#') => part = Part::Other,
            _ => match part {
                Part::Columns => table.columns.push(SqlColumn {
                    name,
                    type_name: value,
                    comment: Some(text(row, 2)).filter(|comment| !comment.is_empty()),
                    is_partition: false,
                }),
                Part::Partitions => {
                    // `Part 0` and the column in newer catalogues, else the column and its type.
                    let column = if name.starts_with("Part ") { &value } else { &name };
                    if let Some(column) = table.columns.iter_mut().find(|it| it.name == *column) {
                        column.is_partition = true;
                    }
                }
                Part::Properties => match name.as_str() {
                    "Type" => table.table_type = Some(value),
                    "Provider" => table.provider = Some(value),
                    "Comment" => table.comment = Some(value),
                    "Catalog" | "Database" | "Table" | "Name" => {}
                    _ => table.properties.push((name, value)),
                },
                Part::Other => {}
            },
        }
    }
    table
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Columns,
    Partitions,
    Properties,
    Other,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_description_is_read_part_by_part() {
        let rows = [
            ["id", "bigint", ""],
            ["day", "string", "when it was"],
            ["# Partition Information", "", ""],
            ["# col_name", "data_type", "comment"],
            ["day", "string", "when it was"],
            ["", "", ""],
            ["# Detailed Table Information", "", ""],
            ["Catalog", "spark_catalog", ""],
            ["Table", "t", ""],
            ["Type", "MANAGED", ""],
            ["Provider", "parquet", ""],
            ["Location", "file:/w/t", ""],
        ];
        let table = read(&rows.map(|row| row.map(|cell| json!(cell)).to_vec()));
        let columns: Vec<_> = table.columns.iter().map(|it| (it.name.as_str(), it.is_partition)).collect();
        assert_eq!(columns, [("id", false), ("day", true)]);
        assert_eq!(table.columns[1].comment.as_deref(), Some("when it was"));
        assert_eq!((table.table_type.as_deref(), table.provider.as_deref()), (Some("MANAGED"), Some("parquet")));
        assert_eq!(table.properties, [("Location".to_owned(), "file:/w/t".to_owned())]);
    }

    #[test]
    fn a_column_may_be_called_like_a_property() {
        let rows =
            [["Type", "string", ""], ["", "", ""], ["# Detailed Table Information", "", ""], ["Type", "VIEW", ""]];
        let table = read(&rows.map(|row| row.map(|cell| json!(cell)).to_vec()));
        assert_eq!((table.columns.len(), table.table_type.as_deref()), (1, Some("VIEW")));
    }
}
