//! `await`, `async for` and `async with` outside a function, which a notebook allows and a file does not.

use std::ops::Range;

use ruff_python_ast::{
    Comprehension, Expr, Stmt,
    visitor::{Visitor, walk_comprehension, walk_expr, walk_stmt},
};
use ruff_text_size::Ranged;

use crate::{Program, program::bytes};

/// Something that waits, outside every function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TopLevelAwait {
    /// `await value`: the word with the blanks after it, and the end of the value.
    Await {
        /// `await ` itself.
        word: Range<usize>,
        /// Where the value ends.
        end: usize,
    },
    /// `async for … in iterable`, a statement or in a list, set or dictionary.
    For {
        /// `async ` itself.
        word: Range<usize>,
        /// What is iterated over.
        iterable: Range<usize>,
    },
    /// `async with manager`.
    With {
        /// `async ` itself.
        word: Range<usize>,
        /// The context managers.
        managers: Vec<Range<usize>>,
    },
    /// A call that needs a running loop, such as `asyncio.create_task(…)`.
    Loop {
        /// The whole call.
        range: Range<usize>,
        /// What is called.
        name: String,
    },
    /// `(… async for …)`: an asynchronous generator.
    Generator {
        /// The whole expression.
        range: Range<usize>,
    },
}

impl Program {
    /// What waits outside every function, in the order of the source.
    #[must_use]
    pub fn top_level_awaits(&self) -> Vec<TopLevelAwait> {
        let mut walk = Walk { text: self.text(), found: Vec::new() };
        walk.visit_body(self.statements());
        walk.found
    }
}

/// Functions of asyncio that fail where no loop runs.
const LOOP: [&str; 3] = ["create_task", "current_task", "get_running_loop"];

struct Walk<'a> {
    text: &'a str,
    found: Vec<TopLevelAwait>,
}

impl Walk<'_> {
    /// The word at `start` with the blanks after it.
    fn word(&self, start: usize, word: &str) -> Range<usize> {
        let after = self.text.get(start + word.len()..).unwrap_or_default();
        let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
        start..start + word.len() + blanks
    }
}

impl<'a> Visitor<'a> for Walk<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(_) => return,
            Stmt::For(of) if of.is_async => {
                let word = self.word(bytes(of.range).start, "async");
                self.found.push(TopLevelAwait::For { word, iterable: bytes(of.iter.range()) });
            }
            Stmt::With(with) if with.is_async => {
                let word = self.word(bytes(with.range).start, "async");
                let managers = with.items.iter().map(|item| bytes(item.context_expr.range())).collect();
                self.found.push(TopLevelAwait::With { word, managers });
            }
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Lambda(_) => return,
            Expr::Generator(generator) if generator.generators.iter().any(|part| part.is_async) => {
                self.found.push(TopLevelAwait::Generator { range: bytes(generator.range) });
                return;
            }
            Expr::Call(call) => {
                let name = match &*call.func {
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    Expr::Name(name) => name.id.as_str(),
                    _ => "",
                };
                if LOOP.contains(&name) {
                    self.found.push(TopLevelAwait::Loop { range: bytes(call.range()), name: name.to_owned() });
                }
            }
            Expr::Await(of) => {
                let range = bytes(of.range);
                let word = self.word(range.start, "await");
                self.found.push(TopLevelAwait::Await { word, end: range.end });
            }
            _ => {}
        }
        walk_expr(self, expr);
    }

    fn visit_comprehension(&mut self, part: &'a Comprehension) {
        if part.is_async {
            let word = self.word(bytes(part.range).start, "async");
            self.found.push(TopLevelAwait::For { word, iterable: bytes(part.iter.range()) });
        }
        walk_comprehension(self, part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Version;

    fn awaits(text: &str) -> Vec<TopLevelAwait> {
        Program::cell(text, Version { minor: 11 }).top_level_awaits()
    }

    #[test]
    fn what_waits_outside_a_function_is_found_with_its_words() {
        assert_eq!(awaits("x = await  f(1)"), [TopLevelAwait::Await { word: 4..11, end: 15 }]);
        assert_eq!(awaits("async for x in y(): pass"), [TopLevelAwait::For { word: 0..6, iterable: 15..18 }]);
        assert_eq!(
            awaits("async with a as b, c: pass"),
            [TopLevelAwait::With { word: 0..6, managers: vec![11..12, 19..20] }]
        );
        assert_eq!(awaits("[x async for x in y]"), [TopLevelAwait::For { word: 3..9, iterable: 18..19 }]);
        assert_eq!(awaits("f(x async for x in y)").len(), 1);
        assert_eq!(
            awaits("t = a.create_task(f())"),
            [TopLevelAwait::Loop { range: 4..22, name: "create_task".to_owned() }]
        );
    }

    #[test]
    fn what_waits_in_a_function_is_not_found() {
        assert_eq!(awaits("async def f():\n    await g()\n    async for x in y:\n        pass\n"), []);
    }
}
