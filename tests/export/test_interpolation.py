"""What a shell line becomes: the same command as in IPython, for names that are defined and for those that are not."""

import ast
import random
from pathlib import Path, PurePosixPath

from IPython.core.interactiveshell import InteractiveShell

from tests.export.expected import transformed
from tests.export.notebook import Written
from tests.export.program import Export, export

#: What the first cell defines.
DEFINED = {"name": "a b", "n": 3, "größe": "é", "row": {"k": [1, 2]}, "path": PurePosixPath("/tmp/x")}
DEFINITIONS = "from pathlib import PurePosixPath\n" + "\n".join(f"{each} = {DEFINED[each]!r}" for each in DEFINED)
PARTS = [
    *["{name}", "{n + 1}", "{row['k'][0]}", "{path}", "{größe}", "{n:>4}", "{n!r}", "{name.upper()}", "{ n }"],
    *["$n", "$name", "$größe", "$path.name ", "$n.real ", "${n}", "$$n", "$$HOME", "$HOME", "$1", "$?", "$(pwd)", "$"],
    *["{{n}}", "{{", "}}", "{undefined}", "$undefined", "{}", "{0}", "{1}", "a{b,c}d", "{'x'}"],
    *["'", "'", '"', '"', " ", " ", "echo", "x", "|", ";", "%s", "é", "\\", "\\n", "#", "!", "'{print $1}'", "a.b"],
]


def commands() -> list[str]:
    """Return commands: each part alone, each pair with a name, and random ones."""
    chance = random.Random(1)
    made = [f"echo {part}" for part in PARTS] + [f"echo {part} {{name}} $n" for part in PARTS]
    made += ["echo " + "".join(chance.choices(PARTS, k=chance.randint(2, 6))) for _ in range(600)]
    return [command.rstrip() for command in made if not command.rstrip().endswith("\\")]


def export_lines(lines: list[str], folder: Path) -> Export:
    """Export a notebook with the definitions and a cell for each command."""
    notebook = Written([DEFINITIONS, *(f"!{line}" for line in lines)])
    return export(notebook.write(folder / "notebook.ipynb"), folder / "out", "--translate-shell")


def test_a_shell_line_runs_the_command_that_ipython_runs(tmp_path: Path) -> None:
    shell = InteractiveShell()
    shell.user_ns.update(DEFINED)
    lines = [command for command in commands() if "?" not in command[-2:]]
    different = []
    done = export_lines(lines, tmp_path)
    if done.code == 1:
        blocked = {finding["cell"]: finding for finding in done.blocking()}
        different += [f"!{lines[cell - 1]}\n    blocked: {blocked[cell]['message']}" for cell in sorted(blocked)]
        lines = [line for index, line in enumerate(lines) if index + 1 not in blocked]
        done = export_lines(lines, tmp_path)
    assert done.code == 0, done.blocking()
    calls = [node for node in ast.walk(ast.parse(done.job)) if isinstance(node, ast.Call)]
    calls = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "_shell"]
    assert len(calls) == len(lines)
    for line, call in zip(lines, calls, strict=True):
        system = ast.parse(transformed([f"!{line}"])[0]).body[0].value
        wanted = shell.var_expand(ast.literal_eval(system.args[0]))
        try:
            seen = eval(compile(ast.Expression(call.args[0]), "job", "eval"), dict(DEFINED))
        except Exception as error:
            seen = error
        if seen != wanted:
            different.append(f"!{line}\n    in IPython: {wanted!r}\n    in the job: {seen!r}")
    assert not different, f"{len(different)} of {len(lines)} differ:\n" + "\n".join(different)
