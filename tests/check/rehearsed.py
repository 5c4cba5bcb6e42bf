"""Programs that a rehearsal judges. `numbers` has the columns `id` and `name`; `others` has `id`."""

from tests.check.program import Program

NO_COLUMN = "UNRESOLVED_COLUMN.WITH_SUGGESTION"

REHEARSED = [
    Program("select", "passes", (), "its columns are there", "spark.table('numbers').select('id').show()\n"),
    Program("count", "passes", (), "one row however few are read", "print(spark.table('numbers').count() + 1)\n"),
    Program("pandas", "passes", (), "no rows", "print(len(spark.table('numbers').limit(5).toPandas()))\n"),
    Program(
        "own view",
        "passes",
        (),
        "the view is made in a session that is thrown away",
        "spark.table('numbers').createOrReplaceTempView('mine')\nspark.sql('SELECT id FROM mine').show()\n",
    ),
    Program(
        "join and aggregate",
        "passes",
        (),
        "all of it is analysed",
        """
        from pyspark.sql import functions as F

        n = spark.table('numbers').join(spark.table('others'), 'id')
        n.groupBy('name').agg(F.sum('id').alias('total')).orderBy(F.desc('total')).show()
        """,
    ),
    Program(
        "wrong column",
        "fails",
        (f"{NO_COLUMN}:2",),
        "at the line that makes it, not at the one that shows it",
        "n = spark.table('numbers')\nm = n.select('nmae')\nm.show()\n",
    ),
    Program(
        "wrong column after collect",
        "fails",
        (f"{NO_COLUMN}:3",),
        "the program goes on with no rows",
        "n = spark.table('numbers')\nprint(n.limit(3).collect())\nn.filter('nmae > 1').show()\n",
    ),
    Program(
        "wrong column of an own view",
        "fails",
        (f"{NO_COLUMN}:2",),
        "only known when the view is there",
        "spark.table('others').createOrReplaceTempView('mine')\nspark.sql('SELECT name FROM mine').show()\n",
    ),
    Program("wrong table", "fails", ("TABLE_OR_VIEW_NOT_FOUND:1",), "not there", "spark.table('numbrs').show()\n"),
    Program("wrong name", "fails", ("PYTHON_ERROR:2",), "not defined", "n = spark.table('others')\nm.show()\n"),
    Program("wrong method", "fails", ("PYTHON_ERROR:1",), "no such one", "spark.table('others').shwo()\n"),
    Program(
        "first row",
        "unproven",
        ("REHEARSED_TO:1",),
        "with rows it may go on",
        "print(spark.table('numbers').limit(3).collect()[0][0])\n",
    ),
    Program(
        "body of a loop over rows",
        "unproven",
        ("NOT_REACHED:2",),
        "there are none",
        "for row in spark.table('numbers').limit(3).collect():\n    print(row.nmae)\n",
    ),
    Program(
        "body of a list over rows",
        "unproven",
        ("NOT_REACHED:1",),
        "there are none",
        "print([row.nmae for row in spark.table('numbers').limit(3).collect()])\n",
    ),
    Program(
        "body of a function for Spark",
        "unproven",
        ("NOT_REACHED:2",),
        "it never runs",
        """
        from pyspark.sql import functions as F
        f = F.udf(lambda name: name.uper())
        spark.table('numbers').select(f('name')).show()
        """,
    ),
    Program(
        "write",
        "unproven",
        ("EFFECT:1",),
        "named, not done",
        "spark.table('numbers').write.mode('overwrite').saveAsTable('others')\n",
    ),
    Program("drop", "unproven", ("EFFECT:2",), "named, not done", "d = 'DROP TABLE numbers'\nspark.sql(d)\n"),
    Program(
        "hidden drop",
        "unproven",
        ("EFFECT:2",),
        "only the rehearsal knows the text",
        "d = 'DROP TABLE ' + spark.table('numbers').columns[0].replace('id', 'numbers')\nspark.sql(d)\n",
    ),
    Program(
        "wrong column of a written table",
        "unproven",
        ("EFFECT:1", "REHEARSED_TO:2"),
        "it may be there afterwards",
        "spark.range(1).write.saveAsTable('fresh')\nspark.table('fresh').select('id').show()\n",
    ),
    Program(
        "pivot",
        "unproven",
        ("NOT_REHEARSED:1",),
        "Spark would read the data for its analysis",
        "spark.table('numbers').groupBy('id').pivot('name').count().show()\n",
    ),
    Program(
        "crosstab",
        "unproven",
        ("NOT_REHEARSED:1",),
        "Spark would read the data for its analysis",
        "spark.table('numbers').crosstab('id', 'name').show()\n",
    ),
    Program(
        "inference",
        "unproven",
        ("INFERENCE:1",),
        "Spark would read the data for it",
        "spark.read.json('s3a://b/x').show()\n",
    ),
    Program(
        "hidden reflect",
        "refused",
        ("SQLFUNC:3",),
        "runs Java",
        """
        from pyspark.sql import functions as F
        f = ''.join(['re', 'flect'])
        spark.range(1).select(F.call_function(f, F.lit('java.lang.System'), F.lit('exit'), F.lit(1))).show()
        """,
    ),
    Program(
        "hidden reflect in SQL",
        "refused",
        ("SQLFUNC:2",),
        "runs Java",
        "f = ''.join(['re', 'flect'])\nspark.sql('SELECT ' + f + \"('java.lang.System', 'exit', 1)\").show()\n",
    ),
    Program(
        "hidden format",
        "refused",
        ("FORMAT:2",),
        "leaves the cluster",
        "f = ''.join(['jd', 'bc'])\nspark.read.format(f).option('dbtable', 'x').load().show()\n",
    ),
    Program(
        "hidden file",
        "refused",
        ("FORMAT:2",),
        "a file of the machine",
        "f = ''.join(['/e', 'tc/passwd'])\nspark.read.text(f).show()\n",
    ),
    Program(
        "table function of the program",
        "unproven",
        ("NOT_REHEARSED:8",),
        "its analysis would run on the server",
        """
        from pyspark.sql.functions import udtf

        class Rows:
            def eval(self):
                yield (1,)

        spark.range(1).show()
        udtf(Rows, returnType='a: int')().show()
        """,
    ),
    Program(
        "endless loop",
        "unproven",
        ("STOPPED:2",),
        "ended after a while",
        "n = spark.range(1)\nn.show()\nwhile n:\n    pass\n",
    ),
]
