//! Where a program does something with Spark that its names do not say.

use std::{collections::HashSet, ops::Range};

use python_source::{Argument, Meaning, NodeId};

use crate::{kinds::Kinds, subject::Subject};

/// Properties of sessions and DataFrames. A file's `read` and `write` are called, and Spark's are not.
const PROPERTIES: [&str; 5] = ["read", "readStream", "write", "writeStream", "sparkContext"];

/// Methods of sessions, readers and DataFrames.
const METHODS: [&str; 2] = ["table", "writeTo"];

/// Functions of Python that return nothing of their arguments, and those that show a DataFrame.
const HARMLESS: [&str; 9] = ["print", "display", "len", "isinstance", "issubclass", "hasattr", "str", "repr", "id"];

/// Attributes of sessions that are values.
const VALUES: [&str; 1] = ["version"];

/// What the names of a program say of each of its expressions.
struct Origins {
    /// Surely none of Spark's: a literal, or something of a module or of a file.
    familiar: Vec<bool>,
    /// Begins with something of `pyspark`, such as `F.broadcast` or `LinearRegression().fit`.
    of_pyspark: Vec<bool>,
}

/// How the expressions of a program are used.
#[derive(Default)]
struct Uses<'a> {
    called: HashSet<NodeId>,
    looked_into: HashSet<NodeId>,
    /// Names of the program's own functions and methods.
    defined: HashSet<&'a str>,
}

impl Subject<'_> {
    /// The first place where what may be Spark's is used as Spark's, or where something of Spark's is given to a
    /// function that cannot be followed.
    pub(crate) fn first_unfollowed(&self) -> Option<Range<usize>> {
        let (origins, uses) = (self.origins(), self.uses());
        let is_unfollowed = |id: NodeId, meaning: &Meaning| match meaning {
            Meaning::Attribute { of, name } => {
                let looks_like_sparks = match name.as_str() {
                    name if PROPERTIES.contains(&name) => !uses.called.contains(&id) || uses.looked_into.contains(&id),
                    name if METHODS.contains(&name) => uses.called.contains(&id),
                    _ => false,
                };
                looks_like_sparks
                    && !self.kinds(*of).is_spark()
                    && !is(&origins.familiar, *of)
                    && !uses.defined.contains(name.as_str())
            }
            Meaning::Call { of, arguments } => {
                let mut called = self.resolved.values(*of).into_iter();
                arguments.iter().any(|argument| self.gives_sparks(argument.value))
                    && !called.all(|called| self.is_followed(called, arguments, &origins))
            }
            _ => false,
        };
        let mut nodes = self.resolved.nodes();
        nodes.find(|(id, node)| is_unfollowed(*id, &node.meaning)).map(|(_, node)| node.range.clone())
    }

    fn origins(&self) -> Origins {
        let (mut familiar, mut of_pyspark) = (Vec::new(), Vec::new());
        for (id, node) in self.resolved.nodes() {
            let is_familiar = match &node.meaning {
                Meaning::Text { .. } | Meaning::Template | Meaning::Constant(_) => true,
                Meaning::Imported(path) => !is_pyspark(path),
                Meaning::Global(name) => name == "open",
                Meaning::List(items) => items.iter().all(|item| is(&familiar, *item)),
                Meaning::Dict(items) => items.iter().all(|(_, value)| is(&familiar, *value)),
                Meaning::Any(values) => values.iter().all(|value| is(&familiar, *value)),
                Meaning::Attribute { of, .. } | Meaning::Call { of, .. } | Meaning::Item { of, .. } => {
                    is(&familiar, *of)
                }
                Meaning::Unknown | Meaning::Parameter { .. } | Meaning::Defined(_) => false,
            };
            familiar.push(is_familiar || self.kinds(id) == Kinds::LOCAL);
            of_pyspark.push(match &node.meaning {
                Meaning::Imported(path) => is_pyspark(path),
                Meaning::Attribute { of, .. } | Meaning::Call { of, .. } => is(&of_pyspark, *of),
                _ => false,
            });
        }
        Origins { familiar, of_pyspark }
    }

    fn uses(&self) -> Uses<'_> {
        let mut uses = Uses::default();
        for (_, node) in self.resolved.nodes() {
            match &node.meaning {
                Meaning::Call { of, .. } => uses.called.extend(self.resolved.values(*of)),
                Meaning::Attribute { of, .. } => uses.looked_into.extend(self.resolved.values(*of)),
                Meaning::Defined(name) => {
                    uses.defined.insert(name);
                }
                _ => {}
            }
        }
        uses
    }

    /// Whether it is known what a function does with what it is given.
    fn is_followed(&self, called: NodeId, arguments: &[Argument], origins: &Origins) -> bool {
        // The call of one name stands for the attribute, and BUILTIN refuses one that is unknown.
        let has_several = |name: &Argument| self.resolved.texts(name.value).is_some_and(|names| names.len() > 1);
        match self.resolved.meaning(called) {
            Meaning::Defined(_) => true,
            Meaning::Global(name) if name == "getattr" => !arguments.get(1).is_some_and(has_several),
            Meaning::Global(name) => HARMLESS.contains(&name.as_str()),
            Meaning::Attribute { of, .. } => self.kinds(*of).is_spark() || is(&origins.of_pyspark, *of),
            _ => is(&origins.of_pyspark, called),
        }
    }

    /// Whether a value is Spark's, has something of Spark's in it, or is a method of a session.
    fn gives_sparks(&self, id: NodeId) -> bool {
        let kinds = self.kinds(id).or(self.held(id));
        let is_method = matches!(self.resolved.meaning(id), Meaning::Attribute { of, name }
            if self.kinds(*of).has(Kinds::SESSION) && !VALUES.contains(&name.as_str()));
        is_method || (kinds.is_spark() && kinds != Kinds::LOCAL)
    }
}

