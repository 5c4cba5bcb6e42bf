//! FORMAT: data of the cluster's own storage, no databases, queues, web pages and files of the machine.

use python_source::Meaning;

use crate::{
    finding::RuleFindings, frame::argument, kinds::Kinds, sql_text::TokenKind, subject::Subject, verdict::Verdict,
};

pub(super) const FINDS: &str = "formats that leave the cluster's storage (`jdbc`, `kafka`, …), `file:` and `http:`, files of the machine (`/etc/…`), readers of pandas";

const FIX: &str = "Read and write tables, or files of the cluster's storage.";

const ALLOWED: [&str; 16] = [
    "parquet",
    "csv",
    "json",
    "orc",
    "text",
    "avro",
    "xml",
    "binaryfile",
    "delta",
    "iceberg",
    "hudi",
    "noop",
    "console",
    "memory",
    "rate",
    "sequencefile",
];

/// Words before a name in backticks, and after `USING`, that are formats of their own.
const REFUSED: [&str; 7] = ["jdbc", "kafka", "socket", "hive", "mongodb", "redshift", "bigquery"];

const SCHEMES: [&str; 8] = ["file:", "http:", "https:", "ftp:", "jar:", "local:", "jdbc:", "sftp:"];

/// Folders of a machine, which is Spark's own if its default file system is local.
const OF_THE_MACHINE: [&str; 8] = ["/etc/", "/proc/", "/sys/", "/root/", "/dev/", "/var/run/", "/run/", "/home/"];

/// Readers of pandas that are no readers of files.
const OF_VALUES: [&str; 2] = ["read_clipboard_", "read_only"];

pub(super) fn check(subject: &Subject<'_>, found: &mut RuleFindings<'_>) {
    for method in subject.methods() {
        let kinds = subject.kinds(method.of);
        if !kinds.has(Kinds::READER.or(Kinds::WRITER).or(Kinds::WRITER_V2)) {
            continue;
        }
        let format = match method.name {
            "format" | "using" => argument(method.arguments, 0, &["source", "provider"]),
            "load" | "save" | "saveAsTable" | "start" => argument(method.arguments, 99, &["format"]),
            "jdbc" => {
                found.add(method.range, "jdbc leaves the cluster's storage.".to_owned(), FIX);
                continue;
            }
            _ => None,
        };
        let Some(format) = format else { continue };
        match subject.resolved.texts(format) {
            None => {
                let message = "It cannot be said which format this is.".to_owned();
                found.add_as(Verdict::Unproven, method.range, message, "Give the format as a literal.");
            }
            Some(formats) => {
                for (_, format) in formats.iter().filter(|(_, of)| !ALLOWED.contains(&of.to_lowercase().as_str())) {
                    let message = format!("The format {} leaves the cluster's storage.", subject.redactor.text(format));
                    found.add(method.range.clone(), message, FIX);
                }
            }
        }
    }
    for access in subject.reads().into_iter().chain(subject.writes()) {
        if let Some(name) = access.name.filter(|name| is_refused(name)) {
            let message = format!("{} is not in the cluster's storage.", subject.redactor.text(&name));
            found.add(access.range, message, FIX);
        }
    }
    in_sql(subject, found);
    pandas(subject, found);
}

/// Whether a path leads out of the cluster's storage: another scheme, or a folder of the machine.
#[must_use]
pub fn leaves_storage(path: &str) -> bool {
    is_refused(path)
}

fn is_refused(path: &str) -> bool {
    let path = path.trim().to_lowercase();
    SCHEMES.iter().any(|scheme| path.starts_with(scheme))
        || OF_THE_MACHINE.iter().any(|folder| path.starts_with(folder))
}

