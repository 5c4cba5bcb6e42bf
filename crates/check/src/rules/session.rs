//! SESSION: the program uses the session that it is given, not one of another cluster.

use python_source::Meaning;

use crate::{finding::RuleFindings, kinds::Kinds, subject::Subject};

pub(super) const FINDS: &str =
    "a session of another cluster: `builder.master(…)`, `builder.remote(…)`, `SparkContext(…)`";

const FIX: &str = "Use `spark`, or SparkSession.builder.getOrCreate() without master and remote.";

/// Settings of a builder that choose the cluster.
const CHOOSING: [&str; 4] = ["spark.master", "spark.remote", "spark.jars", "spark.plugins"];

/// Classes that make a connection of their own.
const CONTEXTS: [&str; 6] = [
    "pyspark.SparkContext",
    "pyspark.context.SparkContext",
    "pyspark.core.context.SparkContext",
    "pyspark.sql.SQLContext",
    "pyspark.sql.HiveContext",
    "pyspark.streaming.StreamingContext",
];

pub(super) fn check(subject: &Subject<'_>, found: &mut RuleFindings<'_>) {
    for method in subject.methods() {
        if !subject.kinds(method.of).has(Kinds::BUILDER) {
            continue;
        }
        let chooses = CHOOSING.iter().any(|key| subject.is_text(method.arguments, 0, key));
        if matches!(method.name, "master" | "remote" | "channelBuilder") || (method.name == "config" && chooses) {
            let message = format!("builder.{}() chooses another cluster than the person's.", method.name);
            found.add(method.range, message, FIX);
        }
    }
    for (id, node) in subject.resolved.nodes() {
        if matches!(node.meaning, Meaning::Imported(_) | Meaning::Attribute { .. })
            && let Some(path) = subject.path(id)
            && CONTEXTS.contains(&path.as_str())
        {
            found.add(node.range.clone(), format!("{path} is a connection of its own to Spark."), FIX);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::codes;

    #[test]
    fn a_session_of_another_cluster_is_refused_whatever_it_is_called() {
        assert_eq!(
            codes("from pyspark.sql import SparkSession as S\ns = S.builder.master('local').getOrCreate()\n"),
            ["SESSION:2"]
        );
        assert_eq!(
            codes("import pyspark.sql as q\nb = q.SparkSession.builder\nb.remote('sc://x').create()\n"),
            ["SESSION:3"]
        );
        assert_eq!(
            codes("from pyspark.sql import SparkSession\nSparkSession.builder.config('spark.master', 'x')\n"),
            ["SESSION:2"]
        );
        assert_eq!(codes("from pyspark import SparkContext\n"), ["SESSION:1"]);
    }

    #[test]
    fn the_given_session_is_not() {
        let own = "from pyspark.sql import SparkSession\nspark = SparkSession.builder.appName('master').config('spark.sql.x', 1).getOrCreate()\nspark.sql('SELECT 1').show()\n";
        assert!(codes(own).is_empty());
        assert!(codes("class B:\n    def master(self, x): pass\nB().master('local')\nprint(1)\n").is_empty());
    }
}
