//! BUILTIN: nothing that runs text as code, opens files, or reaches behind Python's own names.

use python_source::Meaning;

use crate::{finding::RuleFindings, frame::argument, subject::Subject};

pub(super) const FINDS: &str = "`eval`, `exec`, `compile`, `open`, `__import__`, `globals`, attributes such as `__class__`, `getattr` with a name that is no literal";

/// Functions of Python that no checked program needs. To name one is enough: it may be called later.
const REFUSED: [&str; 13] = [
    "eval",
    "exec",
    "compile",
    "open",
    "__import__",
    "input",
    "breakpoint",
    "globals",
    "locals",
    "vars",
    "memoryview",
    "__builtins__",
    "__loader__",
];

/// They take the name of an attribute as their second argument.
const BY_NAME: [&str; 3] = ["getattr", "setattr", "delattr"];

/// Attributes of this form that tell nothing.
const HARMLESS: [&str; 8] =
    ["__name__", "__doc__", "__version__", "__init__", "__len__", "__str__", "__repr__", "__post_init__"];

pub(super) fn check(subject: &Subject<'_>, found: &mut RuleFindings<'_>) {
    for (_, node) in subject.resolved.nodes() {
        match &node.meaning {
            Meaning::Global(name) if REFUSED.contains(&name.as_str()) => {
                let message = format!("{name} is not for a checked program.");
                found.add(node.range.clone(), message, "Write what it would do.");
            }
            Meaning::Attribute { name, .. } if is_dunder(name) && !HARMLESS.contains(&name.as_str()) => {
                let name = subject.redactor.text(name);
                let message = format!("The attribute {name} reaches behind Python's own names.");
                found.add(node.range.clone(), message, "Use the object's public methods.");
            }
            Meaning::Call { of, arguments } => {
                let by_name = |id| match subject.resolved.meaning(id) {
                    Meaning::Global(name) => BY_NAME.contains(&name.as_str()),
                    _ => false,
                };
                let name = argument(arguments, 1, &[]).and_then(|id| subject.resolved.texts(id));
                if subject.resolved.values(*of).into_iter().any(by_name) && name.is_none() {
                    let message = "It cannot be said which attribute this is.".to_owned();
                    found.add(node.range.clone(), message, "Give the attribute's name as a literal.");
                }
            }
            Meaning::Imported(path) if path == "builtins" || path.starts_with("builtins.") => {}
            _ => {}
        }
    }
}

fn is_dunder(name: &str) -> bool {
    name.len() > 4 && name.starts_with("__") && name.ends_with("__")
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::codes;

    #[test]
    fn what_runs_text_or_opens_files_is_refused() {
        assert_eq!(codes("eval('1')\n"), ["BUILTIN:1"]);
        assert_eq!(codes("e = exec\nprint(1)\ne('x')\n"), ["BUILTIN:1"]);
        assert_eq!(codes("with open('x') as f: pass\n"), ["BUILTIN:1"]);
        assert_eq!(codes("().__class__.__bases__[0].__subclasses__()\n"), ["BUILTIN:1"; 3]);
        assert_eq!(codes("getattr(spark, name)\n"), ["BUILTIN:1"]);
        assert_eq!(codes("list(map(eval, ['1']))\n"), ["BUILTIN:1"]);
    }

    #[test]
    fn other_uses_of_these_words_are_not() {
        assert!(codes("def eval(x): return x\nprint(eval(1))\nprint('eval', {'open': 1})\n").is_empty());
        assert!(codes("import re\nre.compile('x')\nif __name__ == '__main__':\n    print(1)\n").is_empty());
        assert!(
            codes("class A:\n    def __init__(self):\n        super().__init__()\nprint(getattr(A, 'x', None))\n")
                .is_empty()
        );
    }
}
