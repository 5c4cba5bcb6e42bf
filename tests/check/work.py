"""Work that is right, as assistants write it. `numbers` has `id` and `name`; `others` has `id`."""

from tests.check.program import Program

START = "from pyspark.sql import Window, functions as F\nn = spark.table('numbers')\no = spark.table('others')\n"


def passes(name: str, source: str) -> Program:
    """Return a program that passes."""
    return Program(name, "passes", (), "all of it is analysed with zero rows", START + source)


WORK = [
    passes("filter and order", "n.filter(F.col('id') > 1).orderBy(F.desc('name')).show()\n"),
    passes("two conditions", "n.filter((n.id > 1) & (n.name != 'a')).select('id').show()\n"),
    passes("new column", "n.withColumn('even', F.col('id') % 2 == 0).groupBy('even').count().show()\n"),
    passes("rename and use", "n.withColumnRenamed('name', 'who').select('who').distinct().show()\n"),
    passes("inner join", "n.join(o, 'id').select('id', 'name').show()\n"),
    passes("join by an expression", "n.join(o, n.id == o.id, 'left').select(n.id, n.name).show()\n"),
    passes("anti join", "n.join(o, 'id', 'left_anti').show()\n"),
    passes("union", "n.select('id').union(o).distinct().orderBy('id').show()\n"),
    passes("union by name", "n.unionByName(o, allowMissingColumns=True).show()\n"),
    passes("running sum", "w = Window.orderBy('id')\nn.select('id', F.sum('id').over(w).alias('sum')).show()\n"),
    passes(
        "first of each",
        "w = Window.partitionBy('name').orderBy('id')\nn.withColumn('r', F.rank().over(w)).filter('r = 1').show()\n",
    ),
    passes("several aggregates", "n.groupBy('name').agg(F.min('id'), F.max('id'), F.avg('id').alias('mean')).show()\n"),
    passes("case", "n.select(F.when(n.id > 1, 'many').otherwise('few').alias('kind')).show()\n"),
    passes("text functions", "n.select(F.concat(F.upper('name'), F.lit('-'), F.col('id').cast('string'))).show()\n"),
    passes(
        "dates",
        "n.select(F.date_add(F.to_date(F.lit('2024-01-31')), 1).alias('d')).filter(\"d > DATE'2024-01-01'\").show()\n",
    ),
    passes(
        "times",
        "t = n.select(F.current_timestamp().alias('t'))\n"
        "t.groupBy(F.date_trunc('week', 't').alias('w')).count().show()\n",
    ),
    passes(
        "columns of all kinds",
        "m = n.select(F.create_map('name', 'id'), F.array('id'), n.id.cast('decimal(9,2)'), F.current_timestamp())\n"
        "print(m.limit(5).toPandas())\n",
    ),
    passes("lists", "n.select(F.explode(F.split('name', ',')).alias('part')).groupBy('part').count().show()\n"),
    passes("structs", "n.select(F.struct('id', 'name').alias('s')).select('s.name').show()\n"),
    passes("pivot with values", "n.groupBy('id').pivot('name', ['a', 'b']).count().show()\n"),
    passes("sample and limit", "n.sample(0.5, seed=1).limit(3).show()\n"),
    passes(
        "columns in a loop",
        "m = n\nfor name in n.columns:\n    m = m.withColumnRenamed(name, name.upper())\nm.show()\n",
    ),
    passes("own function", "def few(frame, count):\n    return frame.limit(count)\n\n\nfew(n, 2).show()\n"),
    passes("CTE", "spark.sql('WITH a AS (SELECT id FROM numbers) SELECT count(*) AS n FROM a').show()\n"),
    passes("subquery", "spark.sql('SELECT * FROM numbers WHERE id IN (SELECT id FROM others)').show()\n"),
    passes(
        "view of one's own", "n.filter('id > 1').createOrReplaceTempView('v')\nspark.sql('SELECT name FROM v').show()\n"
    ),
    Program(
        "parameter of a text",
        "unproven",
        ("DYNAMIC_SQL:5",),
        "the text could be another one with rows",
        START + "limit = 2\nspark.sql(f'SELECT id FROM numbers LIMIT {limit}').show()\n",
    ),
]
