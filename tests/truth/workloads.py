"""What is run, and what may be said of it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.truth.events import kill_executor_while_it_reads
from tests.truth.watch import Watch
from tests.versions.conftest import Site

SLOW = "slow = F.udf(lambda x: __import__('time').sleep({seconds}) or x, 'long')\n"
#: Half a kilobyte a row; what an executor may cache in memory is some 400 MB.
WIDE = (
    "from pyspark import StorageLevel\n"
    "wide = spark.range(0, 1_000_000, 1, 64).select('id', F.repeat(F.sha2(F.col('id').cast('string'), 256), 8))\n"
)


@dataclass(frozen=True)
class Workload:
    """A cell, and what is expected of the queries that it leaves."""

    name: str
    cell: str
    #: Sentences that may be said while it runs, besides those that always may.
    sentences: frozenset[str] = frozenset()
    #: Sentences that must be said at least once.
    must: frozenset[str] = frozenset()
    #: State of the newest query with tasks; empty if none is listed as ended.
    state: str = "succeeded"
    #: A part of its reason.
    reason: str = ""
    #: Queries with tasks that it leaves.
    queries: int = 1
    #: Time left must be told, and hold.
    foretold: bool = False
    #: The sidecar keeps its default lifetimes.
    defaults: bool = False
    #: Happens once while it runs; tells whether it was done.
    event: Callable[[Site, Watch], bool] | None = None


#: A query may always be about to begin, work, or be collected.
ALWAYS = frozenset({"busy", "driver_works"})

EVEN = SLOW.format(seconds=1) + "spark.range(0, 48, 1, 48).select(slow('id')).collect()"
#: First a small part, to compute for some 30 s on a machine of any speed.
COMPUTING = """
def compute(rows):
    hashes = spark.range(0, rows, 1, 48).select(F.sha2(F.col('id').cast('string'), 512).alias('h'))
    begin = time.time()
    hashes.agg(F.max('h')).collect()
    return time.time() - begin
compute(1_000_000)
compute(int(4_000_000 * 30 / compute(4_000_000)))
"""

WORKLOADS = [
    Workload("even tasks, 24 waves", EVEN, frozenset({"python"}), frozenset({"busy", "python"}), foretold=True),
    Workload(
        "the same, default lifetimes",
        SLOW.format(seconds=1) + "spark.range(0, 96, 1, 96).select(slow('id')).collect()",
        frozenset({"python"}),
        frozenset({"python"}),
        foretold=True,
        defaults=True,
    ),
    Workload(
        "computing",
        COMPUTING,
        frozenset({"last_tasks"}),
        frozenset({"busy"}),
        queries=3,
        foretold=True,
    ),
    Workload(
        "6,000 tiny tasks",
        "spark.range(0, 6_000, 1, 6_000).select(F.col('id') + 1).write.format('noop').mode('overwrite').save()",
        must=frozenset({"busy"}),
        foretold=True,
    ),
    Workload(
        "one slow task",
        "slow = F.udf(lambda x: __import__('time').sleep(25 if x == 20 else 0.7) or x, 'long')\n"
        "spark.range(0, 32, 1, 32).select(slow('id')).collect()",
        frozenset({"python", "last_tasks"}),
        frozenset({"last_tasks"}),
    ),
    Workload(
        "shuffle and spill",
        "text = F.sha2(F.col('id').cast('string'), 256).alias('t')\n"
        "rows = spark.range(0, 8_000_000, 1, 4).select('id', F.rand(7).alias('k'), text).repartition(4, 'id')\n"
        "rows.sortWithinPartitions('k').write.format('noop').mode('overwrite').save()",
        frozenset({"shuffle_fetch", "last_tasks"}),
        frozenset({"busy"}),
    ),
    Workload(
        "cache over memory",
        WIDE + "wide = wide.persist(StorageLevel.MEMORY_ONLY)\nwide.count()\nwide.count()\nwide.unpersist(True)",
        must=frozenset({"busy"}),
        queries=2,
    ),
    Workload(
        "cache over memory and disk",
        WIDE + "wide = wide.persist(StorageLevel.MEMORY_AND_DISK)\nwide.count()\nwide.count()\nwide.unpersist(True)",
        must=frozenset({"busy"}),
        queries=2,
    ),
    Workload(
        "broadcast join",
        SLOW.format(seconds=0.2) + "small = spark.range(0, 20, 1, 4).select(slow('id').alias('id'))\n"
        "spark.range(0, 4_000_000, 1, 8).join(F.broadcast(small), 'id').count()",
        frozenset({"python", "last_tasks"}),
        frozenset({"busy"}),
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
        frozenset({"busy"}),
    ),
    Workload(
        "a stream",
        "stream = spark.readStream.format('rate').option('rowsPerSecond', 5).load().writeStream.queryName('orders')\n"
        "stream = stream.format('memory').trigger(processingTime='2 seconds').start()\ntime.sleep(15)\nstream.stop()",
        frozenset({"next_batch"}),
        frozenset({"next_batch"}),
        state="",
    ),
    Workload(
        "retried stage",
        SLOW.format(seconds=0.3)
        + "rows = spark.range(0, 24, 1, 12).select(slow('id').alias('id')).repartition(16, 'id')\n"
        "rows.select(slow('id')).write.format('noop').mode('overwrite').save()",
        # The stream of the workload before is told to have ended after a minute without a batch.
        frozenset({"python", "last_tasks", "executors_registering", "next_batch"}),
        frozenset({"busy", "executors_registering"}),
        event=kill_executor_while_it_reads,
    ),
]
