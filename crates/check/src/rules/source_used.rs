//! SOURCE_USED: what the person has chosen is read.

use crate::{
    finding::RuleFindings,
    frame::Place,
    names::{is_same, normal},
    subject::Subject,
};

pub(super) const FINDS: &str =
    "a table of `--table` that reaches neither `table` nor SQL, a path of `--path` that no reader of `spark.read` gets";

pub(super) fn check(subject: &Subject<'_>, found: &mut RuleFindings<'_>) {
    let reads = subject.reads();
    let of_sql = subject.sql_tables();
    for table in &subject.chosen.tables {
        let wanted = normal(table);
        let by_read = reads.iter().filter(|read| read.place == Place::Table).filter_map(|read| read.name.as_deref());
        let mut names = by_read.map(normal).chain(of_sql.iter().map(|(_, table)| table.name.clone()));
        if !names.any(|name| is_same(&name, &wanted)) {
            let message = format!("The chosen table {} is not read.", subject.redactor.text(table));
            found.add(0..0, message, "Read it by spark.table or in spark.sql, with its name as a literal.");
        }
    }
    for path in &subject.chosen.paths {
        let mut paths = reads.iter().filter(|read| read.place == Place::Path).filter_map(|read| read.name.as_deref());
        if !paths.any(|read| is_within(read, path)) {
            let message = format!("The chosen path {} is not read.", subject.redactor.text(path));
            found.add(0..0, message, "Read it by spark.read, with the path as a literal.");
        }
    }
}

/// Whether a path is the chosen one, or lies beneath it.
pub(super) fn is_within(path: &str, chosen: &str) -> bool {
    let normal = |path: &str| {
        let path = path.trim_end_matches('/');
        path.strip_prefix("s3a://")
            .or_else(|| path.strip_prefix("s3n://"))
            .map_or(path.to_owned(), |p| format!("s3://{p}"))
    };
    let (path, chosen) = (normal(path), normal(chosen));
    let beneath = path.strip_prefix(&chosen).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    beneath && !path.split('/').any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use super::is_within;
    use crate::rules::testing::with;

    #[test]
    fn a_chosen_source_must_be_read() {
        assert_eq!(with("spark.table('db.u').show()\n", &["db.t"], &[]), ["SOURCE_USED:1", "SOURCE_FOREIGN:1"]);
        assert_eq!(with("# db.t\nprint('db.t')\n", &["db.t"], &[]), ["SOURCE_USED:1"]);
        assert_eq!(with("p = 's3://b/x'\nprint(p)\n", &[], &["s3://b/x"]), ["SOURCE_USED:1"]);
    }

    #[test]
    fn it_is_read_by_any_way() {
        for read in ["spark.table('db.t')", "spark.read.table('t')", "spark.sql('SELECT * FROM `db`.t')"] {
            assert!(with(&format!("{read}.show()\n"), &["db.t"], &[]).is_empty(), "{read}");
        }
        for read in ["csv('s3a://b/x/')", "format('csv').load('s3://b/x/y')", "option('path', 's3://b/x').load()"] {
            assert!(with(&format!("spark.read.{read}.show()\n"), &[], &["s3://b/x"]).is_empty(), "{read}");
        }
    }

    #[test]
    fn a_path_lies_within_another_by_whole_names() {
        assert!(is_within("s3://b/x", "s3://b/x/") && is_within("s3://b/x/y", "s3://b/x"));
        assert!(!is_within("s3://b/xy", "s3://b/x") && !is_within("s3://b/x/../y", "s3://b/x"));
    }
}
