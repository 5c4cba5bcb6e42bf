"""Small ordinary notebooks, as people write them for Spark. `spark` is there, as a kernel's start-up file makes it."""

from dataclasses import dataclass, field
from typing import Any

from tests.export.notebook import Written


@dataclass
class Ordinary:
    """A notebook and the parameters for a run of it."""

    cells: list[str]
    #: The index of the cell that is tagged `parameters`.
    parameters_cell: int | None = None
    #: Values for one run, as JSON has them.
    given: dict[str, Any] = field(default_factory=dict)
    nbformat: int = 4

    def written(self) -> Written:
        """Return it as a notebook to write."""
        notebook = Written(self.cells, self.nbformat, as_list={0, 2, 4})
        if self.parameters_cell is not None:
            notebook.extra[self.parameters_cell] = {"metadata": {"tags": ["parameters"]}}
        return notebook


PARAMETERS = [
    "import datetime",
    "limit = 3  # how many\nname = 'x'\nrate = 0.5\nflags = [1, 2]\nday = None\non = False",
    "print(limit + 1, name.upper(), rate * 2, flags, day, on)",
    "spark.range(limit).selectExpr('id', f'{rate} AS rate').write.saveAsTable('limited')",
]
STARTS = "%matplotlib inline"

ORDINARY: dict[str, Ordinary] = {
    "a table": Ordinary(
        [
            "from pyspark.sql import functions as F",
            "df = spark.range(100).withColumn('odd', F.col('id') % 2)",
            "df.write.mode('overwrite').saveAsTable('numbers')\nprint(df.count())",
            "df.groupBy('odd').count().orderBy('odd').show()",
        ]
    ),
    "parameters by default": Ordinary(PARAMETERS, 1),
    "parameters given": Ordinary(
        PARAMETERS,
        1,
        {"limit": 5, "name": "it's \"é\" \\n\n'''", "rate": 2.5, "flags": ["a", None], "day": "2026-05-01", "on": True},
    ),
    "one of several parameters given": Ordinary(PARAMETERS, 1, {"limit": 7}),
    "parameters in the first cell": Ordinary(["n = 1", "print(n)\nspark.range(n).write.saveAsTable('n')"], 0, {"n": 4}),
    "SQL cells": Ordinary(
        [
            "%%sql\nCREATE TABLE people AS SELECT id, concat('p', id) AS name FROM range(5)",
            "%%sql\nINSERT INTO people VALUES (7, 'a;b'); INSERT INTO people VALUES (8, \"it's\");\n",
            "%%sql\nSELECT * FROM people ORDER BY id",
            "print(spark.table('people').count())",
        ]
    ),
    "SQL into a variable": Ordinary(
        [
            "%%sql -o df\nSELECT id, id * 2 AS double\nFROM range(4)",
            "print(df.columns, sorted(row.double for row in df.collect()))",
            "small = %sql SELECT * FROM range(2)",
            "df.write.saveAsTable('doubles')\nprint(small.count())",
        ]
    ),
    "SQL with named parameters": Ordinary(
        [
            'low = 2\nword = "it\'s"\ngröße = 1.5',
            "%%sql -o found\nSELECT id, :word AS word, :größe AS g, ':low' AS text FROM range(5) WHERE id > :low",
            "print([tuple(row) for row in found.orderBy('id').collect()])",
            "found.write.saveAsTable('found')",
        ]
    ),
    "SQL with quotes, comments and line ends": Ordinary(
        [
            "%%sql\n-- people; with a comment\nCREATE TABLE texts AS\nSELECT 'a;b' AS a,"
            " \"c'''d\" AS b, 'x\n    y\n\tz' AS c\n"
            "/* ; */ , '%x' AS d, '{e}' AS e, 'é🚀' AS f, '\\\\' AS g, '\"\"\"' AS h",
            "print(spark.table('texts').collect())",
        ]
    ),
    "temporary views": Ordinary(
        [
            "spark.range(10).createOrReplaceTempView('ids')",
            "%%sql\nCREATE OR REPLACE TEMP VIEW even AS SELECT * FROM ids WHERE id % 2 = 0",
            "spark.sql('SELECT sum(id) AS s FROM even').show()",
            "spark.table('even').write.saveAsTable('evens')",
        ]
    ),
    "joins and windows": Ordinary(
        [
            "from pyspark.sql import Window\nimport pyspark.sql.functions as F",
            "left = spark.createDataFrame([(1, 'a'), (2, 'b'), (3, 'a')], ['id', 'kind'])",
            "right = spark.createDataFrame([('a', 10.0), ('b', None)], 'kind string, price double')",
            "joined = (\n    left.join(right, 'kind', 'left')\n    .withColumn('rank', F.row_number().over("
            "Window.partitionBy('kind').orderBy(F.desc('id'))))\n    .na.fill(0.0)\n)",
            "joined.orderBy('id').show()\njoined.write.saveAsTable('joined')",
            "for row in joined.groupBy('kind').agg(F.sum('price').alias('total')).orderBy('kind').collect():\n"
            "    print(f'{row.kind:>5} {row.total:.2f}')",
        ]
    ),
    "measured cells": Ordinary(
        [
            "%time rows = spark.range(5).count()",
            "%%time\ntotal = rows * 2\nprint('total', total)",
            "if total:\n    %time x = total + 1\n",
            "print(x)\nspark.range(total).write.saveAsTable('measured')",
        ]
    ),
    "shell lines": Ordinary(
        [
            "name = 'a b'\nn = 3\nimport os\nos.environ['HUE'] = 'red'",
            "print('before')\n!echo {name} $n {n + 1} '{name}'\n!echo \"$HUE\" '$HUE'\nprint('after')",
            "!echo one && echo two; \\\n  echo three\n!echo 'it''s' | tr a-z A-Z",
            "!printf 'x\\ty\\n' > out.tsv",
            "!ls *.tsv | xargs -I {} echo found {} {}",
            "for i in range(2):\n\t!echo row {i}",
            "print(open('out.tsv').read())",
        ]
    ),
    "what a shell line prints, in a variable": Ordinary(
        [
            "lines = !printf 'b\\na\\n\\nc'",
            "print(list(lines), len(lines))",
            "count = !echo {len(lines)}\nprint(int(count[0]) + 1)",
            "spark.createDataFrame([(line,) for line in lines], ['line']).write.saveAsTable('lines')",
        ]
    ),
    "a shell cell": Ordinary(
        [
            "print('first')",
            "%%bash\nx=5\nfor i in 1 2; do\n  echo \"$i '$x'\"\ndone > loop.txt\ncat loop.txt",
            "print(9)",
        ]
    ),
    "environment": Ordinary(
        [
            "import os\nvalue = 'v w'",
            "%env PLAIN=one two",
            "%env SPACED three four",
            "%env FILLED={value}!",
            "%set_env OTHER=$value",
            "print([os.environ[name] for name in ('PLAIN', 'SPACED', 'FILLED', 'OTHER')])\n!echo $PLAIN",
        ]
    ),
    "another folder": Ordinary(
        [
            "import os\nfolder = 'sub dir'\nos.makedirs(folder + '/deep')",
            "%cd {folder}",
            "open('here.txt', 'w').write('x')\nprint(os.path.basename(os.getcwd()))",
            "%cd deep\n!pwd | sed 's|.*/||'",
            "%cd ../..\nprint(os.path.exists('sub dir/here.txt'))",
        ]
    ),
    "written files": Ordinary(
        [
            '%%writefile settings.json\n{"name": "é \'\'\'", "path": "a\\\\b",\n "quote": "\\""}',
            "import json\nwith open('settings.json', encoding='utf-8') as file:\n    print(json.load(file))",
            "%%writefile -a settings.json\n\n# more {x} %y\n",
            "%%writefile helper_module.py\ndef double(x):\n    '''Doc \"\"\" string.'''\n    return 2 * x\n",
            "import sys\nsys.path.insert(0, '.')\nsys.dont_write_bytecode = True\nimport helper_module\n"
            "print(helper_module.double(4))",
        ]
    ),
    "captured output": Ordinary(
        [
            "print('seen')",
            "%%capture\nprint('not seen')\nhidden = 5\ndef g():\n    return hidden + 1",
            "print(g())\nspark.range(hidden).write.saveAsTable('hidden')",
            "%%capture --no-stdout\nprint('seen, too')",
        ]
    ),
    "SQL in functions": Ordinary(
        [
            'def make(n):\n    query = """\n        SELECT id,\n               \'  two\n          lines\' AS text\n'
            '        FROM range({n})\n    """.format(n=n)\n    return spark.sql(query)',
            'make(2).write.saveAsTable("texts")\nprint(make(2).collect())',
            "print(spark.sql('''\n%s\n''' % 'SELECT 1 AS one').collect())",
        ]
    ),
    "await": Ordinary(
        [
            "import asyncio\nasync def slow(x):\n    await asyncio.sleep(0.01)\n    return x * 2",
            "a = await slow(2)\nb, c = await asyncio.gather(slow(a), slow(5))\nprint(a, b, c)",
            "results = [await slow(x) for x in range(3)]\nprint(results, f'{await slow(1)}')",
            "if await slow(1):\n    d = await slow(d0 := 7)\nprint(d, d0)",
            "task = asyncio.ensure_future(slow(8))",
            "print(await task)",
        ]
    ),
    "async for and async with": Ordinary(
        [
            "import contextlib\nasync def numbers():\n    for x in range(4):\n        yield x\n"
            "@contextlib.asynccontextmanager\nasync def opened(name):\n    print('open', name)\n    yield name\n"
            "    print('close', name)",
            "total = 0",
            "async for n in numbers():\n    total += n\n    if n == 2:\n        break\nelse:\n    total = -1",
            "print(total, n)",
            "async with opened('a') as name:\n    import math as m\n    def area(r):\n"
            "        return m.floor(r) * total\n"
            "    class Kept:\n        value = total\n    first, *rest = [x async for x in numbers()]",
            "print(name, area(2.5), Kept.value, first, rest)",
            "async for n in numbers():\n    try:\n        last = 1 / n\n    except ZeroDivisionError as e:\n"
            "        last = str(e)\nprint(last)",
            "spark.range(total).write.saveAsTable('total')",
        ]
    ),
    "display": Ordinary(
        [
            "df = spark.range(2)",
            "print('before')\ndisplay(df)\nprint('after')",
            "from IPython.display import display, Markdown\ndisplay(Markdown('# x'))\ndisplay(5)",
            "df.count()",
            "print('end');",
        ]
    ),
    "dropped magics": Ordinary(
        [
            f"{STARTS}\n%load_ext autoreload\nx = 1",
            f"if x:\n  {STARTS}\nelse:\n  print('never')",
            "try:\n\t%config Completer.use_jedi = False\nfinally:\n\tprint('done')",
            "x?",
            "print(x)",
        ]
    ),
    "functions and classes over several cells": Ordinary(
        [
            "from dataclasses import dataclass\nimport functools",
            "counter = 0\ndef bump(by=1):\n    global counter\n    counter += by\n    return counter",
            "@dataclass\nclass Point:\n    x: int\n    y: int = 2\n\n"
            "    @property\n    def sum(self):\n        return self.x + self.y",
            "@functools.lru_cache\ndef fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)",
            "class Child(Point):\n    def __repr__(self):\n        return f'<{super().__repr__()}>'",
            "bump(); bump(3)\nprint(counter, Point(1).sum, fib(30), Child(5), Point.__module__)",
            "bump = functools.partial(bump, 10)\nprint(bump())",
        ]
    ),
    "from __future__": Ordinary(
        [
            "import sys",
            "from __future__ import annotations",
            "def f(x: Later) -> list[Later]:\n    return x\nclass Later:\n    pass",
            "print(f.__annotations__, f(1))",
        ]
    ),
    "a session of its own": Ordinary(
        [
            "import os\nfrom pyspark.sql import SparkSession",
            "spark = SparkSession.builder.remote(os.environ['SPARK_REMOTE']).getOrCreate()",
            "spark.conf.set('spark.sql.session.timeZone', 'UTC')",
            "spark.sql(\"SELECT timestamp'2026-05-01 12:00' AS t\").write.saveAsTable('times')",
            "spark.table('times').show()",
        ]
    ),
    "unicode": Ordinary(
        [
            "größe = '🚀 é ß 变量'\nprint(größe, len(größe), ascii(größe))",
            "spark.createDataFrame([(größe, 'i\u0307')], ['größe', 'x']).write.saveAsTable('zeichen')",
            "!echo {größe}",
            "print('a\u2028b', 'c\u00a0d', '\\N{BULLET}')",
        ]
    ),
    "line ends of Windows": Ordinary(
        [
            "text = '''one\r\n  two\r\n'''\r\nprint(repr(text))\r\nif text:\r\n    !echo yes\r\n",
            "%%writefile windows.txt\r\na\r\nb\r\n",
            "%%sql\r\nCREATE TABLE ends AS\r\nSELECT 'a\r\nb' AS x\r\n",
            "print(repr(open('windows.txt', newline='').read()), spark.table('ends').collect())",
        ]
    ),
    "strings that look like magics": Ordinary(
        [
            "text = '''\n%matplotlib inline\n!rm -rf x\nprint(1)\n%%sql\n# %% cell 1\ndf?\n'''\nprint(text)",
            "n = (7\n% 4)\nok = (n\n!= 4)\nprint(n, ok)",
            "r = '%s %%' % n; print(r)  # why?",
            "f = f'''{n:>5}\n%env X=1 {r!r}'''\nprint(f)",
        ]
    ),
    "indented in several ways": Ordinary(
        [
            "  x = 1\n  if x:\n      print('two')",
            "if x:\n\tfor y in [1]:\n\t\tprint('tab')\n\n\n# a comment\n\tprint('after')",
            "if x: print('a'); print('b')\ny = 1; print(y);",
            "",
            "class A:\n  def f(self):\n     return 'three'\nprint(A().f())",
        ]
    ),
    "names as strings": Ordinary(
        [
            "made = 4\nexec('made = 5')\nprint(made, eval('made + 1'), globals()['made'], 'made' in dir())",
            "if __name__ == '__main__':\n    print('main')",
            "from pyspark.sql.functions import *",
            "print([row.m for row in spark.range(3).select(max(col('id')).alias('m')).collect()])",
            "class Scope:\n    value = made\n    values = [made for _ in range(2)]\nprint(Scope.values)",
        ]
    ),
    "the order of outputs": Ordinary(
        [
            "import sys\nprint('a', end='')\nsys.stdout.write('b\\n')",
            "!echo c\nprint('d', flush=True)\nprint('not here', file=sys.stderr)",
            "!echo e\n!echo f",
            "import subprocess\nprint(subprocess.run(['echo', 'g'], capture_output=True, text=True).stdout)",
        ]
    ),
    "format 3": Ordinary(["x = 1\nprint(x)", "%%time\ny = x + 1", "spark.range(y).write.saveAsTable('y')"], nbformat=3),
}