fn is(flags: &[bool], id: NodeId) -> bool {
    flags.get(id.index()).copied().unwrap_or(false)
}

fn is_pyspark(path: &str) -> bool {
    path.split('.').next() == Some("pyspark")
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::codes;

    #[test]
    fn elements_are_what_their_list_holds() {
        for element in ["[spark][0]", "{'a': spark}['a']", "[[spark]][0][0]", "(1, spark)[x]"] {
            assert_eq!(codes(&format!("{element}.read.format('jdbc').load().show()\n")), ["FORMAT:1"], "{element}");
        }
        assert_eq!(codes("a, *b = 1, spark\nb[0].sparkContext\n"), ["INTERNALS:2"]);
        assert_eq!(
            codes("df = spark.table('t')\ndf[df.a > 1].write.format('jdbc').save()\n").first().unwrap(),
            "FORMAT:2"
        );
        assert!(codes("df = spark.table('t')\ndf.select(df['rdd']['a'].alias('b')).show()\n").is_empty());
    }

    #[test]
    fn what_cannot_be_followed_but_may_be_sparks_is_unproven() {
        for source in [
            "import operator\noperator.attrgetter('_jvm')(spark)\n",
            "import copy\ncopy.copy(spark)\n",
            "list(map(spark.sql, ['DROP TABLE t']))\n",
            "next(iter([[spark]]))\n",
            "(lambda s: s)(spark)\n",
            "def load(s):\n    return s.read.format('jdbc').load()\n",
            "[s for s in [spark]][0].read.format('jdbc')\n",
            "x = y.sparkContext\n",
            "getattr(spark, 'read' if x else 'version')\n",
            "r = f().read\nr()\nr.format('jdbc')\n",
            "f().table('db.t')\n",
            "from pyspark.sql import functions as F\nF.broadcast(spark.range(1)).write.format('jdbc')\n",
        ] {
            let found = codes(source);
            assert!(found.iter().any(|code| code.starts_with("PARTIAL")), "{source}: {found:?}");
        }
    }

    #[test]
    fn ordinary_files_modules_and_classes_are_followed() {
        for source in [
            "with f() as file:\n    text = file.read()\n    file.write(text)\n",
            "import sys\nwrite = sys.stdout.write\nwrite('a')\n",
            "import math\nx = math.read\n",
            "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.table([[1]])\n",
            "class A:\n    def table(self):\n        return 1\nprint(A().table())\n",
            "rows = spark.range(3).limit(1).collect()\nfor row in rows:\n    print(row.read, row['write'])\nprint(rows[0].table)\n",
            "import pandas as pd\np = spark.range(3).limit(1).toPandas()\nprint(pd.concat([p, p]))\n",
            "df = spark.range(3)\ndf.join(df, 'id').union(df).show()\nprint(len([df]), isinstance(df, int))\n",
            "def f(s, t):\n    return s.table(t)\nf(spark, 'db.t').show()\n",
            "from pyspark.ml.feature import VectorAssembler\nv = VectorAssembler(inputCols=['id'])\nv.transform(spark.range(3)).show()\n",
            "import os.path\nprint('a'.read, f'{1}'.write)\n",
        ] {
            let found = codes(source);
            assert!(!found.iter().any(|code| code.starts_with("PARTIAL")), "{source}: {found:?}");
        }
    }
}
