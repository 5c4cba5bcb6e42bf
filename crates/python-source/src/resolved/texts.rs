//! Texts that a program puts together from literals.

use std::ops::Range;

use ruff_python_ast::{ExprFString, ExprStringLiteral, FStringPart, InterpolatedStringElement};
use ruff_text_size::Ranged;

use super::{Meaning, NodeId, flow::Flow};
use crate::program::bytes;

/// The most bytes of texts that are put together, over the whole program: doubling a text thirty times is one line.
pub(super) const MOST_JOINED: usize = 1 << 20;

impl<'a> Flow<'a> {
    pub(super) fn literal(&mut self, text: &ExprStringLiteral) -> NodeId {
        let range = bytes(text.range);
        let value = text.value.to_str().to_owned();
        let verbatim = (!text.value.is_implicit_concatenated()).then(|| self.verbatim(&range, &value)).flatten();
        self.node(Meaning::Text { value, verbatim }, range)
    }

    /// The bytes between the quotes, if they are the value.
    fn verbatim(&self, range: &Range<usize>, value: &str) -> Option<Range<usize>> {
        let source = self.program.part(range.clone());
        let prefix = source.find(['"', '\''])?;
        let quotes = source.get(prefix..)?;
        let quotes = if quotes.starts_with("\"\"\"") || quotes.starts_with("'''") { 3 } else { 1 };
        let start = range.start + prefix + quotes;
        let body = start..range.end.checked_sub(quotes)?;
        (self.program.part(body.clone()) == value).then_some(body)
    }

    /// An f-string: a text if all of its parts are known.
    pub(super) fn f_string(&mut self, text: &'a ExprFString) -> NodeId {
        let mut whole = Some(String::new());
        for part in &text.value {
            match part {
                FStringPart::Literal(literal) => self.push(&mut whole, Some(&literal.value)),
                FStringPart::FString(part) => {
                    for element in &part.elements {
                        match element {
                            InterpolatedStringElement::Literal(literal) => {
                                self.push(&mut whole, Some(&literal.value));
                            }
                            InterpolatedStringElement::Interpolation(of) => {
                                let value = self.eval(&of.expression);
                                let plain = of.format_spec.is_none() && of.debug_text.is_none();
                                let known = self.known(value).filter(|_| plain);
                                self.push(&mut whole, known.as_deref());
                            }
                        }
                    }
                }
            }
        }
        self.joined(whole, bytes(text.range()))
    }

    /// `left + right`.
    pub(super) fn sum(&mut self, left: NodeId, right: NodeId, range: Range<usize>) -> Option<NodeId> {
        let is_text = |id| matches!(self.meaning(id), Meaning::Text { .. } | Meaning::Template);
        if !is_text(left) && !is_text(right) {
            return None;
        }
        let mut whole = Some(String::new());
        for part in [left, right] {
            let known = self.known(part);
            self.push(&mut whole, known.as_deref());
        }
        Some(self.joined(whole, range))
    }

    fn joined(&mut self, whole: Option<String>, range: Range<usize>) -> NodeId {
        let meaning = whole.map_or(Meaning::Template, |value| Meaning::Text { value, verbatim: None });
        self.node(meaning, range)
    }

    /// The text that an expression is, if it is one.
    fn known(&self, id: NodeId) -> Option<String> {
        match self.meaning(id) {
            Meaning::Text { value, .. } if value.len() <= self.joinable => Some(value.clone()),
            _ => None,
        }
    }

    fn push(&mut self, whole: &mut Option<String>, part: Option<&str>) {
        let fits = part.filter(|part| part.len() <= self.joinable);
        match (whole.as_mut(), fits) {
            (Some(text), Some(part)) => {
                text.push_str(part);
                self.joinable = self.joinable.saturating_sub(part.len());
            }
            _ => *whole = None,
        }
    }
}
