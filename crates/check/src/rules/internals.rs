//! INTERNALS: nothing behind Spark's public methods.

use python_source::Meaning;

use crate::{finding::RuleFindings, kinds::Kinds, subject::Subject};

pub(super) const FINDS: &str =
    "`_jvm`, `_jdf`, `_client`, `sparkContext`, `rdd`, `sc`, `addArtifact`, `addPyFile`, `addFile`";

const FIX: &str = "Use the methods of sessions and DataFrames.";

/// Attributes that only Spark's objects have.
const OF_SPARK_ALONE: [&str; 9] =
    ["_jvm", "_jdf", "_jsparkSession", "_jsc", "_gateway", "_jmap", "_jseq", "addArtifact", "addArtifacts"];

/// Attributes that others have as well.
const OF_SPARKS_OBJECTS: [&str; 12] = [
    "_client",
    "client",
    "_sc",
    "sparkContext",
    "rdd",
    "addPyFile",
    "addFile",
    "addTag",
    "_session",
    "_plan",
    "copyFromLocalToFs",
    "dataSource",
];

pub(super) fn check(subject: &Subject<'_>, found: &mut RuleFindings<'_>) {
    for (_, node) in subject.resolved.nodes() {
        let name = match &node.meaning {
            Meaning::Attribute { name, .. } if OF_SPARK_ALONE.contains(&name.as_str()) => name,
            Meaning::Attribute { of, name }
                if OF_SPARKS_OBJECTS.contains(&name.as_str()) && name != "addTag" && is_sparks(subject.kinds(*of)) =>
            {
                name
            }
            Meaning::Global(name) if matches!(name.as_str(), "sc" | "sqlContext") => name,
            _ => continue,
        };
        found.add(node.range.clone(), format!("{name} is behind Spark's public methods."), FIX);
    }
}

fn is_sparks(kinds: Kinds) -> bool {
    kinds.has(Kinds::SESSION.or(Kinds::ANY_FRAME).or(Kinds::GROUPED).or(Kinds::READER).or(Kinds::WRITER))
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::codes;

    #[test]
    fn what_is_behind_sparks_methods_is_refused() {
        assert_eq!(codes("spark._jvm.java.lang.System.exit(0)\n"), ["INTERNALS:1"]);
        assert_eq!(codes("s = spark\nc = s.sparkContext\n"), ["INTERNALS:2"]);
        assert_eq!(codes("sc.textFile('x')\n"), ["INTERNALS:1"]);
        assert_eq!(codes("def f(x):\n    x.addArtifacts('a.py', pyfile=True)\nf(spark)\n"), ["INTERNALS:2"]);
        assert_eq!(codes("spark.range(3).rdd.map(print).collect()\n"), ["INTERNALS:1"]);
        assert_eq!(codes("getattr(spark, '_cli' + 'ent')\n"), ["INTERNALS:1"]);
    }

    #[test]
    fn the_programs_own_names_are_not() {
        assert!(codes("sc = 3\nprint(sc)\n").is_empty());
        assert!(codes("class A:\n    def f(self):\n        return self._client\nprint('sparkContext')\n").is_empty());
        assert!(codes("spark.range(3).select('rdd').show()\n").is_empty());
    }
}
