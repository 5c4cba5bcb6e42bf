//! Names are followed, and what cannot be followed is said to be unknown.

use super::{MAX_NODES, Meaning, NodeId, Resolved};
use crate::{Program, Version};

fn resolved(text: &str) -> Resolved {
    let program = Program::cell(text, Version { minor: 12 });
    assert!(program.syntax_errors().is_empty(), "{:?}", program.syntax_errors());
    program.resolved()
}

/// An expression as a path, such as `spark.sql()`.
fn path(resolved: &Resolved, id: NodeId) -> String {
    match resolved.meaning(id) {
        Meaning::Imported(path) => path.clone(),
        Meaning::Global(name) | Meaning::Parameter { name, .. } => name.clone(),
        Meaning::Attribute { of, name } => format!("{}.{name}", path(resolved, *of)),
        Meaning::Call { of, .. } => format!("{}()", path(resolved, *of)),
        Meaning::Any(of) => of.iter().map(|id| path(resolved, *id)).collect::<Vec<_>>().join("|"),
        Meaning::Text { value, .. } => format!("'{value}'"),
        Meaning::Defined(name) => format!("def {name}"),
        _ => "?".to_owned(),
    }
}

/// The last call of `see`, and the path of its argument.
fn see(text: &str) -> String {
    let found = resolved(text);
    let seen = found.nodes().filter_map(|(_, node)| match &node.meaning {
        Meaning::Call { of, arguments } if *found.meaning(*of) == Meaning::Global("see".to_owned()) => {
            arguments.first().map(|argument| path(&found, argument.value))
        }
        _ => None,
    });
    seen.last().unwrap_or_default()
}

#[test]
fn imports_and_aliases_are_followed() {
    assert_eq!(see("import pyspark.sql.functions as F\nsee(F.col)"), "pyspark.sql.functions.col");
    assert_eq!(see("from pyspark.sql import functions as F\nsee(F.expr('x'))"), "pyspark.sql.functions.expr()");
    assert_eq!(see("import a.b\nsee(a.b.c)"), "a.b.c");
    assert_eq!(see("s = spark\nt = s\nsee(t.sql)"), "spark.sql");
    assert_eq!(see("q = spark.sql\nsee(q('x'))"), "spark.sql()");
    assert_eq!(see("a, b = spark, 1\nsee(a)"), "spark");
    assert_eq!(
        see("class A:\n    def __init__(self):\n        self.s = spark\n    def f(self):\n        see(self.s)"),
        "spark"
    );
    assert_eq!(see("see(getattr(spark, 're' + 'ad'))"), "spark.read");
    assert_eq!(see("with spark as s:\n    see(s)"), "spark");
}

#[test]
fn a_name_with_several_values_is_one_of_them() {
    assert_eq!(see("s = spark\nif x:\n    s = other\nsee(s)"), "spark|other");
    assert_eq!(see("if x:\n    s = spark\nelse:\n    s = other\nsee(s)"), "spark|other");
    assert_eq!(see("for t in ['a', 'b']:\n    see(t)"), "'a'|'b'");
    assert_eq!(see("s = spark\ns = 1\nsee(s)"), "?");
    assert_eq!(see("spark = 1\nsee(spark)"), "?");
}

#[test]
fn a_functions_body_is_followed_with_its_arguments() {
    assert_eq!(see("def f(s, t='a'):\n    see(s.table(t))\nf(spark)"), "spark.table()");
    assert_eq!(see("def f():\n    return spark\nsee(f())"), "spark");
    assert_eq!(see("def f(s):\n    see(s)"), "s");
    assert_eq!(see("def f(s):\n    f(s)\n    see(s)\nf(spark)"), "spark");
    assert_eq!(see("f = lambda s: see(s)\n"), "s");
    assert_eq!(resolved("def f(): pass\ndef g(): pass\ng()\n").uncalled, ["f"]);
}

