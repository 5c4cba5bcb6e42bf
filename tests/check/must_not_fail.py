"""Programs that must not be refused: what looks like something else, and ordinary ones."""

from tests.check.program import Program

MUST_NOT_FAIL = [
    Program("arithmetic", "passes", (), "no Spark at all", "x = [i * 2 for i in range(3)]\nprint(sum(x))\n"),
    Program("empty", "passes", (), "nothing", "# only a comment\n"),
    Program(
        "words in texts and comments",
        "passes",
        (),
        "no rule looks at text",
        "# import os; eval('x'); spark._jvm\nprint('import os', 'eval(', 'file:/etc/passwd')\n",
    ),
    Program(
        "own functions with these names",
        "passes",
        (),
        "they are the program's",
        "def eval(x):\n    return x\ndef open(x):\n    return x\nprint(eval(open(1)))\n",
    ),
    Program(
        "re.compile",
        "passes",
        (),
        "not the compile of Python",
        "import re\nprint(re.compile('a+').match('aa'))\n",
    ),
    Program(
        "main",
        "passes",
        (),
        "the usual last lines",
        "def main():\n    print(1)\n\nif __name__ == '__main__':\n    main()\n",
    ),
    Program(
        "class with a client",
        "passes",
        (),
        "its own attribute",
        """
        class Reader:
            def __init__(self, client):
                self._client = client

            def collect(self):
                return self._client

        print(Reader(1).collect())
        """,
    ),
    Program(
        "json and numpy",
        "passes",
        (),
        "modules that compute",
        "import json\nimport numpy as np\nprint(json.dumps({'a': float(np.mean([1, 2]))}))\n",
    ),
    Program(
        "measured",
        "passes",
        (),
        "a magic that shows",
        "%matplotlib inline\nx = 7 % 2\nprint(x)\n",
    ),
    Program("query", "unproven", (), "Spark was not asked", "spark.sql('SELECT 1 AS a').show()\n"),
    Program(
        "given session",
        "unproven",
        (),
        "the person's own session",
        """
        from pyspark.sql import SparkSession
        spark = SparkSession.builder.appName('report').getOrCreate()
        spark.sql('SELECT 1').show()
        """,
    ),
    Program(
        "ordinary report",
        "unproven",
        (),
        "DataFrames",
        """
        from pyspark.sql import functions as F
        from pyspark.sql import Window as W

        sales = spark.table('db.sales')
        w = W.partitionBy('shop').orderBy(F.col('amount').desc())
        best = sales.withColumn('n', F.row_number().over(w)).where(F.col('n') == 1)
        best.groupBy('shop').agg(F.sum('amount').alias('sum')).show()
        """,
    ),
    Program(
        "chosen table in SQL",
        "unproven",
        (),
        "the chosen table, quoted, in a text that is put together",
        """
        table = '`db`.`sales`'
        q = f'SELECT shop, count(*) FROM {table} ' + 'GROUP BY shop'
        spark.sql(q).show()
        """,
        ("--table", "db.sales"),
    ),
    Program(
        "chosen path and own view",
        "unproven",
        (),
        "the view is the program's own",
        """
        df = spark.read.option('header', True).csv('s3a://b/sales/2026')
        df.createOrReplaceTempView('sales')
        spark.sql('WITH s AS (SELECT * FROM sales) SELECT count(*) FROM s').show()
        """,
        ("--path", "s3://b/sales/"),
    ),
    Program(
        "two ways to one table",
        "unproven",
        (),
        "a name with two values, both chosen",
        """
        import datetime
        table = 'db.sales' if datetime.date.today().day > 1 else 'db.sales_new'
        spark.table(table).show()
        """,
        ("--table", "db.sales", "--table", "db.sales_new"),
    ),
    Program(
        "written table",
        "unproven",
        ("WRITE_TARGET:1",),
        "a write is named, not refused",
        "spark.table('db.t').groupBy('a').count().write.mode('overwrite').saveAsTable('db.sums')\n",
    ),
    Program(
        "written path",
        "unproven",
        ("WRITE_TARGET:2",),
        "a write is named, not refused",
        "df = spark.read.parquet('s3://b/in')\ndf.write.partitionBy('day').parquet('s3://b/out', mode='append')\n",
    ),
    Program(
        "all rows",
        "unproven",
        ("UNBOUNDED:1",),
        "a warning",
        "rows = spark.table('db.t').collect()\nprint(len(rows))\n",
    ),
    Program(
        "few rows",
        "unproven",
        (),
        "limited",
        "rows = spark.table('db.t').orderBy('a').limit(20).toPandas()\nprint(rows)\n",
    ),
    Program(
        "dynamic SQL",
        "unproven",
        ("DYNAMIC_SQL:2",),
        "known only when it runs",
        "for day in days():\n    spark.sql(f\"SELECT * FROM t WHERE day = '{day}'\").show()\n",
    ),
    Program(
        "SQL on a parameter",
        "unproven",
        ("DYNAMIC_SQL:2",),
        "nobody says what the parameter is",
        "def drop(s, t):\n    s.sql('DROP TABLE ' + t)\n",
    ),
    Program(
        "parameters of SQL",
        "unproven",
        (),
        "the way that is recommended",
        "spark.sql('SELECT * FROM db.t WHERE a = :a', {'a': 1}).show()\n",
    ),
    Program(
        "function of the person",
        "unproven",
        (),
        "runs on the executors",
        """
        from pyspark.sql.functions import udf

        @udf('int')
        def add(x):
            return x + 1

        spark.range(3).select(add('id')).show()
        """,
    ),
    Program(
        "streaming",
        "unproven",
        ("WRITE_TARGET:2",),
        "a stream into a table",
        "s = spark.readStream.table('db.t')\ns.writeStream.option('checkpointLocation', 's3://b/c').toTable('db.u')\n",
    ),
    Program(
        "last expression",
        "unproven",
        (),
        "a notebook shows it",
        "df = spark.table('db.t').select('a')\ndf.limit(5)\n",
    ),
    Program(
        "words in SQL",
        "unproven",
        (),
        "strings, comments and names",
        "spark.sql(\"SELECT 'reflect(1)', extract(YEAR FROM d), jdbc FROM db.t -- java_method(1)\").show()\n",
        ("--table", "db.t"),
    ),
    Program(
        "token from the notebook",
        "unproven",
        (),
        "no secret stands in it",
        "token = dbutils.secrets.get('scope', 'token')\nspark.table('db.t').show()\n",
    ),
    Program(
        "Python that counts on itself",
        "unproven",
        ("PARTIAL:1",),
        "not followed to its end",
        "def f(n):\n    return f(n - 1) if n else 0\nprint(f(3))\n",
    ),
    Program(
        "session for a function that is not followed",
        "unproven",
        ("PARTIAL:2",),
        "nobody says what is done with it",
        "import copy\ncopy.copy(spark)\n",
    ),
    Program("file of SQL", "unproven", (), "Spark was not asked", "SELECT 1;\nSELECT 2 AS b;\n", end=".sql"),
    Program("empty file of SQL", "passes", (), "nothing", "-- nothing\n", end=".sql"),
]
