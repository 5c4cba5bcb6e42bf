"""What is run, and what may be said of it."""

from dataclasses import dataclass

SLOW = "slow = F.udf(lambda x: __import__('time').sleep({seconds}) or x, 'long')\n"


@dataclass(frozen=True)
class Workload:
    """A cell, and what is expected of the queries that it leaves."""

    name: str
    cell: str
    #: Sentences that may be said while it runs, besides those that always may.
    sentences: frozenset[str] = frozenset()
    #: State of the newest query with tasks.
    state: str = "succeeded"
    #: A part of its reason.
    reason: str = ""
    #: Queries with tasks that it leaves.
    queries: int = 1
    #: Time left must be told.
    foretold: bool = False


#: A query may always be about to begin, work, or be collected.
ALWAYS = frozenset({"busy", "driver_works", "executors_registering"})

WORKLOADS = [
    Workload(
        "even tasks, 24 waves",
        SLOW.format(seconds=1) + "spark.range(0, 48, 1, 48).select(slow('id')).collect()",
        frozenset({"python"}),
        foretold=True,
    ),
    Workload(
        "computing",
        "spark.range(0, 24_000_000, 1, 48).select(F.sha2(F.col('id').cast('string'), 512).alias('h'))"
        ".agg(F.max('h')).collect()",
        frozenset({"shuffle_fetch", "last_tasks"}),
        foretold=True,
    ),
    Workload(
        "one slow task",
        "slow = F.udf(lambda x: __import__('time').sleep(25 if x == 5 else 0.7) or x, 'long')\n"
        "spark.range(0, 32, 1, 32).select(slow('id')).collect()",
        frozenset({"python", "last_tasks"}),
    ),
    Workload(
        "shuffle and spill",
        "text = F.sha2(F.col('id').cast('string'), 256).alias('t')\n"
        "rows = spark.range(0, 8_000_000, 1, 4).select('id', F.rand(7).alias('k'), text).repartition(16, 'id')\n"
        "rows.sortWithinPartitions('k').write.format('noop').mode('overwrite').save()",
        frozenset({"shuffle_fetch", "last_tasks"}),
    ),
    Workload(
        "failing Python function",
        "try:\n    spark.range(0, 10, 1, 2).select(F.udf(lambda x: 10 // (x - 3), 'long')('id')).collect()\n"
        "except Exception:\n    pass",
        frozenset({"python"}),
        state="failed",
        reason="ZeroDivisionError",
    ),
    Workload(
        "one side of a join fails",
        "spark.conf.set('spark.sql.autoBroadcastJoinThreshold', '-1')\n"
        + SLOW.format(seconds=0.3)
        + "left = spark.range(0, 40, 1, 2).select(slow('id').alias('k'))\n"
        "bad = F.when(F.col('id') == 99, F.raise_error(F.lit('boom: Job 12 was cancelled'))).otherwise(F.col('id'))\n"
        "try:\n    left.join(spark.range(0, 100, 1, 1).select(bad.cast('long').alias('k')), 'k').count()\n"
        "except Exception:\n    pass",
        frozenset({"python", "last_tasks"}),
        state="failed",
        reason="boom: Job 12 was cancelled",
    ),
    Workload(
        "a table as select",
        SLOW.format(seconds=0.5)
        + "spark.range(0, 20, 1, 2).select(slow('id').alias('id')).createOrReplaceTempView('source')\n"
        "spark.sql('CACHE TABLE cached_source AS SELECT * FROM source')\nspark.catalog.clearCache()",
        frozenset({"python", "last_tasks"}),
    ),
    Workload(
        "many tiny tasks",
        "spark.range(0, 1200, 1, 1200).select(F.col('id') + 1).write.format('noop').mode('overwrite').save()",
        foretold=True,
    ),
    Workload(
        "a stream",
        "stream = spark.readStream.format('rate').option('rowsPerSecond', 5).load().writeStream.queryName('orders')\n"
        "stream = stream.format('memory').trigger(processingTime='2 seconds').start()\ntime.sleep(20)\nstream.stop()",
        frozenset({"next_batch"}),
        state="",
    ),
]
