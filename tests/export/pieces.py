"""Random pieces of cells that Python accepts: expressions, statements, blocks, and what only a kernel accepts."""

import random
from dataclasses import dataclass

from tests.export import escapes

#: The first cell defines them all, so that no name is used before its definition.
NAMES = ["a", "b", "c", "df", "f", "g", "größe", "变量", "magic", "spark_df", "cell"]
OTHERS = ["x", "y", "z", "p", "re", "match", "spark", "t"]
DEFINITIONS = f"import os, sys, re\n{' = '.join(NAMES + OTHERS)} = None"
UNITS = ["  ", "\t", "    ", " ", "        "]

#: Texts in strings that a careless reader takes for something else.
TRICKY = [
    "%matplotlib inline\n!ls -la\nprint(1)",
    "%%sql\nSELECT 1",
    "\n# %% cell 7\n",
    "from __future__ import division\nawait f()",
    "df?\n?df\n,f a",
    "  %time x\n\t!echo {a}\n%cd /",
    "é 🚀 变量 ß",
    "a\fb",
    "\\n \\\n%env A=1",
    "{a} {{b}} $c %s %(x)d",
    "# not a comment\n;g x",
    "\n\n\n",
    "a' b",
    "get_ipython()",
    "\tpass  # removed: x",
]
PREFIXES = ["", "r", "b", "f", "rb", "Rb", "u", "rf"]


@dataclass
class Block:
    """Some lines of a cell that stand alone."""

    source: str
    #: Whether a finding about it may rightly block the notebook.
    may_block: bool = False


class Pieces:
    """Makes pieces from one source of chance."""

    def __init__(self, chance: random.Random) -> None:
        """Begin."""
        self.chance = chance

    def name(self) -> str:
        """Return a name."""
        return self.chance.choice(NAMES)

    def string(self) -> str:
        """Return a literal with a tricky text."""
        text, prefix = self.chance.choice(TRICKY), self.chance.choice(PREFIXES)
        if "b" in prefix.lower():
            text = text.encode("ascii", "ignore").decode()
        if "f" in prefix:
            # The text may contain braces of its own.
            text = text.replace("{", "").replace("}", "") + self.chance.choice(
                ["{a}", "{b!r:>{c}}", "{{}}", "{'x'}", "{a['k']}", "{f(a, b)}", "{a:%Y}", "{a=}", "{f'{b}'}", ""]
            )
        if self.chance.random() < 0.2 and "\n" not in text and "'" not in text and not text.endswith("\\"):
            return f'{prefix}"{text}"'
        quotes = '"""'
        return f"{prefix}{quotes}{text}{quotes}"

    def expression(self, depth: int = 2) -> str:
        """Return an expression; inside of brackets it goes on over lines."""
        if depth == 0 or self.chance.random() < 0.2:
            return self.chance.choice([self.name, self.name, self.string, lambda: str(self.chance.randint(0, 99))])()
        one, two = self.expression(depth - 1), self.expression(depth - 1)
        name = self.name()
        return self.chance.choice(
            [
                f"f({one}, x={two})",
                f"({one}\n% {two})",
                f"({one}\n!= {two})",
                f"[\n  {one},\n{two}\n]",
                f"{{'k': {one}, **{{}}}}",
                f"[x for x in ({one}) if x]",
                f"(lambda x, *y, z=1: {name})",
                f"({one} if {two} else None)",
                f"(y := {one})",
                f"a[{one}:, ...]",
                f"f(*{name}, **{{}})",
                f"({one}).x.y",
                f"(not {one})",
                f"a \\\n% ({two})",
                f"(\n# a comment?\n!%time x\n{one})".replace("!%time x\n", "# !ls\n"),
            ]
        )

    def statement(self) -> str:
        """Return a simple statement."""
        name, one = self.name(), self.expression()
        return self.chance.choice(
            [
                f"{name} = {one}",
                f"{name} = {one}",
                one,
                f"print({one})",
                f"print({one}, file=sys.stderr);",
                f"{name}: int = {one}",
                f"{name} += ({one})",
                f"a, *b = c = {name}",
                f"assert ({one}), \\\n  'why?'",
                "import os.path as p, re",
                "from os import (\n  path,\n  sep as s,\n)",
                "pass",
                f"a = 1; {name} = 2 ; ",
                f"{name} = 1  # what?",
                f"{name} = {name} \\\n    + 1",
                f"display({name})",
                f"del {name}; {name} = 1",
                "# only a comment, %time x, \\",
                "raise_ = 1; raise_",
                f"{name}.show(); df.cache()",
                f"print(f'{{{name}!r}} {{a:>{{b}}}}')",
                f"x = {name} if a else\\\n!b".replace("\\\n!b", " b"),
                "type = 1\nmatch = 2\ncase = 3",
                f"match({name})",
                f"a = {name} @ b",
                "b = a = not a",
            ]
        )

    def simple(self) -> str:
        """Return a statement of a block: sometimes one that only a kernel accepts."""
        if self.chance.random() < 0.25:
            return self.chance.choice(escapes.SURE_LINES)
        return self.statement()

    def suite(self, depth: int, unit: str) -> str:
        """Return an indented suite."""
        inner = [self.compound(depth - 1) if depth and self.chance.random() < 0.3 else self.simple() for _ in "ab"]
        inner = inner[: self.chance.randint(1, 2)]
        if all(line.startswith("#") for line in inner):
            inner.append("pass")
        return "\n".join(unit + line for each in inner for line in each.split("\n"))

    def compound(self, depth: int = 2) -> str:
        """Return a statement with suites."""
        unit = self.chance.choice(UNITS)
        one, two = self.suite(depth, unit), self.suite(depth, unit)
        name, test = self.name(), self.expression(1)
        return self.chance.choice(
            [
                f"if {test}:\n{one}\nelif {name}:\n{two}\nelse:\n{unit}pass",
                f"for {name} in {test}:\n{one}\nelse:\n{two}",
                f"while {test}:\n{one}\n{unit}break",
                f"try:\n{one}\nexcept (ValueError, KeyError) as e:\n{two}\nfinally:\n{unit}pass",
                f"with open({test}) as {name}, f() as (a, b):\n{one}",
                f"def g({name}, /, x=1, *y, **z) -> int:\n{one}\n{unit}return 1",
                f"@f\n@f(1)\ndef g(x):\n{unit}'''A\n{unit}docstring.'''\n{one}",
                f"class K(object, metaclass=type):\n{one}\n\n{unit}def m(self):\n{unit}{unit}return super()",
                f"async def h():\n{one}\n{unit}async with f() as x:\n{unit}{unit}return await x",
                f"match {name}:\n{unit}case [1, x, *_] if x:\n"
                + "\n".join(unit + line for line in one.split("\n"))
                + f"\n{unit}case {{'k': 1}} | None:\n{unit}{unit}pass",
                f"if {name}: a = 1; b = 2",
                f"for x in {name}: print(x)",
                f"if a:\n{one}\n\n\n# a comment at the left\n{unit}b = 1",
            ]
        )

    def block(self) -> Block:
        """Return any lines of a cell."""
        kind = self.chance.random()
        if kind < 0.45:
            return Block(self.statement())
        if kind < 0.7:
            return Block(self.compound())
        if kind < 0.88:
            return Block(self.chance.choice(escapes.SURE_LINES))
        if kind < 0.96:
            return Block(self.chance.choice(escapes.AWAITS))
        return Block(self.chance.choice(escapes.LINES_THAT_MAY_BLOCK), may_block=True)
