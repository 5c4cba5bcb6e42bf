//! SQLFUNC: no functions of SQL that call Java, and no scripts.

use python_source::Meaning;

use crate::{
    finding::RuleFindings,
    sql_text::{Token, TokenKind},
    subject::Subject,
};

pub(super) const FINDS: &str = "`reflect`, `try_reflect` and `java_method`, in SQL, in expressions and as functions, and scripts of `TRANSFORM … USING`";

const FIX: &str = "Use a function of Spark's own.";

const REFUSED: [&str; 3] = ["reflect", "try_reflect", "java_method"];

pub(super) fn check(subject: &Subject<'_>, found: &mut RuleFindings<'_>) {
    for sql in subject.sql() {
        let tokens = sql.tokens();
        for (at, token) in tokens.iter().enumerate() {
            let name = token.name().unwrap_or_default();
            let called = tokens.get(at + 1).is_some_and(|token| token.is_sign('('));
            let makes_one = token.is("function")
                && tokens.first().is_some_and(|first| first.is("create"))
                && tokens.iter().any(|token| token.is("using") || token.is("as"))
                && !tokens.iter().any(|token| token.is("return") || token.is("returns"));
            // Elsewhere a name or a bracket follows the word; values of `EXECUTE IMMEDIATE` are never explained.
            let is_text = |token: &Token<'_>| matches!(token.kind, TokenKind::Text(_));
            if token.is("using") && tokens.get(at + 1).is_some_and(is_text) {
                let message = "The statement runs a script on the cluster's machines.".to_owned();
                found.add(sql.place(token.range.start), message, FIX);
            } else if makes_one || (called && REFUSED.contains(&name.to_lowercase().as_str())) {
                let message = if makes_one {
                    "The statement makes a function of Java.".to_owned()
                } else {
                    format!("{} calls any method of Java.", name.to_lowercase())
                };
                found.add(sql.place(token.range.start), message, FIX);
            }
        }
    }
    for (id, node) in subject.resolved.nodes() {
        match &node.meaning {
            Meaning::Attribute { .. } | Meaning::Imported(_) => {
                let path = subject.path(id).unwrap_or_default();
                let name = path.rsplit('.').next().unwrap_or_default();
                if path.contains("sql.functions.") && REFUSED.contains(&name) {
                    found.add(node.range.clone(), format!("{name} calls any method of Java."), FIX);
                }
            }
            Meaning::Call { of, arguments } => {
                let path = subject.path(*of).unwrap_or_default();
                let by_name = path.ends_with("sql.functions.call_function") || path.ends_with("sql.functions.call_udf");
                if by_name && REFUSED.iter().any(|name| subject.is_text(arguments, 0, name)) {
                    found.add(node.range.clone(), "The function calls any method of Java.".to_owned(), FIX);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::{codes, of_sql};

    #[test]
    fn functions_that_call_java_are_refused_wherever_they_stand() {
        assert_eq!(codes("spark.sql('''SELECT\n reflect('a', 'b')''').show()\n"), ["SQLFUNC:2"]);
        assert_eq!(
            codes("from pyspark.sql import functions as F\nspark.range(1).select(F.expr('java_method(1)')).show()\n"),
            ["SQLFUNC:2"]
        );
        assert_eq!(codes("spark.range(1).selectExpr('id', 'Reflect (1)').show()\n"), ["SQLFUNC:1"]);
        assert_eq!(
            codes("from pyspark.sql.functions import java_method as j\nspark.range(1).select(j()).show()\n"),
            ["SQLFUNC:1"]
        );
        assert_eq!(
            codes("import pyspark.sql.functions as f\nspark.range(1).select(f.call_function('reflect')).show()\n"),
            ["SQLFUNC:2"]
        );
        assert_eq!(of_sql("SELECT 1;\nSELECT `reflect`('a');\n"), ["SQLFUNC:2"]);
        assert_eq!(of_sql("CREATE FUNCTION f AS 'a.B'"), ["SQLFUNC:1"]);
    }

    #[test]
    fn a_script_is_refused_and_other_uses_of_the_word_are_not() {
        assert_eq!(of_sql("SELECT TRANSFORM(a) USING 'cat' AS (b STRING) FROM t"), ["SQLFUNC:1"]);
        assert_eq!(of_sql("FROM t\nMAP a, b\nUSING \"awk\" AS c"), ["SQLFUNC:3"]);
        assert!(of_sql("SELECT transform(a, x -> x) FROM t JOIN u USING (id)").is_empty());
    }

    #[test]
    fn these_words_alone_are_not() {
        assert!(codes("spark.sql(\"SELECT 'reflect(1)', reflect FROM t -- java_method(1)\").show()\n").is_empty());
        assert!(codes("def reflect(x): return x\nprint(reflect(1))\n").is_empty());
    }
}
