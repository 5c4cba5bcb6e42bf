//! SOURCE_FOREIGN: nothing is read but what the person has chosen.

use std::ops::Range;

use super::source_used::is_within;
use crate::{
    finding::RuleFindings,
    frame::Place,
    names::{is_same, normal},
    subject::Subject,
    verdict::Verdict,
};

pub(super) const FINDS: &str = "with `--table` or `--path`: anything else that is read";

const FIX: &str = "Read only what was chosen, or choose this too.";

pub(super) fn check(subject: &Subject<'_>, found: &mut RuleFindings<'_>) {
    if subject.chosen.is_empty() {
        return;
    }
    let own = subject.own_names();
    let is_chosen = |name: &str| subject.chosen.tables.iter().any(|table| is_same(&normal(table), name));
    let mut foreign: Vec<(String, Range<usize>)> = Vec::new();
    for (sql, table) in subject.sql_tables() {
        if !is_chosen(&table.name) && !own.has(&table.name) {
            foreign.push((table.name.clone(), sql.place(table.at)));
        }
    }
    for read in subject.reads() {
        let Some(name) = read.name else {
            let message = "It cannot be said what is read here.".to_owned();
            found.add_as(Verdict::Unproven, read.range, message, "Give the name as a literal.");
            continue;
        };
        let is_foreign = match read.place {
            Place::Table => !is_chosen(&normal(&name)) && !own.has(&name),
            Place::Path => !subject.chosen.paths.iter().any(|path| is_within(&name, path)) && !own.has(&name),
        };
        if is_foreign {
            foreign.push((name, read.range));
        }
    }
    for (name, range) in foreign {
        found.add(range, format!("{} was not chosen to be read.", subject.redactor.text(&name)), FIX);
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::with;

    #[test]
    fn what_was_not_chosen_is_refused_where_it_is_named() {
        let source = "spark.sql('''SELECT *\nFROM db.t\nJOIN db.u USING (id)''').show()\n";
        assert_eq!(with(source, &["db.t"], &[]), ["SOURCE_FOREIGN:3"]);
        let source = "spark.read.csv('s3://b/x').show()\nspark.read.csv('s3://b/xy').show()\n";
        assert_eq!(with(source, &[], &["s3://b/x"]), ["SOURCE_FOREIGN:2"]);
        let source = "t = input_name\nspark.table('db.t').show()\nspark.table(t).show()\n";
        assert_eq!(with(source, &["db.t"], &[]), ["SOURCE_FOREIGN:3"]);
    }

    #[test]
    fn the_programs_own_views_and_common_table_expressions_are_not_foreign() {
        let source = "spark.table('db.t').createOrReplaceTempView('v')\nspark.sql('WITH x AS (SELECT * FROM v) SELECT * FROM x').show()\n";
        assert!(with(source, &["db.t"], &[]).is_empty());
        assert!(with("spark.table('db.u').show()\n", &[], &[]).is_empty());
    }
}
