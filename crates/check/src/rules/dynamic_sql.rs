//! DYNAMIC_SQL: statements that are known only when the program runs.

use crate::{finding::RuleFindings, subject::Subject};

pub(super) const FINDS: &str = "`sql` with a text that is no literal, or on an object that is unknown";

pub(super) fn check(subject: &Subject<'_>, found: &mut RuleFindings<'_>) {
    for call in &subject.dynamic_sql {
        let message = "The statement is known only when the program runs.".to_owned();
        found.add(
            call.clone(),
            message,
            "Give it as a literal, and values as parameters: spark.sql(\"… :x\", {\"x\": 1}).",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::codes;

    #[test]
    fn a_statement_that_is_no_literal_is_unproven() {
        assert_eq!(codes("spark.sql(f'SELECT * FROM {name}').show()\n"), ["DYNAMIC_SQL:1"]);
        assert_eq!(codes("q = 'SELECT %s' % x\nspark.sql(q).show()\n"), ["DYNAMIC_SQL:2"]);
        assert_eq!(codes("def f(s):\n    s.sql('DROP TABLE t')\n"), ["DYNAMIC_SQL:2"]);
        assert_eq!(codes("spark.sql('SELECT * FROM {df}', df=spark.range(3)).show()\n"), ["DYNAMIC_SQL:1"]);
    }

    #[test]
    fn one_that_is_put_together_from_literals_is_not() {
        assert!(codes("t = 'db.t'\nspark.sql(f'SELECT a FROM {t} ' + 'WHERE b > 1').show()\n").is_empty());
        assert!(codes("import pandas as pd\npd.io.sql('x')\n").is_empty());
        assert!(codes("def f(spark):\n    spark.sql('SELECT 1').show()\nf(spark)\n").is_empty());
    }
}
