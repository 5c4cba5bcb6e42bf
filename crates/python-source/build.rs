//! Makes a Rust table of gitleaks' rules, so that the program needs no parser for their file.

use std::{env, error::Error, fmt::Write, fs, path::Path};

use serde::Deserialize;

const RULES: &str = "gitleaks/gitleaks.toml";
/// It takes each value of ten characters for a secret that follows a name such as `token_count`. The syntax tree knows
/// the names of a program better, so its own rules decide.
const BY_NAME: &str = "generic-api-key";

#[derive(Deserialize)]
struct File {
    allowlist: Allowlist,
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    id: String,
    regex: Option<String>,
    /// Which files it is for; none that a notebook could be.
    path: Option<String>,
    #[serde(default)]
    entropy: f64,
    #[serde(default, rename = "secretGroup")]
    secret_group: usize,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    allowlists: Vec<Allowlist>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Allowlist {
    /// `AND`: all its conditions must be met, with its paths.
    condition: Option<String>,
    regex_target: Option<String>,
    #[serde(default)]
    regexes: Vec<String>,
    #[serde(default)]
    stopwords: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={RULES}");
    println!("cargo::rerun-if-changed=build.rs");
    let file: File = toml::from_str(&fs::read_to_string(RULES)?)?;
    let mut table = String::new();
    writeln!(table, "static ALLOWED: Allowed = {};", allowed(&file.allowlist)?)?;
    writeln!(table, "static RULES: &[Rule] = &[")?;
    for rule in &file.rules {
        let (Some(regex), None) = (&rule.regex, &rule.path) else { continue };
        if rule.id == BY_NAME {
            continue;
        }
        let of_all_files = rule.allowlists.iter().filter(|list| list.condition.as_deref() != Some("AND"));
        let lists = of_all_files.map(allowed).collect::<Result<Vec<_>, _>>()?;
        writeln!(
            table,
            "Rule {{ kind: {:?}, pattern: {:?}, group: {}, entropy: {:?}, keywords: &{:?}, allowed: &[{}] }},",
            rule.id.replace('-', "_"),
            rust_pattern(regex),
            rule.secret_group,
            rule.entropy,
            rule.keywords,
            lists.join(", "),
        )?;
    }
    writeln!(table, "];")?;
    #[expect(clippy::disallowed_methods, reason = "Cargo says in its environment where a build script writes")]
    let folder = env::var("OUT_DIR")?;
    Ok(fs::write(Path::new(&folder).join("gitleaks.rs"), table)?)
}

fn allowed(list: &Allowlist) -> Result<String, String> {
    if let Some(target) = list.regex_target.as_deref().filter(|target| *target != "secret") {
        return Err(format!("an allowlist compares with the {target} instead of the secret"));
    }
    let patterns: Vec<_> = list.regexes.iter().map(|pattern| rust_pattern(pattern)).collect();
    Ok(format!("Allowed {{ patterns: &{patterns:?}, stop_words: &{:?} }}", list.stopwords))
}

/// Go takes a `{` that begins no repetition for itself, Rust must have it escaped.
fn rust_pattern(go: &str) -> String {
    let mut pattern = String::new();
    let (mut rest, mut in_class) = (go, false);
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '\\' => 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
            _ => first.len_utf8(),
        };
        in_class = if in_class { first != ']' } else { first == '[' };
        if first == '{' && !in_class && !is_repetition(rest) {
            pattern.push('\\');
        }
        let (this, after) = rest.split_at(taken);
        pattern.push_str(this);
        rest = after;
    }
    pattern
}

fn is_repetition(text: &str) -> bool {
    let inside = text.strip_prefix('{').and_then(|text| text.split_once('}'));
    inside.is_some_and(|(count, _)| {
        count.starts_with(|char: char| char.is_ascii_digit())
            && count.chars().all(|char| char.is_ascii_digit() || char == ',')
    })
}
