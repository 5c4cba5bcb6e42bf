"""What must be in a job: the statements of a notebook that no edit touches, as IPython and Python's parser see them."""

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from IPython.core.inputtransformer2 import TransformerManager

from tests.export.accepted import is_future

#: Magics whose statement, or whose cell, is run as it stands.
RUN_AS_IT_STANDS = {"time"}
CELL_RUN_AS_IT_STANDS = {"time"}
#: With these, where a job has the cell's statements is left to the program.
CELL_RUN_SOMEHOW = {"timeit", "prun", "capture"}


@dataclass
class Statement:
    """A top-level statement of a cell."""

    cell: int
    source: str
    dump: str
    #: Whether IPython had the cell in its hands: it empties lines of a string that are all spaces.
    loose: bool

    def is_(self, dump: str) -> bool:
        """Return whether this is the statement with that `ast.dump`."""
        return self.dump == dump or (self.loose and BLANK.sub(r"\\n", self.dump) == BLANK.sub(r"\\n", dump))


#: A line of a string that is all spaces, as `ast.dump` shows it.
BLANK = re.compile(r"\\n(?: |\\t|\\x0c)+(?=\\n)")


def transformed(cells: list[str]) -> list[str]:
    """Return cells as IPython would compile them; magics become calls. Raises `SyntaxError` as IPython does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [TransformerManager().transform_cell(cell) for cell in cells]


def statements(cells: list[str]) -> list[Statement]:
    """Return the statements that must be in the job, in this order."""
    found = []
    for index, cell in enumerate(cells):
        try:
            body, loose = parsed(cell), False
        except (SyntaxError, ValueError):
            body, loose = parsed(*transformed([cell])), True
        found += [Statement(index, ast.unparse(each), ast.dump(each), loose) for each in untouched(body)]
    return found


def expanded(cells: list[str]) -> list[str]:
    """Return cells as IPython would compile them; the body of a magic that runs it stands in its place."""
    return [inner for cell in transformed(cells) for inner in [body_of(cell) or cell]]


def body_of(cell: str) -> str | None:
    """Return what a cell magic runs, as IPython would compile it."""
    match parsed(cell):
        case [ast.Expr(ast.Call(ast.Attribute(attr="run_cell_magic"), [ast.Constant(name), _, ast.Constant(body)]))]:
            if name in CELL_RUN_AS_IT_STANDS | CELL_RUN_SOMEHOW:
                return TransformerManager().transform_cell(body)
    return None


def parsed(source: str) -> list[ast.stmt]:
    """Parse without warnings about the source's own text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | ast.PyCF_ONLY_AST
        tree = compile(source, "cell", "exec", flags, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return tree.body


def untouched(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that stay as they are; what a magic runs as it stands is one of them."""
    for statement in body:
        if inner := run_as_it_stands(statement):
            yield from untouched(inner)
        elif not (is_future(statement) or calls_ipython(statement) or awaits(statement)):
            yield statement


def run_as_it_stands(statement: ast.stmt) -> list[ast.stmt]:
    """Return the statements that a magic runs, if this calls one."""
    match statement:
        case ast.Expr(ast.Call(ast.Attribute(attr=method), arguments)) if calls_ipython(statement):
            pass
        case _:
            return []
    match method, [argument.value for argument in arguments if isinstance(argument, ast.Constant)]:
        case "run_line_magic", [name, str(source)] if name in RUN_AS_IT_STANDS:
            inner = source
        case "run_cell_magic", [name, _, str(source)] if name in CELL_RUN_AS_IT_STANDS:
            inner = source
        case _:
            return []
    try:
        return parsed(TransformerManager().transform_cell(inner))
    except SyntaxError:
        return []


def calls_ipython(node: ast.AST) -> bool:
    """Return whether a call of IPython is inside."""
    return any(isinstance(inner, ast.Name) and inner.id == "get_ipython" for inner in ast.walk(node))


def awaits(node: ast.AST) -> bool:
    """Return whether a kernel would need its event loop for this: `await` and its like outside of any function."""
    if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith):
        return True
    if isinstance(node, ast.comprehension) and node.is_async:
        return True
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        inside = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        inside += [] if isinstance(node, ast.Lambda) else node.decorator_list
        return any(awaits(each) for each in inside)
    return any(awaits(each) for each in ast.iter_child_nodes(node))


def verbatim(cell: str) -> str | None:
    """Return a cell that must be copied character by character, or nothing: one without any edit, not indented."""
    if not cell.strip() or re.match(r"\s", cell):
        return None
    try:
        body = parsed(cell)
    except (SyntaxError, ValueError):
        return None
    if any(is_future(statement) or awaits(statement) for statement in body):
        return None
    return cell.rstrip() if transformed([cell]) == [cell if cell.endswith("\n") else cell + "\n"] else None
