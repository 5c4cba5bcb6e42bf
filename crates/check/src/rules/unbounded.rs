//! UNBOUNDED: a whole table is brought to the program.

use crate::{
    finding::RuleFindings,
    kinds::Kinds,
    subject::{SqlText, Subject},
};

pub(super) const FINDS: &str =
    "`collect`, `toPandas` and `toArrow` without a limit or an aggregate before them: a warning";

const BRINGING: [&str; 4] = ["collect", "toPandas", "toArrow", "toLocalIterator"];

pub(super) fn check(subject: &Subject<'_>, found: &mut RuleFindings<'_>) {
    // Each text is read once, however often it is run.
    let bounded: Vec<bool> = subject.sql().iter().map(is_bounded).collect();
    for method in subject.methods() {
        if !BRINGING.contains(&method.name) || !subject.kinds(method.of).has(Kinds::FRAME) {
            continue;
        }
        // A chain that begins with SQL is as bounded as its statement.
        let chain = subject.chain(method.of);
        let sql = chain.last().filter(|link| link.name == "sql");
        let statement = sql.and_then(|link| subject.sql_of_call(&link.range));
        let is_bounded = statement.and_then(|at| bounded.get(at).copied()).unwrap_or(false);
        if !is_bounded {
            let message = format!("{}() brings all rows to the program.", method.name);
            found.add(method.range, message, "Use limit(n) or an aggregate before it.");
        }
    }
}

fn is_bounded(sql: &SqlText) -> bool {
    let words = ["limit", "count", "sum", "avg", "min", "max", "show", "describe"];
    sql.tokens().iter().any(|token| token.is_any(&words))
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::codes;

    #[test]
    fn all_rows_of_a_table_are_a_warning() {
        assert_eq!(codes("df = spark.table('t').filter('a > 1')\nrows = df.collect()\n"), ["UNBOUNDED:2"]);
        assert_eq!(codes("spark.sql('SELECT * FROM t').toPandas()\n"), ["UNBOUNDED:1"]);
    }

    #[test]
    fn few_rows_are_not() {
        assert!(codes("spark.table('t').limit(5).select('a').collect()\n").is_empty());
        assert!(codes("spark.table('t').groupBy('a').count().toPandas()\n").is_empty());
        assert!(codes("spark.sql('SELECT count(*) FROM t').collect()\n").is_empty());
        assert!(codes("class A:\n    def collect(self): pass\nA().collect()\n").is_empty());
    }
}
