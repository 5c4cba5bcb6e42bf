//! WRITE_TARGET: what the program writes, and that it does not write over what it reads.

use crate::{
    finding::RuleFindings,
    frame::Access,
    names::{is_same, normal},
    rules::source_used::is_within,
    subject::Subject,
    verdict::Verdict,
};

pub(super) const FINDS: &str = "names each table and path that is written; fails if it is overwritten while it is read, refuses to write to what was chosen to be read, unproven if the target is no literal";

pub(super) fn check(subject: &Subject<'_>, found: &mut RuleFindings<'_>) {
    let reads = subject.reads();
    let of_sql = subject.sql_tables();
    for write in subject.writes() {
        let Some(target) = &write.name else {
            let message = "It cannot be said what is written here.".to_owned();
            found.add_as(Verdict::Unproven, write.range, message, "Give the target as a literal.");
            continue;
        };
        let shown = subject.redactor.text(target);
        let overwrites = write.mode.as_deref().is_some_and(|mode| mode.eq_ignore_ascii_case("overwrite"));
        let is_read = reads.iter().any(|read| is_target(read, target))
            || of_sql.iter().any(|(sql, table)| sql.is_statement && is_same(&table.name, &normal(target)));
        let is_chosen = subject.chosen.tables.iter().any(|table| is_same(&normal(table), &normal(target)))
            || subject.chosen.paths.iter().any(|path| is_within(target, path));
        if is_chosen {
            let message = format!("{shown} was chosen to be read, and the program writes to it.");
            found.add_as(Verdict::Refused, write.range, message, "Write somewhere else.");
        } else if overwrites && is_read {
            let message = format!("{shown} is overwritten while it is read.");
            found.add_as(Verdict::Fails, write.range, message, "Write somewhere else, then replace it.");
        } else {
            let how = if overwrites { "Overwrites" } else { "Writes" };
            found.add(write.range, format!("{how} {shown}."), "Nothing to do if that is meant.");
        }
    }
}

fn is_target(read: &Access, target: &str) -> bool {
    let name = read.name.as_deref();
    name.is_some_and(|name| is_same(&normal(name), &normal(target)) || (name.contains('/') && is_within(name, target)))
}

#[cfg(test)]
mod tests {
    use crate::{
        Chosen, Verdict, python,
        rules::testing::{codes, with},
    };

    fn effect(source: &str) -> Option<Verdict> {
        let report = python(source, &Chosen::default()).ok().unwrap().report();
        report.findings.iter().find(|finding| finding.code == "WRITE_TARGET").map(|finding| finding.effect)
    }

    #[test]
    fn a_target_is_named_and_judged() {
        assert_eq!(effect("spark.range(3).write.parquet('s3://b/o')\n"), Some(Verdict::Passes));
        assert_eq!(effect("spark.range(3).write.saveAsTable(name)\n"), Some(Verdict::Unproven));
        assert_eq!(
            effect("w = spark.table('db.t').write\nw.mode('overwrite').saveAsTable('db.t')\n"),
            Some(Verdict::Fails)
        );
        assert_eq!(
            effect("spark.read.csv('s3://b/x/y').write.csv('s3://b/x', mode='overwrite')\n"),
            Some(Verdict::Fails)
        );
        assert_eq!(effect("spark.table('db.t').write.mode('append').saveAsTable('db.t')\n"), Some(Verdict::Passes));
        assert_eq!(effect("spark.table('db.t').writeTo('db.u').append()\n"), Some(Verdict::Passes));
        let chosen = with("spark.table('db.t').write.insertInto('db.t')\n", &["db.t"], &[]);
        assert_eq!(chosen, ["WRITE_TARGET:1"]);
    }

    #[test]
    fn other_files_and_methods_are_no_target() {
        assert!(codes("class A:\n    def save(self, x): pass\nA().save('x')\nprint('write')\n").is_empty());
    }
}
