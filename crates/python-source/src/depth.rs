//! How deeply a source is nested, before it is parsed: the parser, every walk of the tree and its end call themselves
//! for each level, so that a text of brackets alone would overflow the stack.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer::lex};

/// The most levels: open brackets, and the operators and calls that each of them has had since its last comma. Python
/// itself refuses 200 open brackets.
const MOST: usize = 1_000;
/// The most indentations, which are CPython's own limit.
const MOST_INDENTS: usize = 100;

/// Where a source gets too deep: the beginning of the line, or of one before it if a text of several lines stands
/// between, for the lexer does not tell its place.
pub(crate) fn too_deep(text: &str, mode: Mode) -> Option<usize> {
    let mut lexer = lex(text, mode);
    // The links of the expression in each open bracket, the innermost last; the first is the line's.
    let mut links: Vec<usize> = vec![0];
    // The lambdas whose parameters are open, by bracket: their commas end nothing.
    let mut lambdas: Vec<usize> = vec![0];
    let (mut sum, mut indents, mut lines) = (0_usize, 0_usize, 0_usize);
    loop {
        let kind = lexer.next_token();
        match kind {
            TokenKind::EndOfFile => return None,
            TokenKind::Indent => indents += 1,
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            TokenKind::NonLogicalNewline => lines += 1,
            TokenKind::Newline => {
                lines += 1;
                (links, lambdas) = (vec![0], vec![0]);
                sum = 0;
            }
            TokenKind::Colon if lambdas.last().is_some_and(|open| *open > 0) => {
                lambdas.last_mut().into_iter().for_each(|open| *open -= 1);
            }
            TokenKind::Comma if lambdas.last().is_some_and(|open| *open > 0) => {}
            TokenKind::Comma => {
                if let Some(last) = links.last_mut() {
                    sum -= std::mem::take(last);
                }
            }
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                // A call is a link of the chain around it as well.
                *links.last_mut()? += 1;
                links.push(1);
                lambdas.push(0);
                sum += 2;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd
                if links.len() > 1 =>
            {
                sum -= links.pop().unwrap_or_default();
                lambdas.pop();
            }
            kind if kind.is_operator() || kind.is_keyword() => {
                lambdas.last_mut().into_iter().for_each(|open| *open += usize::from(kind == TokenKind::Lambda));
                *links.last_mut()? += 1;
                sum += 1;
            }
            _ => {}
        }
        if sum > MOST || indents > MOST_INDENTS {
            return Some(text.split_inclusive('\n').take(lines).map(str::len).sum());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Program, Version};

    fn errors(text: &str) -> usize {
        Program::cell(text, Version { minor: 11 }).syntax_errors().len()
    }

    const PIECES: [&str; 16] = [
        "lambda a, b: ",
        "(",
        "[",
        "{1:",
        "f(",
        "-",
        "not ",
        "a.",
        "a+",
        "lambda: ",
        "a if b else ",
        "await ",
        "f'{",
        "a[0].b(",
        "x = ",
        "a, (",
    ];

    #[test]
    fn what_is_nested_too_deeply_is_an_error() {
        for piece in PIECES {
            assert_eq!(errors(&piece.repeat(300_000)), 1, "{piece}");
        }
        let blocks: String = (0..200).map(|depth| format!("{}if a:\n", " ".repeat(depth))).collect();
        assert_eq!(errors(&blocks), 1);
    }

    #[test]
    fn what_is_not_fits_into_an_ordinary_stack() {
        for piece in PIECES {
            let most =
                (1..600).rev().find(|most| super::too_deep(&piece.repeat(*most), super::Mode::Ipython).is_none());
            let text = piece.repeat(most.unwrap_or_default());
            let closed = if piece.ends_with('(') { ")".repeat(most.unwrap_or_default()) } else { String::new() };
            // With and without an end, for an error is not walked through.
            for text in [format!("{text}1"), format!("{text}x{closed}")] {
                let program = Program::cell(text, Version { minor: 11 });
                let found = (program.names(), program.semantic_errors(), program.top_level_awaits());
                drop((found, crate::secrets(&program)));
            }
        }
    }

    #[test]
    fn long_programs_are_not_deep() {
        let list = format!("x = [{}]\n", "{'a': f(1, -2)}, ".repeat(50_000));
        assert_eq!(errors(&list), 0);
        assert_eq!(errors(&"x = a.b(c).d\n".repeat(20_000)), 0);
        let chain = format!("df = (df\n{})\n", "  .filter(a > 1)\n".repeat(150));
        assert_eq!(errors(&chain), 0);
    }
}
