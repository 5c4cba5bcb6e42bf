"""What is run, which findings must appear, and which may."""

from dataclasses import dataclass

SLOW = "slow = F.udf(lambda x: __import__('time').sleep({seconds}) or x, 'long')\n"
#: On a machine that is busy with other work, tasks wait for a CPU; and Spark's own heap of 1 GiB is small.
BUSY = frozenset({"off_cpu", "garbage_collection", "heap_near_limit"})

#: A task that began on an executor which then died takes longer than the others.
LATE = frozenset({"failed_tasks", "too_few_tasks", "time_skew"})


@dataclass(frozen=True)
class Workload:
    """A cell, and what is expected to be found while it runs or just after."""

    name: str
    cell: str
    #: Findings that must appear.
    must: frozenset[str] = frozenset()
    #: Findings that may appear too.
    may: frozenset[str] = frozenset()
    #: It ends with an error.
    fails: bool = False


#: Healthy queries for some seconds: what a person does most of the time.
CALM = """
until = time.monotonic() + {seconds}
while time.monotonic() < until:
    rows = spark.range(0, 2_000_000, 1, 8).select('id', (F.col('id') % 1000).alias('k'))
    rows.groupBy('k').agg(F.sum('id')).collect()
    rows.join(spark.range(0, 1000).withColumnRenamed('id', 'k'), 'k').count()
    rows.repartition(8, 'k').write.format('noop').mode('overwrite').save()
    time.sleep(0.5)
"""
#: Eight of ten rows have the same key.
HOT_KEY = """
key = F.when(F.col('id') % 10 < 8, 7).otherwise(F.col('id') % 1000)
rows = spark.range(0, 2_500_000, 1, 8).select(key.alias('k'), F.sha2(F.col('id').cast('string'), 512).alias('pad'))
rows.repartition(16, 'k').sortWithinPartitions('pad').write.format('noop').mode('overwrite').save()
"""
#: A sort that does not fit into the memory of an executor with 1 GiB.
SPILLING = """
text = F.sha2(F.col('id').cast('string'), 256).alias('t')
rows = spark.range(0, 8_000_000, 1, 2).select('id', F.rand(7).alias('k'), text)
rows.sortWithinPartitions('k').write.format('noop').mode('overwrite').save()
"""
FAILING = """
spark.range(0, 20, 1, 4).select(F.udf(lambda x: 10 // (x - 3), 'long')('id')).collect()
"""
TINY = "spark.range(0, 6_000, 1, 6_000).select(F.col('id') + 1).write.format('noop').mode('overwrite').save()"
PYTHON = SLOW.format(seconds=0.5) + "spark.range(0, 48, 1, 12).select(slow('id')).collect()"
SMALL_FILES = """
import tempfile
folder = tempfile.mkdtemp() + '/many'
spark.range(0, 30_000, 1, 500).write.parquet(folder)
spark.read.parquet(folder).groupBy((F.col('id') % 7).alias('k')).count().collect()
"""
ONE_SLOW = "slow = F.udf(lambda x: __import__('time').sleep(25 if x == 20 else 0.3) or x, 'long')\n" + (
    "spark.range(0, 32, 1, 32).select(slow('id')).collect()"
)
#: What is cached is looked at twice a minute, so it is held longer, and is forgotten before the next workload. Spark
#: 4.3 compresses it so well that it fits.
CACHING = """
from pyspark import StorageLevel
wide = spark.range(0, 1_000_000, 1, 64).select('id', F.repeat(F.sha2(F.col('id').cast('string'), 256), 8).alias('t'))
wide = wide.persist(StorageLevel.MEMORY_AND_DISK)
wide.count()
time.sleep(35)
wide.unpersist(True)
time.sleep(31)
"""
SORTED_JOIN = """
spark.conf.set('spark.sql.autoBroadcastJoinThreshold', '-1')
large = spark.range(0, 3_000_000, 1, 8).select('id', F.sha2(F.col('id').cast('string'), 512).alias('t'))
large.join(spark.range(0, 1000, 1, 2), 'id').write.format('noop').mode('overwrite').save()
spark.conf.unset('spark.sql.autoBroadcastJoinThreshold')
"""
CROSS = """
spark.conf.set('spark.sql.crossJoin.enabled', 'true')
right = spark.range(0, 120_000, 1, 2).withColumnRenamed('id', 'other')
spark.range(0, 100_000, 1, 20).join(right, F.col('id') * 2 > F.col('other') + 1_000_000).count()
"""

#: The first task kills the executor that it runs on; the second attempt finds that this was done.
LOSING = """
import tempfile
mark = tempfile.mkdtemp() + '/killed'
def lose(x):
    import os, signal
    if x == 5 and not os.path.exists(mark):
        open(mark, 'w').close()
        worker = os.getppid()
        with open(f'/proc/{worker}/stat') as stat:
            os.kill(int(stat.read().rpartition(')')[2].split()[1]), signal.SIGKILL)
    return x
spark.range(0, 8, 1, 8).select(F.udf(lose, 'long')('id')).collect()
"""
#: Of two executors with a core each, the one that is the first to run a task is slow.
ONE_HOST = """
import tempfile
mark = tempfile.mkdtemp() + '/slow'
def work(x):
    import os, time
    try:
        os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
        open(mark, 'w').write(str(os.getppid()))
    except FileExistsError:
        pass
    time.sleep(7 if open(mark).read() == str(os.getppid()) else 0.4)
    return x
spark.range(0, 72, 1, 72).select(F.udf(work, 'long')('id')).collect()
"""

WORKLOADS = [
    Workload("calm", CALM.format(seconds=15)),
    Workload("hot key", HOT_KEY, frozenset({"data_skew"}), BUSY | {"spill", "memory_forecast"}),
    Workload("spill", SPILLING, frozenset({"spill"}), BUSY),
    Workload("failing tasks", FAILING, frozenset({"failed_tasks"}), BUSY, fails=True),
    Workload("6,000 tiny tasks", TINY, frozenset({"tiny_tasks"}), BUSY),
    Workload("waiting in Python", PYTHON, frozenset({"off_cpu"})),
    Workload(
        "small files", SMALL_FILES, frozenset({"small_files_read", "small_files_written"}), frozenset({"off_cpu"})
    ),
    Workload("calm for a minute, once", CALM.format(seconds=60)),
    Workload("calm for a minute, twice", CALM.format(seconds=60)),
    Workload("calm for a minute, thrice", CALM.format(seconds=60)),
    Workload("one slow task", ONE_SLOW, frozenset({"time_skew"}), frozenset({"off_cpu"})),
    Workload("cache over memory and disk", CACHING, frozenset({"cache_misfit"}), BUSY),
    Workload("a join that sorts a small side", SORTED_JOIN, frozenset({"broadcast_chance"}), BUSY | {"spill"}),
    Workload("cross join", CROSS, frozenset({"cross_join"}), BUSY),
    # A loss is told for a quarter of an hour, so this is the last one.
    Workload("an executor dies", LOSING, frozenset({"executor_lost"}), BUSY | LATE),
]
#: On two executors. Before three slow tasks are known, nobody can tell that it is the executor.
TWO_EXECUTORS = Workload(
    "one slow executor of two", ONE_HOST, frozenset({"slow_host"}), BUSY | {"idle_cores", "time_skew"}
)
