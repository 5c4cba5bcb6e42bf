//! JSON for people to compare: a line for each value, as Jupyter writes it.

use serde_json::{Result, value::RawValue};

/// Values deeper than that stay on one line, or their indentation would be far larger than the file.
const MOST_DEPTH: usize = 6;

/// What may stand between the parts.
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// JSON that is written part by part.
#[derive(Debug, Default)]
pub(super) struct Layout {
    text: String,
    /// Lists and objects that are open.
    depth: usize,
    /// Whether the innermost of them has a value.
    has_value: bool,
}

impl Layout {
    /// Begins a list or an object.
    pub fn open(&mut self, bracket: char) {
        self.text.push(bracket);
        self.depth += 1;
        self.has_value = false;
    }

    /// Ends it.
    pub fn close(&mut self, bracket: char) {
        if self.has_value {
            self.line(self.depth.saturating_sub(1));
        }
        self.depth = self.depth.saturating_sub(1);
        self.text.push(bracket);
        self.has_value = true;
    }

    /// Begins an element of a list.
    pub fn next(&mut self) {
        if self.has_value {
            self.text.push(',');
        }
        self.line(self.depth);
        self.has_value = true;
    }

    /// Begins an entry of an object.
    pub fn key(&mut self, key: &str) {
        self.next();
        self.text(key);
        self.text.push_str(": ");
    }

    /// Writes a text.
    pub fn text(&mut self, text: &str) {
        self.text.push_str(&serde_json::Value::from(text).to_string());
    }

    /// Writes a value that has no parts to lay out.
    pub fn word(&mut self, word: &str) {
        self.text.push_str(word);
    }

    /// Writes any value, each text in it as `serde_json` would write it: a secret may be spelled with escapes.
    ///
    /// # Errors
    /// When an escape in a text means no character.
    pub fn json(&mut self, json: &RawValue) -> Result<()> {
        let mut rest = json.get();
        // Whether the next value is one of a list or an object that begins in this text.
        let mut is_inner = false;
        while let Some(sign) = rest.chars().next() {
            let length = match sign {
                '"' => 2 + string_length(rest.get(1..).unwrap_or_default()),
                '{' | '[' | '}' | ']' | ',' | ':' => 1,
                _ if BLANKS.contains(&sign) => 1,
                _ => rest.find(|c| matches!(c, ',' | ']' | '}') || BLANKS.contains(&c)).unwrap_or(rest.len()),
            };
            let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            rest = after;
            match sign {
                _ if BLANKS.contains(&sign) => continue,
                '}' | ']' => self.close(sign),
                ':' => self.text.push_str(": "),
                ',' => {}
                _ => {
                    if std::mem::take(&mut is_inner) {
                        self.next();
                    }
                    match sign {
                        '{' | '[' => self.open(sign),
                        '"' if token.contains('\\') => self.text(&serde_json::from_str::<String>(token)?),
                        _ => self.word(token),
                    }
                }
            }
            is_inner = matches!(sign, '{' | '[' | ',');
        }
        Ok(())
    }

    /// The whole text, which ends with an end of line.
    pub fn finish(mut self) -> String {
        self.text.push('\n');
        self.text
    }

    fn line(&mut self, depth: usize) {
        if self.depth <= MOST_DEPTH {
            self.text.push('\n');
            self.text.extend(std::iter::repeat_n(' ', depth));
        }
    }
}

/// The bytes of a string before the quote that ends it.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.find(|c| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    });
    end.unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_out(json: &str) -> String {
        let mut layout = Layout::default();
        layout.json(serde_json::from_str(json).unwrap()).unwrap();
        layout.finish()
    }

    #[test]
    fn each_value_has_a_line_and_is_indented_as_jupyter_does() {
        let json = r#" {"a" :[1 , -2.50e1,{} ,[ ]],"b":{"c":"\u0064\"],\/","e":null} } "#;
        let wanted = r#"{
 "a": [
  1,
  -2.50e1,
  {},
  []
 ],
 "b": {
  "c": "d\"],/",
  "e": null
 }
}
"#;
        assert_eq!(laid_out(json), wanted);
        assert_eq!(laid_out(wanted), wanted);
    }

    #[test]
    fn a_deep_value_is_not_far_larger_than_it_was() {
        let deep = format!("{}{}{}", "[".repeat(2_000), "0,".repeat(2_000) + "0", "]".repeat(2_000));
        let text = laid_out(&deep);
        assert!(text.len() < 2 * deep.len(), "{}", text.len());
        assert_eq!(text.replace(['\n', ' '], ""), deep);
    }
}
