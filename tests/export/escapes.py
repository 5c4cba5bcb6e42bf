"""Lines and cells that only a kernel accepts."""

#: Every one of them can be translated or dropped.
SURE_LINES = [
    "%matplotlib inline",
    "%load_ext sql",
    "%config InlineBackend.figure_format = 'retina'",
    "%env A=1",
    "%env A 1",
    "%cd /tmp",
    "%pip install requests==2",
    "!pip install -q requests",
    "%time a = f(1)",
    "%time f('%s' % a)",
    "%timeit a",
    "!ls -la",
    "!ls -la {a} $b",
    "!echo '{a}' \\\n  \"%s\"",
    "!!ls",
    "a = !ls {b}",
    "a = %sql SELECT 1",
    "df = %sql SELECT * FROM t WHERE x = 'a\"b' AND y LIKE '%z'",
    "df?",
    "df??",
    "?df",
    "df.show?",
    "%sql SELECT 1",
    '!echo "a \' b" ; ls | wc -l',
    "!echo é $HOME $$ {{x}}",
]

#: What the program cannot do without the author, or may rightly refuse.
LINES_THAT_MAY_BLOCK = [
    "%run other.py",
    "%unknown_magic x",
    "a = input('x')",
    "Out[3]",
    "get_ipython().system('ls')",
    ",f a b",
    ";f a b",
    "/f a",
    "a = %time f(1)",
    "%%time",
    "%store a",
    "_",
    "In[1]",
    "from os import *",
    "exit()",
    "async with f() as a:\n    from os import *",
    "%history",
    "password = 'Correct-Horse-7'",
    "a, b = !ls",
    "a.b = !ls",
    "a['x'] = %env HOME",
    "%autoreload 2",
    "%who",
    "%pwd",
    "%ls",
]

#: Whole cells: head and body.
SURE_CELLS = [
    ("%%sql", "SELECT 1"),
    ("%%sql", "SELECT a,\n  'it''s; %x' -- ;\nFROM t WHERE b = \"x\"\n"),
    ("%%sql", "CREATE TABLE t (x INT); INSERT INTO t VALUES (1);\nSELECT * FROM t"),
    ("%%sql -o df", "SELECT '''\"\"\"' AS a, '\\\\' AS b"),
    ("%%sql", "-- only a comment\nSELECT * FROM t\nWHERE a = :a AND b = :größe"),
    ("%%sql", "SELECT '{a}', \"${b}\", `c d`, 'é\U0001f680'"),
    ("%%writefile out.txt", "a\n  b '''\n\"\"\" \\n {x}\n%x"),
    ("%%writefile -a out.txt", "é"),
    ("%%html", "<b>%x</b>\n!ls"),
    ("%%bash", "ls -la\necho \"$HOME '''\" \\\n  x"),
    ("%%sh", "echo 1"),
    ("%%markdown", "# a\n!x"),
    ("%%javascript", "alert('%x')"),
]

#: Heads of cells whose body is Python.
PYTHON_CELLS = ["%%time", "%%capture", "%%capture --no-stderr", "%%timeit", "%%prun"]

CELLS_THAT_MAY_BLOCK = [
    ("%%R", "x <- 1"),
    ("%%scala", "val x = 1"),
    ("%%unknown", "?"),
    ("%%sql sqlite://", "SELECT 1"),
    ("%%sql df << SELECT 1", "FROM t"),
    ("%%python3", "print(1)"),
    ("%%capture out", "print(1)"),
    ("%%writefile {a}.txt", "x"),
    ("%%sql", "BEGIN DECLARE x INT; SET x = 1; END"),
    ("%%sql", ""),
    ("%%bash --out a", "ls"),
    ("%%sql", "SELECT 'open"),
    ("%%perl", "print 1"),
    ("%%latex", "$x$"),
    ("%%file x.py", "y"),
]

#: What needs an event loop.
AWAITS = [
    "await f()",
    "a = await f(await g())",
    "if a:\n  b = await f()\nelse:\n  %env A=1\n  await g()".replace("  %env A=1\n", ""),
    "async for a in f():\n    b = a\nelse:\n    c = 1",
    "async with f() as (a, b), g():\n\tc = await a",
    "a = [x async for x in f() if await x]",
    "a = [await x for x in b]",
    "print(await f(), f'{await g()!r}')",
    "async with f() as a:\n    b: int = 1\n    print(b)",
    "async for a in f():\n    def g(x):\n        return a\n    class K:\n        y = a",
    "async with f():\n    import os.path\n    from sys import path as c\n    a = [y for y in c]\n    (z := 1)",
    "async for a in f():\n    try:\n        b += 1\n    except KeyError as e:\n        del b\n    break",
    "for a in await f():\n    async with g(a) as b:\n        continue",
    "a = {k: v async for k, v in f()}",
    "a = lambda: (await_ for await_ in b)",
    "await f(); await g()",
    "async with f() as a:\n    global b\n    b = '''\n%x\n  y'''\n    %time c = 1\n    !ls",
    "with f() as a:\n  await a",
    "while await f():\n    a = 1",
    "async with f() as a.b, g() as a['x']:\n  pass",
    "x = (await f()).y",
    "return_ = await f() if a else await g()",
    "assert await f(), 'no'",
    "async for a.x in f():\n  match b:\n    case [c, *d]:\n      pass",
]

FUTURES = [
    "from __future__ import annotations",
    # TMP "from __future__ import annotations; a = 1",
    "from __future__ import (\n  annotations,\n  division as d,\n)",
    "'''A docstring.'''\nfrom __future__ import generator_stop",
    "# a comment\n\nfrom __future__ import annotations  # why\nfrom __future__ import division",
]
