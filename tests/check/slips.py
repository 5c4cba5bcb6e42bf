"""Slips of the kind that assistants make, which a rehearsal finds. `numbers` has `id` and `name`; `others` has `id`."""

from tests.check.program import Program

NO_COLUMN = "UNRESOLVED_COLUMN.WITH_SUGGESTION"
TYPE = "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"
START = "from pyspark.sql import Window, functions as F\nn = spark.table('numbers')\no = spark.table('others')\n"


def fails(name: str, place: str, why: str, source: str) -> Program:
    """Return a program that must fail, after three lines that are right."""
    return Program(name, "fails", (place,), why, START + source)


SLIPS = [
    fails("old name", f"{NO_COLUMN}:4", "it was renamed", "n.withColumnRenamed('name', 'n').select('name').show()\n"),
    fails("dropped column", f"{NO_COLUMN}:5", "it was dropped", "m = n.drop('name')\nm.select('name').show()\n"),
    fails("case of a key", f"{NO_COLUMN}:4", "only the key is left", "n.groupBy('id').count().select('name').show()\n"),
    fails("column of the other table", f"{NO_COLUMN}:4", "others has none", "o.filter(F.col('name') == 'a').show()\n"),
    fails("sum of nothing", f"{NO_COLUMN}:4", "not there", "n.agg(F.sum('amount')).show()\n"),
    fails("ambiguous", "AMBIGUOUS_REFERENCE:5", "both have it", "j = n.join(o, n.id == o.id)\nj.select('id').show()\n"),
    fails(
        "join without the key", "UNRESOLVED_USING_COLUMN_FOR_JOIN:4", "others has none", "n.join(o, 'name').show()\n"
    ),
    fails("filter by a text", f"{NO_COLUMN}:4", "a column, not a text", "n.filter('name = bob').show()\n"),
    fails(
        "order by an alias",
        f"{NO_COLUMN}:4",
        "it is made later",
        "n.orderBy('up').select(F.upper('name').alias('up')).show()\n",
    ),
    fails(
        "window over nothing",
        f"{NO_COLUMN}:5",
        "not there",
        "w = Window.partitionBy('shop')\nn.select(F.sum('id').over(w)).show()\n",
    ),
    fails(
        "lag of nothing",
        f"{NO_COLUMN}:5",
        "not there",
        "w = Window.orderBy('id')\nn.select(F.lag('day').over(w)).show()\n",
    ),
    fails("two columns against one", "NUM_COLUMNS_MISMATCH:4", "of a union", "n.union(o).show()\n"),
    fails(
        "names of a union", "UNRESOLVED_COLUMN_AMONG_FIELD_NAMES:4", "others has no name", "n.unionByName(o).show()\n"
    ),
    fails("minus of two shapes", "NUM_COLUMNS_MISMATCH:4", "of a difference", "n.subtract(o).show()\n"),
    fails(
        "text plus list",
        "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES:4",
        "no sum",
        "n.select(F.col('id') + F.array('id')).show()\n",
    ),
    fails("list as text", f"{TYPE}:4", "no text", "n.select(F.upper(F.array('name'))).show()\n"),
    fails("explode a number", f"{TYPE}:4", "no list", "n.select(F.explode('id')).show()\n"),
    fails("size of a text", f"{TYPE}:4", "no list", "n.select(F.size('name')).show()\n"),
    fails(
        "filter by a number",
        "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN:4",
        "no condition",
        "n.filter(F.col('id') + 1).show()\n",
    ),
    fails("sum of lists", f"{TYPE}:4", "no number", "n.agg(F.sum(F.array('id'))).show()\n"),
    fails("field of a number", "INVALID_EXTRACT_BASE_FIELD_TYPE:4", "no struct", "n.select('id.x').show()\n"),
    fails("cast to nothing", "PARSE_SYNTAX_ERROR:4", "no type", "n.select(F.expr('cast(id as)')).show()\n"),
    fails("unknown function in a text", "UNRESOLVED_ROUTINE:4", "not there", "n.select(F.expr('uper(name)')).show()\n"),
    fails("unknown function", "PYTHON_ERROR:4", "not there", "n.select(F.uper('name')).show()\n"),
    fails("unknown method", "PYTHON_ERROR:4", "not there", "n.group_by('id').count().show()\n"),
    fails("method of a column", "PYTHON_ERROR:4", "a column has none", "n.id.upper().show()\n"),
    fails("method of pandas", "PYTHON_ERROR:4", "not Spark's", "n.reset_index().show()\n"),
    fails("forgotten import", "PYTHON_ERROR:4", "col is not imported", "n.select(col('id')).show()\n"),
    fails("forgotten table", "PYTHON_ERROR:4", "m is not there", "m.filter('id > 1').show()\n"),
    fails("used before", "PYTHON_ERROR:4", "it is made later", "m.show()\nm = n.limit(1)\n"),
    fails("one argument too many", "PYTHON_ERROR:4", "limit takes one", "n.limit(1, 2).show()\n"),
    fails("argument that is none", "PYTHON_ERROR:4", "there is no such one", "n.show(rows=3)\n"),
    fails("missing argument", "PYTHON_ERROR:4", "the column", "n.withColumn('x').show()\n"),
    fails("no column given", "PYTHON_ERROR:4", "a text is no column", "n.withColumn('x', 'id').show()\n"),
    fails("and of Python", "PYTHON_ERROR:4", "a column is no truth", "n.filter(n.id > 1 and n.id < 3).show()\n"),
    fails("result of show", "PYTHON_ERROR:4", "show gives nothing", "n.show().limit(1)\n"),
    fails("agg of a name", "PYTHON_ERROR:4", "no column", "n.groupBy('id').agg('name').show()\n"),
    fails("text and number of Python", "PYTHON_ERROR:4", "no sum", "n.limit('1' + 1).show()\n"),
    fails(
        "not grouped",
        "MISSING_AGGREGATION:4",
        "name is not grouped",
        "spark.sql('SELECT name, sum(id) FROM numbers GROUP BY id').show()\n",
    ),
    fails(
        "where of a sum",
        "INVALID_WHERE_CONDITION:4",
        "HAVING is meant",
        "spark.sql('SELECT id FROM numbers WHERE sum(id) > 1 GROUP BY id').show()\n",
    ),
    fails(
        "comma before FROM",
        "PARSE_SYNTAX_ERROR:4",
        "one too many",
        "spark.sql('SELECT id, FROM numbers WHERE').show()\n",
    ),
    fails(
        "wrong table of a join",
        "TABLE_OR_VIEW_NOT_FOUND:4",
        "not there",
        "spark.sql('SELECT 1 FROM numbers JOIN number USING (id)').show()\n",
    ),
    fails("wrong alias", f"{NO_COLUMN}:4", "n, not m", "spark.sql('SELECT m.id FROM numbers n').show()\n"),
    fails(
        "column in a CTE",
        f"{NO_COLUMN}:4",
        "it has only id",
        "spark.sql('WITH a AS (SELECT id FROM numbers) SELECT name FROM a').show()\n",
    ),
    fails(
        "subquery of two columns",
        "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN:4",
        "one is wanted",
        "spark.sql('SELECT (SELECT id, name FROM numbers LIMIT 1)').show()\n",
    ),
    fails(
        "union in SQL",
        "NUM_COLUMNS_MISMATCH:4",
        "of a union",
        "spark.sql('SELECT id FROM numbers UNION SELECT id, name FROM numbers').show()\n",
    ),
]
