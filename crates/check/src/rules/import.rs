//! IMPORT: only modules that compute.

use python_source::Meaning;

use crate::{finding::RuleFindings, subject::Subject, verdict::Verdict};

pub(super) const FINDS: &str =
    "a module that is not on the list: `pyspark.sql`, `pyspark.ml`, pandas, numpy, modules of Python that only compute";

const FIX: &str = "Leave it out; read and write by Spark.";

/// Modules of Python that neither open files nor start programs nor talk to a network.
const PURE: [&str; 42] = [
    "__future__",
    "abc",
    "array",
    "base64",
    "binascii",
    "bisect",
    "calendar",
    "cmath",
    "collections",
    "colorsys",
    "contextlib",
    "copy",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "enum",
    "fractions",
    "functools",
    "graphlib",
    "hashlib",
    "heapq",
    "hmac",
    "html",
    "itertools",
    "json",
    "keyword",
    "locale",
    "math",
    "numbers",
    "operator",
    "random",
    "re",
    "statistics",
    "string",
    "textwrap",
    "time",
    "typing",
    "unicodedata",
    "uuid",
    "warnings",
    "zoneinfo",
];

/// Those of others.
const OTHERS: [&str; 3] = ["numpy", "pandas", "pprint"];

/// Parts of PySpark.
const OF_SPARK: [&str; 7] = [
    "pyspark.sql",
    "pyspark.ml",
    "pyspark.pandas",
    "pyspark.errors",
    "pyspark.storagelevel",
    "pyspark.StorageLevel",
    "pyspark.Row",
];

/// Modules that an allowed one has among its attributes, as `dataclasses.sys`.
const HIDDEN: [&str; 18] = [
    "os",
    "sys",
    "subprocess",
    "builtins",
    "importlib",
    "socket",
    "io",
    "shutil",
    "pathlib",
    "ctypes",
    "inspect",
    "threading",
    "multiprocessing",
    "codecs",
    "py4j",
    "urllib",
    "pickle",
    "tempfile",
];

pub(super) fn check(subject: &Subject<'_>, found: &mut RuleFindings<'_>) {
    for import in &subject.resolved.imports {
        if !is_allowed(&import.path) {
            let name = subject.redactor.text(import.path.strip_suffix(".*").unwrap_or(&import.path));
            found.add(import.range.clone(), format!("{name} is not a module that a checked program may import."), FIX);
        } else if import.path.ends_with(".*") && !import.path.starts_with("pyspark.sql") {
            let message = "It cannot be said what the star imports.".to_owned();
            found.add_as(Verdict::Unproven, import.range.clone(), message, "Import the names that are used.");
        }
    }
    for (_, node) in subject.resolved.nodes() {
        let Meaning::Attribute { of, name } = &node.meaning else { continue };
        let name_of_module = name.trim_start_matches('_');
        if HIDDEN.contains(&name_of_module)
            && let Some(path) = subject.path(*of)
            && !(name == "io" && path.starts_with("pandas"))
        {
            found.add(node.range.clone(), format!("{path}.{name} is the module {name_of_module}."), FIX);
        }
    }
}

fn is_allowed(path: &str) -> bool {
    let first = path.split('.').next().unwrap_or_default();
    let hidden = path.split('.').any(|part| HIDDEN.contains(&part.trim_start_matches('_')));
    let within = |module: &str| path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let spark = path == "pyspark" || OF_SPARK.iter().any(|module| within(module));
    // SESSION judges the context.
    let context = path == "pyspark.SparkContext";
    !hidden && (context || spark || PURE.contains(&first) || OTHERS.contains(&first))
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::codes;

    #[test]
    fn a_module_that_does_more_than_compute_is_refused() {
        assert_eq!(codes("import os\n"), ["IMPORT:1"]);
        assert_eq!(codes("import json, subprocess as json\n"), ["IMPORT:1"]);
        assert_eq!(codes("def f():\n    from urllib import request\n"), ["IMPORT:2"]);
        assert_eq!(codes("from . import mine\n"), ["IMPORT:1"]);
        assert_eq!(codes("from pandas.io.common import os\n"), ["IMPORT:1"]);
        assert_eq!(codes("import dataclasses as d\nd.sys.modules\n"), ["IMPORT:2"]);
        assert_eq!(codes("from random import _os\n"), ["IMPORT:1"]);
        assert_eq!(codes("import pyspark.core.context\n"), ["IMPORT:1"]);
    }

    #[test]
    fn one_that_computes_is_not() {
        assert!(codes("import math, json as j, datetime\nfrom pyspark.sql import functions as F, Window\nimport pandas as pd\nprint(j.dumps(1))\n").is_empty());
        assert!(
            codes("from pyspark.sql.functions import *\n# import os\nprint('import os')\nx = {'os': 1}\n").is_empty()
        );
        assert!(codes("from pyspark.ml.feature import VectorAssembler\n").is_empty());
    }
}
