//! Where data may come from in a rehearsal: the same as by the rules on the program, whose texts may not be known.

use std::collections::HashMap;

use check::{Chosen, Verdict};

use crate::plan::Refusal;

type Allowed = Result<(), Refusal>;

/// Formats of files; any other one may be a class of its own that Spark would load.
const FORMATS: [&str; 10] = ["parquet", "orc", "csv", "json", "text", "avro", "xml", "delta", "iceberg", "hudi"];

pub(crate) fn format(name: &str) -> Allowed {
    if FORMATS.contains(&name) {
        return Ok(());
    }
    Err(Refusal::new("FORMAT", format!("The format {name} is not rehearsed: it may leave the cluster's storage.")))
}

pub(crate) fn path(path: &str) -> Allowed {
    let plain = path.trim();
    let climbs = plain.split(['/', '\\']).any(|part| part == "..");
    // Two slashes are one, and a pattern may stand for any folder.
    let tidy = plain.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
    let tidy = if plain.starts_with('/') { format!("/{tidy}") } else { plain.to_owned() };
    let first = tidy.split('/').find(|part| !part.is_empty()).unwrap_or_default();
    let is_pattern = !tidy.contains("://") && first.contains(['*', '?', '[', '{']);
    if climbs || is_pattern || check::leaves_storage(&tidy) {
        return Err(Refusal::new("FORMAT", format!("{plain} is not rehearsed: it may leave the cluster's storage.")));
    }
    Ok(())
}

/// Options reach Hadoop's configuration, which has addresses and keys.
pub(crate) fn options(options: &HashMap<String, String>) -> Allowed {
    let reaches = |key: &&String| {
        let key = key.to_lowercase();
        key.contains("fs.") || key.starts_with("spark.") || key.starts_with("hadoop.") || key == "url"
    };
    match options.keys().find(reaches) {
        Some(key) => Err(Refusal::new("FORMAT", format!("The option {key} is not rehearsed."))),
        None => Ok(()),
    }
}

/// A table, or ``csv.`/path` ``.
pub(crate) fn table(name: &str) -> Allowed {
    match name.split_once('.') {
        Some((first, rest)) if rest.contains(['/', ':']) => {
            let first = first.replace('`', "").trim().to_lowercase();
            format(&first)?;
            if matches!(first.as_str(), "json" | "xml") {
                return Err(Refusal::new("INFERENCE", "A schema is not inferred in a rehearsal."));
            }
            path(rest.trim().trim_matches('`'))
        }
        _ => Ok(()),
    }
}

/// SQL by the rules on the program.
pub(crate) fn sql(text: &str) -> Allowed {
    let Ok(checked) = check::sql(text, &Chosen::default()) else {
        return Err(Refusal::new("NOT_REHEARSED", "The statement is too long."));
    };
    let refused = checked.report().findings.into_iter().find(|finding| finding.effect == Verdict::Refused);
    match refused {
        Some(finding) => Err(Refusal::new(code(&finding.code), finding.message)),
        None => Ok(()),
    }
}

fn code(code: &str) -> &'static str {
    check::RULES.iter().find(|rule| rule.code == code).map_or("NOT_REHEARSED", |rule| rule.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leads_out_of_the_clusters_storage_is_refused_however_it_is_written() {
        for out in ["/etc/passwd", "//etc/passwd", " FILE:///x", "/a/../etc/x", "../x", "/e*c/passwd", "/{etc}/x"] {
            assert!(path(out).is_err(), "{out}");
        }
        for fine in ["s3a://bucket/a/*/b", "/warehouse/t", "data/sales", "hdfs://n/x"] {
            assert_eq!(path(fine), Ok(()), "{fine}");
        }
    }

    #[test]
    fn what_sql_must_not_do_is_refused_in_texts_that_only_the_rehearsal_knows() {
        assert_eq!(sql("SELECT REFLECT('java.lang.System', 'exit', 1)").unwrap_err().code, "SQLFUNC");
        assert_eq!(sql("SELECT * FROM text.`/etc/passwd`").unwrap_err().code, "FORMAT");
        assert_eq!(sql("SELECT 1"), Ok(()));
        assert!(table("csv.`/etc/passwd`").is_err() && table("db.t").is_ok() && table("jdbc.`x:y`").is_err());
        let option = HashMap::from([("fs.s3a.endpoint".to_owned(), "http://x".to_owned())]);
        assert!(options(&option).is_err());
    }
}
