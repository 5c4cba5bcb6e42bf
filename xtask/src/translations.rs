//! `cargo xtask translations`: updates the translators' files, and the JSON that JupyterLab reads.
//!
//! The texts come from the sources. Each language is one `.po` file. The wheel contains the JSON.

use std::{
    collections::BTreeSet,
    fs,
    io::BufWriter,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use polib::{
    catalog::Catalog,
    message::{Message, MessageView},
    metadata::CatalogMetadata,
    po_file,
};
use serde_json::{Map, Value, json};

use crate::paths;

#[path = "../../frontend-wasm/kit/src/i18n/messages.rs"]
#[expect(dead_code, reason = "only the texts are of interest here")]
mod messages;

/// JupyterLab's name for the set of our texts.
const DOMAIN: &str = "berdl_spark_monitor";

/// One text to translate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Text {
    context: Option<String>,
    one: String,
    other: Option<String>,
    /// The source file that contains it.
    source: String,
}

/// Writes the template and updates every language: new texts get an empty translation, and old ones are removed.
pub fn update() -> Result<()> {
    let texts = texts()?;
    write(&catalog(&texts, None, ""), &template())?;
    for file in languages()? {
        let old = po_file::parse(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let language = old.metadata.language.clone();
        let new = catalog(&texts, Some(&old), &language);
        write(&new, &file)?;
        println!("    {language}: {} of {} texts translated", count(&new), texts.len());
    }
    compile()
}

/// Writes the list of texts as a module beside the WebAssembly. The shell translates it and passes it on.
pub fn list(folder: &Path) -> Result<()> {
    let texts: Vec<_> =
        messages::texts().map(|text| json!({ "one": text.one, "other": text.other, "names": text.names })).collect();
    fs::write(folder.join("texts.js"), format!("export const TEXTS = {};\n", Value::from(texts)))?;
    let types = "export interface Text { one: string; other: string | null; names: string[] }\n\
                 export declare const TEXTS: Text[];\n";
    Ok(fs::write(folder.join("texts.d.ts"), types)?)
}

/// Problems in the template or a language, for example missing translations.
pub fn problems() -> Result<Vec<String>> {
    let texts = texts()?;
    let mut problems = Vec::new();
    if fs::read_to_string(template()).unwrap_or_default() != rendered(&catalog(&texts, None, ""))? {
        problems.push(format!("{DOMAIN}.pot: not the sources' texts; run cargo xtask translations"));
    }
    for file in languages()? {
        let catalog = po_file::parse(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let language = &catalog.metadata.language;
        for text in &texts {
            match find(&catalog, text) {
                Some(message) if message.is_translated() && !message.is_fuzzy() => {
                    let known = [names(&text.one), names(text.other.as_ref().unwrap_or(&text.one))];
                    let wrong = forms(message).into_iter().find(|form| !known.contains(&names(form)));
                    problems.extend(wrong.map(|form| format!("{language}: other values in {form:?}")));
                }
                _ => problems.push(format!("{language}: not translated: {:?}", text.one)),
            }
        }
        if catalog.count() > texts.len() {
            problems.push(format!("{language}: translates what nobody says; run cargo xtask translations"));
        }
    }
    Ok(problems)
}

/// Writes the JSON that JupyterLab reads, beside each language's `.po` file.
pub fn compile() -> Result<()> {
    for file in languages()? {
        let catalog = po_file::parse(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let mut json = Map::new();
        let metadata = &catalog.metadata;
        let head = json!({
            "domain": DOMAIN,
            "language": metadata.language.replace('_', "-"),
            "plural_forms": metadata.plural_rules.dump(),
            "version": env!("CARGO_PKG_VERSION"),
        });
        json.insert(String::new(), head);
        for message in catalog.messages().filter(|message| message.is_translated() && !message.is_fuzzy()) {
            let id = message.msgid();
            let key = message.msgctxt().map_or_else(|| id.to_owned(), |context| format!("{context}\u{4}{id}"));
            json.insert(key, forms(message).into_iter().map(Value::from).collect());
        }
        fs::write(file.with_extension("json"), serde_json::to_vec(&json)?)?;
    }
    Ok(())
}

fn folder() -> PathBuf {
    paths::root().join("python").join(DOMAIN).join("locale")
}

fn template() -> PathBuf {
    folder().join(format!("{DOMAIN}.pot"))
}

fn languages() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder())? {
        let file = entry?.path().join("LC_MESSAGES").join(format!("{DOMAIN}.po"));
        if file.is_file() {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

fn catalog(texts: &[Text], old: Option<&Catalog>, language: &str) -> Catalog {
    let mut metadata = CatalogMetadata::new();
    metadata.project_id_version = DOMAIN.to_owned();
    metadata.mime_version = "1.0".to_owned();
    metadata.content_type = "text/plain; charset=UTF-8".to_owned();
    metadata.content_transfer_encoding = "8bit".to_owned();
    metadata.language = language.to_owned();
    if let Some(old) = old {
        metadata.plural_rules = old.metadata.plural_rules.clone();
    }
    let mut catalog = Catalog::new(metadata);
    for text in texts {
        let known = old.and_then(|old| find(old, text));
        let mut builder = if text.other.is_some() { Message::build_plural() } else { Message::build_singular() };
        builder.with_msgid(text.one.clone()).with_source(text.source.clone());
        if let Some(context) = &text.context {
            builder.with_msgctxt(context.clone());
        }
        match &text.other {
            Some(other) => {
                let forms = known.map(forms).unwrap_or_else(|| vec![String::new(); 2]);
                builder.with_msgid_plural(other.clone()).with_msgstr_plural(forms);
            }
            None => {
                builder.with_msgstr(known.and_then(|known| known.msgstr().ok()).unwrap_or_default().to_owned());
            }
        }
        catalog.append_or_update(builder.done());
    }
    catalog
}

fn find<'a>(catalog: &'a Catalog, text: &Text) -> Option<&'a dyn MessageView> {
    catalog.find_message(text.context.as_deref(), &text.one, text.other.as_deref())
}

/// The translation, one string for each form.
fn forms(message: &dyn MessageView) -> Vec<String> {
    match message.msgstr_plural() {
        Ok(forms) => forms.clone(),
        Err(_) => message.msgstr().map(str::to_owned).into_iter().collect(),
    }
}

fn count(catalog: &Catalog) -> usize {
    catalog.messages().filter(|message| message.is_translated()).count()
}

fn write(catalog: &Catalog, file: &Path) -> Result<()> {
    Ok(fs::write(file, rendered(catalog)?)?)
}

fn rendered(catalog: &Catalog) -> Result<String> {
    let mut writer = BufWriter::new(Vec::new());
    po_file::write(catalog, &mut writer)?;
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// All texts, in the order of the sources and without duplicates.
fn texts() -> Result<Vec<Text>> {
    let mut texts: Vec<Text> = Vec::new();
    for text in messages::texts() {
        let source = "frontend-wasm/kit/src/i18n/messages.rs".to_owned();
        let (one, other) = (text.one.to_owned(), text.other.map(str::to_owned));
        texts.push(Text { context: None, one, other, source });
    }
    let folder = paths::labextension();
    let mut files: Vec<_> = fs::read_dir(folder.join("src"))?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.sort();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let said = of_script(&fs::read_to_string(&file)?).with_context(|| format!("in labextension/src/{name}"))?;
        texts.extend(said.into_iter().map(|(one, other)| Text {
            context: None,
            one,
            other,
            source: format!("labextension/src/{name}"),
        }));
    }
    let folders = ["server/src", "crates/notebook-job/src"].map(|folder| rust_sources(&paths::root().join(folder)));
    for file in folders.into_iter().collect::<Result<Vec<_>>>()?.concat() {
        let source = file.strip_prefix(paths::root())?.display().to_string();
        let said = of_sidecar(&fs::read_to_string(&file)?).with_context(|| format!("in {source}"))?;
        texts.extend(said.into_iter().map(|one| Text { context: None, one, other: None, source: source.clone() }));
    }
    let schema: Value = serde_json::from_str(&fs::read_to_string(folder.join("schema/plugin.json"))?)?;
    of_schema(&schema, "schema", &mut texts);
    let mut seen = BTreeSet::new();
    texts.retain(|text| seen.insert((text.context.clone(), text.one.clone(), text.other.clone())));
    Ok(texts)
}

/// The texts of `trans.__(…)` and `trans._n(…)` in TypeScript; the latter have one for more than one.
fn of_script(script: &str) -> Result<Vec<(String, Option<String>)>> {
    let mut texts = Vec::new();
    for call in script.split("trans._").skip(1) {
        if let Some(arguments) = call.strip_prefix("_(") {
            texts.push((literal(arguments.trim_start())?.0, None));
        } else if let Some(arguments) = call.strip_prefix("n(") {
            let (one, rest) = literal(arguments.trim_start())?;
            let (other, _) = literal(rest.trim_start_matches([',', ' ', '\n']))?;
            texts.push((one, Some(other)));
        }
    }
    Ok(texts)
}

/// The texts of `say!(…)` and `subject!(…)` in Rust, without those of its tests.
fn of_sidecar(source: &str) -> Result<Vec<String>> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let calls = code.split("say!(").skip(1).chain(code.split("subject!(").skip(1));
    calls.map(|call| literal(call.trim_start()).map(|(text, _)| text)).collect()
}

/// All `.rs` files below a folder, in the order of their names.
fn rust_sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut entries: Vec<_> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            files.extend(rust_sources(&entry)?);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.push(entry);
        }
    }
    Ok(files)
}

