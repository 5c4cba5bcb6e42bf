//! Verdicts of whole programs, and the limits.

use crate::{
    Answer, Chosen, Explained, Failure, MAX_BYTES, MAX_FINDINGS, StatementEffect, TooLarge, Verdict, python, sql,
};

fn verdict(source: &str) -> Verdict {
    python(source, &Chosen::default()).ok().unwrap().report().verdict
}

fn explained(
    source: &str,
    effect: StatementEffect,
    failure: Option<Failure>,
) -> (Verdict, Vec<(String, usize, usize)>) {
    let mut checked = python(source, &Chosen::default()).ok().unwrap();
    let answers = checked
        .statements
        .iter()
        .map(|_| Answer::Explained(Explained { effect: effect.clone(), failure: failure.clone() }));
    let answers: Vec<_> = answers.collect();
    checked.explained(answers);
    let report = checked.report();
    (report.verdict, report.findings.into_iter().map(|f| (f.code, f.line, f.column)).collect())
}

#[test]
fn the_worst_finding_decides() {
    assert_eq!(verdict("print(1)\n"), Verdict::Passes);
    assert_eq!(verdict("spark.sql('SELECT 1').show()\n"), Verdict::Unproven);
    assert_eq!(verdict("x = (\n"), Verdict::Fails);
    assert_eq!(verdict("import os\nx = (\n"), Verdict::Refused);
    assert_eq!(verdict("spark.table('t').select('a').show()\n"), Verdict::Unproven);
}

#[test]
fn a_program_passes_only_if_spark_was_asked_about_all_of_it() {
    let query = "spark.sql('SELECT 1').show()\n";
    assert_eq!(explained(query, StatementEffect::Query, None), (Verdict::Passes, vec![]));
    let frame = "spark.sql('SELECT 1 AS a').select('b').show()\n";
    assert_eq!(explained(frame, StatementEffect::Query, None).0, Verdict::Unproven);
    let mut none = python(query, &Chosen::default()).ok().unwrap();
    none.explained([Answer::None("nobody answers".to_owned())]);
    assert_eq!(none.report().verdict, Verdict::Unproven);
}

#[test]
fn a_table_function_is_never_passed_over() {
    for source in [
        "from pyspark.sql.functions import udtf\nudtf(Rows, returnType='a int')().show()\n",
        "import pyspark.sql.functions as F\n@F.udtf(returnType='a int')\nclass Rows:\n    pass\nRows().show()\n",
    ] {
        let mut checked = python(source, &Chosen::default()).ok().unwrap();
        assert!(checked.wants_rehearsal(), "{source}");
        checked.explained([]);
        assert_eq!(checked.report().verdict, Verdict::Unproven, "{source}");
    }
}

#[test]
fn sparks_error_stands_at_its_place_in_the_program() {
    let failure = Failure {
        class: Some("UNRESOLVED_COLUMN.WITH_SUGGESTION".into()),
        message: "x".into(),
        position: Some((2, 3)),
    };
    let source = "q = '''SELECT a,\n   bb FROM t'''\nspark.sql(q).show()\n";
    let found = explained(source, StatementEffect::Query, Some(failure.clone()));
    assert_eq!(found, (Verdict::Fails, vec![("UNRESOLVED_COLUMN.WITH_SUGGESTION".to_owned(), 2, 4)]));
    let own = "spark.range(3).createOrReplaceTempView('t')\nspark.sql('SELECT * FROM t').show()\n";
    let missing = Failure { class: Some("TABLE_OR_VIEW_NOT_FOUND".into()), ..failure.clone() };
    assert_eq!(explained(own, StatementEffect::Query, Some(missing)).0, Verdict::Unproven);
    let syntax = Failure { class: Some("PARSE_SYNTAX_ERROR".into()), ..failure };
    assert_eq!(explained(own, StatementEffect::Unknown, Some(syntax)).0, Verdict::Fails);
}

#[test]
fn an_effect_is_named_and_unproven() {
    let effect = StatementEffect::Changes { plan: "DropTable".into(), target: Some("db.t".into()) };
    let (verdict, found) = explained("spark.sql('DROP TABLE db.t')\n", effect, None);
    assert_eq!((verdict, found), (Verdict::Unproven, vec![("EFFECT".to_owned(), 1, 12)]));
}