#[test]
fn texts_are_put_together_and_know_where_they_stand() {
    assert_eq!(see("t = 'a'\nsee(f'{t}b' + 'c')"), "'abc'");
    assert_eq!(see("see(f'{x}b')"), "?");
    let found = resolved("a = 'x\\ty'\nb = r'x\\y'\nc = \"\"\"x\n y\"\"\"\nd = 'a' 'b'\n");
    let verbatim = found.nodes().filter_map(|(_, node)| match &node.meaning {
        Meaning::Text { verbatim, .. } => Some(verbatim.clone()),
        _ => None,
    });
    assert_eq!(verbatim.collect::<Vec<_>>(), [None, Some(17..20), Some(29..33), None]);
}

#[test]
fn what_a_program_holds_does_not_decide_how_much_we_use() {
    let doubled = format!("x = 'aaaaaaaaaaaaaaaa'\n{}see(x)\n", "x = x + x\n".repeat(60));
    assert_eq!(see(&doubled), "?");
    let calls: String =
        (0..40).map(|at| format!("def f{at}(a):\n    f{0}(a)\n    f{0}(1)\n    f{0}(2)\n", at + 1)).collect();
    let found = resolved(&format!("{calls}f0(spark)\n"));
    assert!(found.partial.is_some() && found.nodes().count() < 2_000);
    assert!(resolved(&format!("x = {}1{}\n", "(".repeat(150), ")".repeat(150))).partial.is_none());
    let deep = format!("x = df{}\n", ".a(1)".repeat(240));
    assert!(resolved(&deep).partial.is_some());
    let branches = format!("x = 0\n{}", (0..40).map(|at| format!("if a:\n    x = f{at}\n")).collect::<String>());
    assert!(resolved(&branches).partial.is_some());
    let found = resolved(&"f(1)\n".repeat(MAX_NODES / 2));
    assert!(found.partial.is_some() && found.nodes().count() <= MAX_NODES);
}

/// Functions that each define the next one and call it three times; the innermost has this body.
fn nested(innermost: &str) -> String {
    let indent = |level: usize| " ".repeat(level);
    let defined: String = (0..8).map(|level| format!("{}def f{level}(a):\n", indent(level))).collect();
    let body: String = innermost.lines().map(|line| format!("{}{line}\n", indent(8))).collect();
    let calls = (0..8).rev().map(|level| format!("{0}f{level}(1)\n{0}f{level}(2)\n{0}f{level}(3)\n", indent(level)));
    format!("{defined}{body}{}", calls.collect::<String>())
}

#[test]
fn functions_that_define_functions_again_are_not_followed_for_ever() {
    let steps = nested(&"pass\n".repeat(20_000));
    let found = resolved(&steps);
    assert!(found.partial.is_some(), "each of 6561 runs has 20,000 statements");
    let found = resolved(&nested(&format!("x = '{}'\n", "a".repeat(100_000))));
    let kept: usize = found
        .nodes()
        .map(|(_, node)| if let Meaning::Text { value, .. } = &node.meaning { value.len() } else { 0 })
        .sum();
    assert!(found.partial.is_some() && kept < 64 << 20, "{kept} bytes of texts");
}

#[test]
fn a_large_ordinary_program_has_enough_steps() {
    let function = "def f{}(t, n):\n    df = spark.table(t).where('a > 1').select('a', 'b', 'c')\n    if n:\n        df = df.limit(n)\n    return df\n";
    let functions: String = (0..900).map(|at| function.replace("{}", &at.to_string())).collect();
    let calls: String = (0..900).map(|at| format!("f{at}('db.t', 1)\nf{at}('db.u', 2)\n")).collect();
    assert!(resolved(&format!("{functions}{calls}")).partial.is_none());
}

#[test]
fn the_last_expression_is_what_a_notebook_shows() {
    let shown = |text: &str| resolved(text).shown.iter().map(|shown| shown.last).collect::<Vec<_>>();
    assert_eq!(shown("f(1)\ng(2)\n"), [false, true]);
    assert_eq!(shown("f(1)\nx = 2\n"), [false]);
}
