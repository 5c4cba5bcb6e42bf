//! The string literals of an expression: what a name is bound to.

use std::ops::Range;

use ruff_python_ast::{Expr, FStringPart, InterpolatedStringElement, Operator};
use ruff_text_size::Ranged;

use crate::program::bytes;

/// How many parts of `"a" + "b" + …`, and of nested expressions, are looked at.
const MOST: usize = 64;

/// A value that is written in the source.
pub(super) struct Literal {
    /// Bytes of the whole expression.
    pub expression: Range<usize>,
    /// Bytes of its text without the outermost quotes.
    pub content: Range<usize>,
    pub value: String,
    pub is_bytes: bool,
    /// Whether it is all of the value; otherwise it is what an f-string or a sum adds to variables.
    pub is_whole: bool,
}

/// The literals that may become the expression's value: its own, those of its branches, of `a or "b"` and of a sum.
pub(super) fn literals(expression: &Expr) -> Vec<Literal> {
    let mut found = vec![];
    let mut waiting = vec![expression];
    for _ in 0..MOST {
        let Some(next) = waiting.pop() else { break };
        match next {
            Expr::BoolOp(either) => waiting.extend(either.values.iter().take(MOST)),
            Expr::If(branch) => waiting.extend([&*branch.body, &*branch.orelse]),
            Expr::Named(named) => waiting.push(&named.value),
            // `"secret".encode()`, `SecretStr("secret")`
            Expr::Call(call) => match (&*call.func, &*call.arguments.args) {
                (Expr::Attribute(method), _) if is_string(&method.value) => waiting.push(&method.value),
                (Expr::Name(name), [only, ..]) if WRAPPERS.contains(&name.id.as_str()) => waiting.push(only),
                _ => {}
            },
            Expr::BinOp(sum) if sum.op == Operator::Add => found.extend(of_sum(next)),
            _ => found.extend(own(next)),
        }
    }
    found
}

/// Calls that only wrap a string. All other calls are where a secret comes from.
const WRAPPERS: &[&str] = &["SecretStr", "SecretBytes", "str", "bytes", "Secret"];

/// Whether the expression is a string that can be joined with others.
pub(super) fn is_string(expression: &Expr) -> bool {
    matches!(expression, Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::FString(_) | Expr::TString(_))
}

/// The text of a plain string.
pub(super) fn plain(expression: &Expr) -> Option<&str> {
    expression.as_string_literal_expr().map(|literal| literal.value.to_str())
}

fn of_sum(sum: &Expr) -> Vec<Literal> {
    let mut parts = vec![];
    let mut rest = sum;
    while let Expr::BinOp(sum) = rest
        && sum.op == Operator::Add
        && parts.len() < MOST
    {
        parts.push(&*sum.right);
        rest = &sum.left;
    }
    parts.push(rest);
    let mut own: Vec<Literal> = parts.iter().rev().flat_map(|part| own(part)).collect();
    let is_whole = parts.iter().all(|part| is_string(part)) && own.iter().all(|part| part.is_whole);
    match (own.first(), own.last()) {
        (Some(first), Some(last)) if is_whole => vec![Literal {
            expression: bytes(sum.range()),
            content: first.content.start..last.content.end,
            value: own.iter().map(|part| part.value.as_str()).collect(),
            is_bytes: first.is_bytes,
            is_whole: true,
        }],
        _ => {
            own.iter_mut().for_each(|part| part.is_whole = false);
            own
        }
    }
}

/// The expression's own literal, or an f-string's literal parts.
fn own(expression: &Expr) -> Vec<Literal> {
    let is_bytes = expression.is_bytes_literal_expr();
    let whole = |content: Option<(usize, usize)>, value: String| {
        let (start, end) = content.unwrap_or_default();
        vec![Literal { expression: bytes(expression.range()), content: start..end, value, is_bytes, is_whole: true }]
    };
    let ends = |ranges: Vec<Range<usize>>| Some((ranges.first()?.start, ranges.last()?.end));
    match expression {
        Expr::StringLiteral(literal) => {
            let parts = literal.value.iter().map(|part| bytes(part.content_range()));
            whole(ends(parts.collect()), literal.value.to_str().to_owned())
        }
        Expr::BytesLiteral(literal) => {
            let parts = literal.value.iter().map(|part| bytes(part.content_range()));
            let value: Vec<u8> = literal.value.bytes().collect();
            whole(ends(parts.collect()), String::from_utf8_lossy(&value).into_owned())
        }
        Expr::FString(literal) => {
            let mut parts = vec![];
            let mut is_whole = true;
            for part in &literal.value {
                match part {
                    FStringPart::Literal(part) => parts.push((bytes(part.content_range()), part.value.to_string())),
                    FStringPart::FString(part) => {
                        parts.extend(part.elements.iter().filter_map(|element| match element {
                            InterpolatedStringElement::Literal(part) => {
                                Some((bytes(part.range), part.value.to_string()))
                            }
                            InterpolatedStringElement::Interpolation(_) => {
                                is_whole = false;
                                None
                            }
                        }))
                    }
                }
            }
            if is_whole {
                let value = parts.iter().map(|(_, value)| value.as_str()).collect();
                return whole(ends(parts.into_iter().map(|(range, _)| range).collect()), value);
            }
            let part = |(content, value)| Literal {
                expression: bytes(expression.range()),
                content,
                value,
                is_bytes,
                is_whole: false,
            };
            parts.into_iter().map(part).collect()
        }
        _ => vec![],
    }
}