#[test]
fn a_file_of_sql_has_statements() {
    let checked = sql("SELECT 1;\n\nDROP TABLE t;\n", &Chosen::default()).ok().unwrap();
    assert_eq!(checked.statements.iter().map(|s| s.text.as_str()).collect::<Vec<_>>(), ["SELECT 1", "DROP TABLE t"]);
    assert_eq!(checked.report().verdict, Verdict::Unproven);
}

#[test]
fn a_program_does_not_decide_how_much_we_use() {
    assert_eq!(python(&" ".repeat(MAX_BYTES + 1), &Chosen::default()).err(), Some(TooLarge));
    assert!(python(&" ".repeat(MAX_BYTES), &Chosen::default()).is_ok());
    let many = python(&"eval\n".repeat(MAX_FINDINGS + 5), &Chosen::default()).ok().unwrap().report();
    assert_eq!((many.findings.len(), many.findings.last().unwrap().code.as_str()), (MAX_FINDINGS + 1, "MORE"));
    let last = format!("{}import os\n", "spark.sql(x)\n".repeat(MAX_FINDINGS + 5));
    assert_eq!(verdict(&last), Verdict::Refused);
    let numbered: String = (0..150).map(|at| format!("spark.sql('SELECT {at}')\n")).collect();
    let statements = python(&numbered, &Chosen::default()).ok().unwrap();
    assert_eq!(statements.statements.len(), 150);
    let long = format!("spark.sql('SELECT {}').show()\n", "1".repeat(70_000));
    assert!(python(&long, &Chosen::default()).ok().unwrap().statements.iter().all(|s| s.not_asked().is_some()));
    assert_eq!(verdict(&format!("x = {}1{}\n", "(".repeat(150_000), ")".repeat(100_000))), Verdict::Fails);
}

#[test]
fn a_literal_that_is_run_often_is_one_statement() {
    let statements = |source: &str| {
        let checked = python(source, &Chosen::default()).ok().unwrap();
        checked.statements.iter().map(|s| (s.text.clone(), s.has_arguments)).collect::<Vec<_>>()
    };
    let one = [("SELECT 1".to_owned(), false)];
    assert_eq!(statements("q = 'SELECT 1'\nspark.sql(q)\nspark.sql(q)\ns = spark.sql\ns(q)\n"), one);
    let function = "def f(s, n):\n    s.sql('SELECT 1').limit(n).show()\nf(spark, 1)\nf(spark, 2)\n";
    assert_eq!(statements(function), one);
    let both = "q = 'SELECT 1'\nspark.sql(q)\nspark.sql(q, {'a': 1})\nspark.range(3).where(q)\n";
    assert_eq!(statements(both), [one.as_slice(), &[("SELECT 1".to_owned(), true)]].concat());
    let other = "def f(s, n):\n    s.sql(f'SELECT {n}').show()\nf(spark, 'a')\nf(spark, 'b')\n";
    assert_eq!(statements(other).len(), 2);
}

#[test]
fn whatever_is_checked_ends_soon() {
    let query = format!("q = '''SELECT {}'''\n", "a, ".repeat(40 << 10));
    for piece in ["spark.sql(q)\n", "spark.sql(q).collect()\n", "s(q)\n", "spark.table(q)\n", "df.where(q)\n"] {
        let source = format!("{query}s = spark.sql\ndf = spark.range(3)\n{}", piece.repeat((120 << 10) / piece.len()));
        let checked = python(&source, &Chosen { tables: vec!["a".into()], paths: vec![] }).ok().unwrap();
        let bytes: usize = checked.statements.iter().map(|statement| statement.text.len()).sum();
        assert!(bytes <= MAX_BYTES, "{bytes} bytes of statements");
        drop(checked.report());
    }
    let paths = format!("{query}spark.read.csv([{}]).show()\n", "q,".repeat(60 << 10));
    let codes = python(&paths, &Chosen::default()).ok().unwrap().report().findings;
    assert!(codes.iter().any(|finding| finding.code == "PARTIAL"));
    for piece in [
        "spark.sql('SELECT * FROM a, b')\n",
        "df = df.a().b()\n",
        "if a:\n    x = spark\n",
        "x = x + 'aaaaaaaa'\n",
        "\"\"\"",
        "'\\",
        "df.write.mode('overwrite').save('s3://b/x')\n",
        "f = lambda x: x\n",
        "spark.read.csv('s3://b/x')\n",
    ] {
        let source = piece.repeat(MAX_BYTES / piece.len());
        let checked = python(&source, &Chosen { tables: vec!["a".into()], paths: vec!["s3://b/x".into()] });
        drop(checked.ok().unwrap().report());
    }
}