/// The string literal at the start of a call's arguments, and what follows it.
fn literal(call: &str) -> Result<(String, &str)> {
    let mut letters = call.chars();
    let quote = letters.next().filter(|quote| matches!(quote, '\'' | '"'));
    let Some(quote) = quote else {
        let begin: String = call.chars().take(30).collect();
        bail!("a text to translate must be one string, not {begin:?}");
    };
    let mut text = String::new();
    loop {
        match letters.next() {
            None => bail!("a string without an end"),
            Some(letter) if letter == quote => return Ok((text, letters.as_str())),
            Some('\\') => text.extend(letters.next()),
            Some(letter) => text.push(letter),
        }
    }
}

/// Titles, descriptions and labels of the schema, with JupyterLab's names for their contexts.
fn of_schema(part: &Value, context: &str, texts: &mut Vec<Text>) {
    match part {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(text) if name == "title" || name == "description" => texts.push(Text {
                        context: Some(context.to_owned()),
                        one: text.to_owned(),
                        other: None,
                        source: "labextension/schema/plugin.json".to_owned(),
                    }),
                    // Of a toolbar's button.
                    Some(text) if name == "label" => texts.push(Text {
                        context: Some("toolbar".to_owned()),
                        one: text.to_owned(),
                        other: None,
                        source: "labextension/schema/plugin.json".to_owned(),
                    }),
                    _ => of_schema(value, "settings", texts),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| of_schema(item, "settings", texts)),
        _ => {}
    }
}

