//! A piece of HTML that is written from its beginning to its end. Only fixed markup is written as it is; whatever else
//! comes, comes escaped.

/// See the module's sentence.
#[derive(Debug, Default)]
pub(super) struct Html(String);

impl Html {
    /// Fixed markup.
    pub fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text between elements.
    pub fn text(&mut self, text: &str) -> &mut Self {
        for char in text.chars() {
            match char {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                other => self.0.push(other),
            }
        }
        self
    }

    /// One element without attributes around text; none around nothing.
    pub fn element(&mut self, name: &'static str, text: &str) -> &mut Self {
        if !text.is_empty() {
            self.markup("<").markup(name).markup(">").text(text).markup("</").markup(name).markup(">\n");
        }
        self
    }

    /// A table with a head and its rows, whose first cell names the row.
    pub fn table(&mut self, head: &[&'static str], rows: impl IntoIterator<Item = Vec<String>>) -> &mut Self {
        self.markup("<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>");
        for name in head {
            self.markup("<th scope=\"col\">").markup(name).markup("</th>");
        }
        self.markup("</tr></thead>\n<tbody>\n");
        for row in rows {
            self.markup("<tr>");
            for (at, cell) in row.iter().enumerate() {
                let (open, close) = if at == 0 { ("<th scope=\"row\">", "</th>") } else { ("<td>", "</td>") };
                self.markup(open).text(cell).markup(close);
            }
            self.markup("</tr>\n");
        }
        self.markup("</tbody>\n</table></div>\n")
    }

    pub fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_no_markup_is_escaped() {
        let mut html = Html::default();
        html.element("p", "<script>alert(\"1\" + '2') && x</script>").element("p", "");
        html.table(&["a"], [vec!["<b>".to_owned(), "</td>".to_owned()]]);
        let html = html.finish();
        assert!(
            html.starts_with(
                "<p>&lt;script&gt;alert(&quot;1&quot; + &#39;2&#39;) &amp;&amp; x&lt;/script&gt;</p>\n<div"
            )
        );
        assert!(html.contains("<th scope=\"row\">&lt;b&gt;</th><td>&lt;/td&gt;</td>"), "{html}");
    }
}
