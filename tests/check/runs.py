"""Programs that try to have code run while they are rehearsed. Each would leave the file TRACE if it did."""

F = "from pyspark.sql import functions as F\nTRACE = {trace!r}\n"
#: A function of Python that leaves the trace where it runs.
LEAVE = F + "import numpy\n\n\ndef leave(x):\n    numpy.array([1]).tofile(TRACE)\n    return x\n\n\n"
#: The same in Java, by a static method. Its name is put together when the program runs.
JAVA = (
    F + "reflect = ''.join(['re', 'flect'])\n"
    "args = [F.lit('java.nio.file.Files'), F.lit('createFile'), F.lit(TRACE)]\n"
    "call = f\"{{reflect}}('java.lang.System', 'setProperty', 'a', '{{TRACE}}')\"\n"
)
UDTF = (
    LEAVE + "from pyspark.sql.functions import AnalyzeResult, udtf\nfrom pyspark.sql.types import StructType\n\n\n"
    "class Rows:\n    @staticmethod\n    def analyze(*args):\n        leave(1)\n"
    "        return AnalyzeResult(StructType().add('a', 'int'))\n\n    def eval(self, *args):\n        yield (1,)\n\n\n"
)

RUNS = {
    "function": LEAVE + "spark.range(3).select(F.udf(leave, 'long')('id')).show()\n",
    "function that is collected": LEAVE + "print(spark.range(3).select(F.udf(leave, 'long')('id')).collect())\n",
    "function in a filter": LEAVE + "spark.range(3).filter(F.udf(lambda x: leave(x) > 0, 'boolean')('id')).count()\n",
    "function in a group": LEAVE + "spark.range(3).groupBy(F.udf(leave, 'long')('id')).count().show()\n",
    "function of pandas": LEAVE + "spark.range(3).select(F.pandas_udf(leave, 'long')('id')).show()\n",
    "function of Arrow": LEAVE + "spark.range(3).select(F.udf(leave, 'long', useArrow=True)('id')).show()\n",
    "mapped in pandas": LEAVE + "spark.range(3).mapInPandas(lambda rows: map(leave, rows), 'id long').show()\n",
    "mapped in Arrow": LEAVE + "spark.range(3).mapInArrow(lambda rows: map(leave, rows), 'id long').show()\n",
    "groups in pandas": LEAVE + "spark.range(3).groupBy('id').applyInPandas(leave, 'id long').show()\n",
    "each row": LEAVE + "spark.range(3).foreach(leave)\n",
    "each partition": LEAVE + "spark.range(3).foreachPartition(leave)\n",
    "registered function": LEAVE + "spark.udf.register('leave', leave, 'long')\nspark.sql('SELECT leave(1)').show()\n",
    "table function's analysis": UDTF + "udtf(Rows)(F.lit(1)).show()\n",
    "table function's rows": UDTF + "udtf(Rows, returnType='a int')(F.lit(1)).show()\n",
    "registered table function": UDTF
    + "spark.udtf.register('rows', udtf(Rows))\nspark.sql('SELECT * FROM rows(1)').show()\n",
    "Java in a column": JAVA + "spark.range(1).select(F.call_function(reflect, *args)).show()\n",
    "Java in an expression": JAVA + "spark.range(1).select(F.expr(call)).show()\n",
    "Java in a filter of text": JAVA + "spark.range(1).filter(call + ' IS NULL').show()\n",
    "Java in SQL": JAVA + "spark.sql('SELECT ' + call).show()\n",
    "Java in a view": JAVA + "spark.sql('CREATE TEMP VIEW v AS SELECT ' + call + ' AS a')\nspark.table('v').show()\n",
    "Java in a CTE behind a comment": JAVA
    + "spark.sql('WITH a AS (SELECT /* */ ' + call + ') SELECT * FROM a').show()\n",
    "Java by IMMEDIATE": JAVA
    + "spark.sql('EXECUTE IMMEDIATE \"SELECT ' + call.replace('\\'', '\\\\\\'') + '\"').show()\n",
    "Java in a script": JAVA + "spark.sql('BEGIN SELECT ' + call + '; END').show()\n",
    "write": F + "spark.range(3).write.format('csv').save('file:' + TRACE)\n",
    "write by SQL": F + "spark.sql('INSERT OVERWRITE DIRECTORY \"' + TRACE + '\" USING csv SELECT 1').show()\n",
    "table at a place": F + "spark.sql('CREATE TABLE made USING csv LOCATION \"' + TRACE + '\" AS SELECT 1 AS a')\n",
    "script of the host": F + "spark.sql('SELECT TRANSFORM(1) USING \"touch ' + TRACE + '\" AS (a STRING)').show()\n",
    "database of another host": F + "j = ''.join(['jd', 'bc'])\n"
    "spark.read.format(j).options(url='jdbc:derby:' + TRACE + ';create=true', dbtable='a').load().show()\n",
    "artifact": F + "add = ''.join(['addArti', 'fact'])\ngetattr(spark, 'read')\nspark.addArtifact(TRACE)\n",
}
