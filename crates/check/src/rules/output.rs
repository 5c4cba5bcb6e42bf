//! OUTPUT: the program shows, returns or writes something.

use python_source::Meaning;

use crate::{finding::RuleFindings, kinds::Kinds, subject::Subject};

pub(super) const FINDS: &str = "a program that reads by Spark and neither shows nor writes nor collects anything: DataFrames alone compute nothing";

/// Methods that make Spark compute.
const ACTIONS: [&str; 15] = [
    "show",
    "collect",
    "toPandas",
    "toArrow",
    "toLocalIterator",
    "count",
    "first",
    "head",
    "take",
    "tail",
    "isEmpty",
    "printSchema",
    "explain",
    "foreach",
    "foreachPartition",
];

pub(super) fn check(subject: &Subject<'_>, found: &mut RuleFindings<'_>) {
    if subject.program.is_none() || !subject.dynamic_sql.is_empty() || !subject.resolved.uncalled.is_empty() {
        return;
    }
    let frames = |id| subject.kinds(id).has(Kinds::ANY_FRAME);
    let mut first = None;
    for (id, node) in subject.resolved.nodes() {
        if matches!(node.meaning, Meaning::Call { .. }) && frames(id) {
            first.get_or_insert(node.range.clone());
        }
        if let Meaning::Call { of, arguments } = &node.meaning {
            // A function that is unknown may do anything with a DataFrame.
            let is_method =
                matches!(subject.resolved.meaning(*of), Meaning::Attribute { of, .. } if subject.kinds(*of).is_spark());
            if !is_method && arguments.iter().any(|argument| frames(argument.value)) {
                return;
            }
            if matches!(subject.resolved.meaning(*of), Meaning::Global(name) if name == "print" || name == "display") {
                return;
            }
        }
    }
    let acts = subject.methods().any(|method| {
        let kinds = subject.kinds(method.of);
        (kinds.has(Kinds::ANY_FRAME) && ACTIONS.contains(&method.name))
            || (!kinds.is_spark() && ACTIONS.contains(&method.name))
    });
    let shown = subject.resolved.shown.iter().any(|shown| shown.last && frames(shown.value));
    let changes = subject.sql().iter().filter(|sql| sql.is_statement).any(|sql| {
        let tokens = sql.tokens();
        !tokens.first().is_some_and(|first| first.is_any(&["select", "with", "from", "values", "table"]))
    });
    let writes = !subject.writes().is_empty()
        || subject
            .methods()
            .any(|method| subject.kinds(method.of).has(Kinds::WRITER.or(Kinds::WRITER_V2)) && method.name != "format");
    let Some(first) = first else { return };
    let views = subject.methods().any(|method| method.name.ends_with("TempView"));
    if !acts && !shown && !changes && !writes && !views {
        let message = "The program shows, collects and writes nothing, so Spark computes nothing.".to_owned();
        found.add(first, message, "End it with show(), or write the result.");
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::codes;

    #[test]
    fn dataframes_alone_compute_nothing() {
        assert_eq!(codes("df = spark.table('t')\nd = df.filter('a > 1')\n"), ["OUTPUT:1"]);
        assert_eq!(codes("x = spark.sql('SELECT 1')\n# x.show()\n"), ["OUTPUT:1"]);
    }

    #[test]
    fn whatever_shows_or_writes_is_enough() {
        for end in
            ["df.show()", "df", "df.write.save('s3://b/x')", "print(df.count())", "display(df)", "r = df.collect()"]
        {
            let found = codes(&format!("df = spark.table('t').limit(3)\n{end}\n"));
            assert!(!found.iter().any(|code| code.starts_with("OUTPUT")), "{end}: {found:?}");
        }
        assert!(codes("def load():\n    return spark.table('t')\n").is_empty());
        assert!(codes("x = 1\n").is_empty());
        assert!(codes("spark.sql('DROP TABLE t')\n").is_empty());
    }
}