/// `USING jdbc`, ``text.`/etc/passwd` ``, `LOCATION 'file:/…'`, `OPTIONS (path 'file:/…')`.
fn in_sql(subject: &Subject<'_>, found: &mut RuleFindings<'_>) {
    for sql in subject.sql().iter().filter(|sql| sql.is_statement) {
        let tokens = sql.tokens();
        for (at, token) in tokens.iter().enumerate() {
            let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
            let path = match token.kind {
                TokenKind::Name(name) if before(1).is_some_and(|token| token.is_sign('.')) => Some(name),
                TokenKind::Text(text)
                    if before(1)
                        .is_some_and(|token| token.is_any(&["location", "path", "directory", "jar", "file"])) =>
                {
                    Some(text)
                }
                TokenKind::Text(text) if before(2).is_some_and(|token| token.is("path")) => Some(text),
                TokenKind::Text(text)
                    if matches!(before(2).map(|token| token.kind), Some(TokenKind::Text("path" | "url"))) =>
                {
                    Some(text)
                }
                _ => None,
            };
            let is_format = token.name().is_some_and(|name| REFUSED.contains(&name.to_lowercase().as_str()))
                && (before(1).is_some_and(|token| token.is("using"))
                    || (tokens.get(at + 1).is_some_and(|token| token.is_sign('.'))
                        && matches!(tokens.get(at + 2).map(|token| token.kind), Some(TokenKind::Name(_)))));
            if is_format || path.is_some_and(is_refused) {
                let what = subject.redactor.text(token.name().or(path).unwrap_or_default());
                found.add(sql.place(token.range.start), format!("{what} is not in the cluster's storage."), FIX);
            }
        }
    }
}

/// pandas reads where the program runs, not where Spark does.
fn pandas(subject: &Subject<'_>, found: &mut RuleFindings<'_>) {
    for (id, node) in subject.resolved.nodes() {
        if !matches!(node.meaning, Meaning::Attribute { .. } | Meaning::Imported(_)) {
            continue;
        }
        let Some(path) = subject.path(id) else { continue };
        let name = path.rsplit('.').next().unwrap_or_default();
        let of_pandas = path.starts_with("pandas.") && name.starts_with("read_") && !OF_VALUES.contains(&name);
        let of_numpy = matches!(path.as_str(), "numpy.load" | "numpy.fromfile" | "numpy.loadtxt" | "numpy.genfromtxt");
        if of_pandas || of_numpy {
            let message = format!("{path} reads where the program runs, not where Spark does.");
            found.add(node.range.clone(), message, "Read it by spark.read.");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing::codes;

    #[test]
    fn what_leaves_the_clusters_storage_is_refused() {
        assert_eq!(codes("r = spark.read\nr.format('jdbc').load().show()\n"), ["FORMAT:2"]);
        assert_eq!(codes("f = 'kaf' + 'ka'\nspark.readStream.format(f).load()\n"), ["FORMAT:2"]);
        assert_eq!(codes("spark.read.text('file:/etc/passwd').show()\n"), ["FORMAT:1"]);
        assert_eq!(codes("spark.read.text('/etc/passwd').show()\n"), ["FORMAT:1"]);
        assert_eq!(codes("spark.sql('SELECT * FROM text.`/etc/passwd`').show()\n"), ["FORMAT:1"]);
        assert_eq!(codes("spark.sql('CREATE TEMP VIEW v\\nUSING jdbc OPTIONS (url \"x\")')\n"), ["FORMAT:1"]);
        assert_eq!(codes("import pandas as p\np.read_pickle('x')\n"), ["FORMAT:2"]);
        assert_eq!(codes("spark.range(1).write.jdbc('jdbc:x', 't')\n"), ["FORMAT:1"]);
    }

    #[test]
    fn what_cannot_be_said_is_unproven_and_the_rest_passes() {
        assert_eq!(codes("spark.read.format(f()).load('s3://b/x').show()\n"), ["FORMAT:1"]);
        assert!(codes("spark.read.format('CSV').load('s3://b/x').show()\n").is_empty());
        assert!(codes("spark.sql(\"SELECT 'file:/x', `http` FROM jdbc\").show()\n").is_empty());
        assert!(codes("import datetime\nprint('{}'.format('jdbc'))\n").is_empty());
    }
}