/// The placeholders of a text, in the notation of the WebAssembly or of JupyterLab.
fn names(text: &str) -> BTreeSet<&str> {
    let in_braces = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    let numbered = text.split('%').skip(1).filter_map(|rest| rest.get(..1)).filter(|digit| "123456789".contains(digit));
    in_braces.chain(numbered).collect()
}

#[cfg(test)]
mod tests {
    use super::{names, of_script, of_sidecar};

    #[test]
    fn texts_of_a_script_are_found_and_a_text_that_is_glued_is_refused() {
        let found = of_script("a(this.trans.__('It\\'s %1', b)); trans.__(\n  \"c 'd'\"\n)").unwrap();
        assert_eq!(found, [("It's %1".to_owned(), None), ("c 'd'".to_owned(), None)]);
        let counted = of_script("trans._p('a', 'b'); trans._n(\n  '%1 cell',\n  '%1 cells',\n  n)").unwrap();
        assert_eq!(counted, [("%1 cell".to_owned(), Some("%1 cells".to_owned()))]);
        assert!(of_script("trans.__(name)").is_err());
    }

    #[test]
    fn sentences_of_the_sidecar_are_found_wherever_they_break() {
        let found =
            of_sidecar("hop(say!(\n    \"%1 runs.\",\n who), say!(\"Wait.\")) #[cfg(test)] say!(\"no\")").unwrap();
        assert_eq!(found, ["%1 runs.", "Wait."]);
    }

    #[test]
    fn values_are_found_in_both_notations() {
        assert_eq!(names("{done} of {total}, 63 %, %1").into_iter().collect::<Vec<_>>(), ["1", "done", "total"]);
    }
}
