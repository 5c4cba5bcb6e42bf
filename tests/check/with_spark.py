"""Programs whose SQL a real Spark explains. `numbers` has the columns `id` and `name`; `others` has `id`."""

from tests.check.program import Program

NO_COLUMN = "UNRESOLVED_COLUMN.WITH_SUGGESTION"

WITH_SPARK = [
    Program("query", "passes", (), "all of it was explained", "spark.sql('SELECT id FROM numbers').show()\n"),
    Program("table that is there", "passes", (), "read and counted", "print(spark.sql('TABLE numbers').count())\n"),
    Program("shows", "passes", (), "SHOW reads", "spark.sql('SHOW TABLES').show()\n"),
    Program("nothing of Spark", "passes", (), "nothing to ask", "print(1)\n"),
    Program(
        "wrong column",
        "fails",
        (f"{NO_COLUMN}:3",),
        "on the statement's own line",
        '''
        q = """SELECT id,
                 name,
                 nmae FROM numbers"""
        spark.sql(q).show()
        ''',
    ),
    Program(
        "wrong column of a text with escapes",
        "fails",
        (f"{NO_COLUMN}:2",),
        "the literal's place",
        "x = 1\nspark.sql('SELECT\\nnmae FROM numbers').show()\n",
    ),
    Program("wrong table", "fails", ("TABLE_OR_VIEW_NOT_FOUND:1",), "not there", "spark.sql('TABLE numbrs').show()\n"),
    Program("syntax", "fails", ("PARSE_SYNTAX_ERROR:1",), "FORM", "spark.sql('SELECT id FORM numbers x').show()\n"),
    Program(
        "type",
        "fails",
        ("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE:1",),
        "a text is no date",
        "spark.sql('SELECT date_add(array(1), 1) FROM numbers').show()\n",
    ),
    Program(
        "wrong function",
        "fails",
        ("UNRESOLVED_ROUTINE:1",),
        "not there",
        "spark.sql('SELECT conut(id) FROM numbers').show()\n",
    ),
    Program(
        "aggregate",
        "fails",
        ("MISSING_AGGREGATION:1",),
        "not grouped",
        "spark.sql('SELECT name, count(*) FROM numbers GROUP BY id').show()\n",
    ),
    Program("drop", "unproven", ("EFFECT:1",), "drops a table", "spark.sql('DROP TABLE numbers')\n"),
    Program("insert", "unproven", ("EFFECT:1",), "inserts", "spark.sql('INSERT INTO others SELECT id FROM numbers')\n"),
    Program(
        "hidden insert",
        "unproven",
        ("EFFECT:1",),
        "behind a WITH",
        "spark.sql('WITH x AS (SELECT 7L AS id) INSERT INTO others SELECT id FROM x')\n",
    ),
    Program(
        "insert from",
        "unproven",
        ("EFFECT:1",),
        "behind a FROM",
        "spark.sql('FROM numbers INSERT INTO others SELECT id')\n",
    ),
    Program("overwrite", "unproven", ("EFFECT:1",), "overwrites", "spark.sql('INSERT OVERWRITE others SELECT 1L')\n"),
    Program("truncate", "unproven", ("EFFECT:1",), "empties", "spark.sql('TRUNCATE TABLE others')\n"),
    Program("setting", "unproven", ("EFFECT:1",), "a setting", "spark.sql('SET spark.sql.ansi.enabled=false')\n"),
    Program(
        "made table",
        "unproven",
        ("EFFECT:1",),
        "the program's own table is not there yet",
        "spark.sql('CREATE TABLE own USING parquet AS SELECT 1 AS a')\nspark.sql('SELECT a FROM own').show()\n",
    ),
    Program(
        "wrong column of a made table",
        "unproven",
        ("EFFECT:1", "OWN_NAME:2"),
        "a view of the same name is not there yet",
        """
        spark.sql('CREATE OR REPLACE TEMP VIEW numbers AS SELECT 1 AS other')
        spark.sql('SELECT other FROM numbers').show()
        """,
    ),
    Program(
        "own view",
        "unproven",
        ("OWN_NAME:2",),
        "known only when the program runs",
        "spark.range(3).createOrReplaceTempView('mine')\nspark.sql('SELECT id FROM mine').show()\n",
    ),
    Program(
        "syntax with an own view",
        "fails",
        ("PARSE_SYNTAX_ERROR:2",),
        "the syntax is wrong whatever the view is",
        "spark.range(3).createOrReplaceTempView('mine')\nspark.sql('SELECT id FORM mine x').show()\n",
    ),
    Program(
        "immediate",
        "unproven",
        ("NOT_EXPLAINED:1",),
        "it might run",
        "spark.sql(\"EXECUTE IMMEDIATE 'DROP TABLE numbers'\")\n",
    ),
    Program(
        "DataFrame", "unproven", (), "not proved by these rungs", "spark.sql('TABLE numbers').select('nmae').show()\n"
    ),
    Program(
        "file of SQL",
        "fails",
        (f"{NO_COLUMN}:3",),
        "the second statement",
        "SELECT id FROM numbers;\nSELECT id,\n  nmae\nFROM numbers;\n",
        end=".sql",
    ),
    Program("good file of SQL", "passes", (), "two queries", "SELECT id FROM numbers;\nSELECT 2;\n", end=".sql"),
]
