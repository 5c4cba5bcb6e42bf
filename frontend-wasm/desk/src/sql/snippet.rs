//! A statement as Python code for a notebook's cell.

use super::arguments::{Entered, Form};
use super::tokens::{Parameter, parameters};

/// `spark.sql("""…""", args={…})`.
pub fn python(sql: &str, form: &Form) -> String {
    let mut imports: Vec<&str> = Vec::new();
    let mut named = Vec::new();
    let mut positional = Vec::new();
    for parameter in parameters(sql) {
        let (value, import) = expression(&form.get(&*parameter.label()).cloned().unwrap_or_default());
        imports.extend(import.filter(|import| !imports.contains(import)));
        match parameter {
            Parameter::Named(name) => named.push([&quoted(&name), ": ", &value].concat()),
            Parameter::Positional(_) => positional.push(value),
        }
    }
    let args = match (named.is_empty(), positional.is_empty()) {
        (false, _) => [", args={", &named.join(", "), "}"].concat(),
        (_, false) => [", args=[", &positional.join(", "), "]"].concat(),
        _ => String::new(),
    };
    let imports: String = imports.iter().flat_map(|import| [*import, "\n"]).collect();
    [&imports, "spark.sql(\"\"\"", &triple_quoted(sql), "\"\"\"", &args, ")"].concat()
}

/// A value as an expression, and the import that it needs.
fn expression(entered: &Entered) -> (String, Option<&'static str>) {
    if entered.is_null {
        return ("None".to_owned(), None);
    }
    let quoted = quoted(&entered.text);
    match entered.meant() {
        "long" | "double" => (entered.text.clone(), None),
        "boolean" => ((if entered.text.eq_ignore_ascii_case("true") { "True" } else { "False" }).to_owned(), None),
        "decimal" => (["Decimal(", &quoted, ")"].concat(), Some("from decimal import Decimal")),
        "date" => (["date.fromisoformat(", &quoted, ")"].concat(), Some("from datetime import date")),
        "timestamp" => (["datetime.fromisoformat(", &quoted, ")"].concat(), Some("from datetime import datetime")),
        _ => (quoted, None),
    }
}

fn triple_quoted(sql: &str) -> String {
    let text = sql.replace('\\', "\\\\");
    if text.as_bytes().windows(3).any(|three| three == b"\"\"\"") {
        return text.replace('"', "\\\"");
    }
    match text.strip_suffix('"') {
        // It would end the literal one character too early.
        Some(before) => [before, "\\\""].concat(),
        None => text,
    }
}

/// A Python literal.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', "\\r");
    ["\"", &escaped, "\""].concat()
}

#[cfg(test)]
mod tests {
    use super::python;
    use crate::sql::arguments::{Entered, Form};

    #[test]
    fn quotes_and_backslashes_arrive_as_they_are() {
        assert_eq!(python("SELECT 1", &Form::default()), r#"spark.sql("""SELECT 1""")"#);
        assert_eq!(python(r#"SELECT '\n', """"#, &Form::default()), r#"spark.sql("""SELECT '\\n', \"\"\"""")"#);
        assert_eq!(python(r#"SELECT "a""#, &Form::default()), r#"spark.sql("""SELECT "a\"""")"#);
    }

    #[test]
    fn arguments_are_python_values() {
        let entered = |kind, text: &str| Entered { kind, text: text.to_owned(), is_null: false };
        let mut form = Form::default();
        form.insert(":price".to_owned(), entered("auto", "1.10"));
        form.insert(":name".to_owned(), entered("auto", "O\"Neill"));
        form.insert(":day".to_owned(), entered("date", "2024-02-29"));
        form.insert(":none".to_owned(), Entered { is_null: true, ..Entered::default() });
        assert_eq!(
            python("SELECT :price, :name, :day, :none, :more", &form),
            "from decimal import Decimal\nfrom datetime import date\n\
             spark.sql(\"\"\"SELECT :price, :name, :day, :none, :more\"\"\", args={\"price\": Decimal(\"1.10\"), \
             \"name\": \"O\\\"Neill\", \"day\": date.fromisoformat(\"2024-02-29\"), \"none\": None, \"more\": \"\"})"
        );
        let mut form = Form::default();
        form.insert("?1".to_owned(), entered("auto", "7"));
        assert_eq!(python("SELECT ?", &form), r#"spark.sql("""SELECT ?""", args=[7])"#);
    }
}
