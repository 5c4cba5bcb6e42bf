"""Whether a kernel accepts cells. This file also runs in other CPythons, from 3.9 on, so it imports nothing of ours."""

import __future__

import ast

AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def kernel_accepts(cells):
    """Compile cells, as IPython transformed them: one after the other as a kernel does, then all together.

    Returns nothing; raises what the compiler raises.
    """
    futures, head, body = 0, [], []
    for cell in cells:
        # A kernel remembers `from __future__ import …` for later cells.
        compile(cell, "cell", "exec", AWAIT | futures, True)
        for statement in compile(cell, "cell", "exec", AWAIT | futures | ast.PyCF_ONLY_AST, True).body:
            if is_future(statement):
                for name in statement.names:
                    futures |= getattr(__future__, name.name).compiler_flag
                head.append(statement)
            else:
                body.append(statement)
    compile(ast.Module(head + body, []), "together", "exec", AWAIT, True)


def is_future(statement):
    """Return whether this is `from __future__ import …`."""
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__" and statement.level == 0


def problem_of(action):
    """Do something; return the error as text, or nothing."""
    try:
        action()
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        return f"{type(error).__name__}: {error}"
    return None
