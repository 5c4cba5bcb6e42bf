"""Healthy programs of the kind that assistants write, with places at which something goes wrong.

`«c name»` is a column and `«t name»` a table: a mutant has another name there. `«v good|bad»` is an expression: a
mutant has the one of a wrong type. The tables are in `test_mutants.py`.
"""

START = "from pyspark.sql import Window, functions as F\n\nsales = spark.table('«t sales»')\n"
ITEMS = START + "items = spark.table('«t items»')\n"
SHOPS = START + "shops = spark.table('«t shops»')\n"

HEALTHY = [
    START + "sales.select('«c shop»', '«c amount»').show()\n",
    START
    + "sales.groupBy('«c shop»').agg(F.sum('«v amount|tags»').alias('total')).orderBy(F.desc('«c total»')).show()\n",
    START + "sales.filter(F.col('«c amount»') > 10).groupBy('shop').count().show()\n",
    START + "sales.filter(\"«c amount» > 10 AND shop = 'a'\").limit(5).show()\n",
    START + "sales.where(F.year('«v day|tags»') == 2024).select('item').distinct().show()\n",
    START
    + "sales.withColumn('week', F.date_trunc('week', '«v day|tags»')).groupBy('«c week»').avg('«c amount»').show()\n",
    START + "sales.select(F.explode('«v tags|amount»').alias('tag')).groupBy('«c tag»').count().show()\n",
    START + "sales.select('shop', F.size('«v tags|day»').alias('n')).filter('«c n» > 2').show()\n",
    START + "best = Window.partitionBy('«c shop»').orderBy(F.desc('«c amount»'))\n"
    "sales.withColumn('rank', F.row_number().over(best)).filter('«c rank» = 1').show()\n",
    START + "before = Window.partitionBy('shop').orderBy('«c day»')\n"
    "sales.withColumn('change', F.col('amount') - F.lag('«v amount|tags»').over(before)).select('change').show()\n",
    START + "sales.groupBy('shop').agg(F.countDistinct('«c item»').alias('items')).show()\n",
    START + "sales.groupBy('shop').agg(F.max('«c day»'), F.min('day')).show()\n",
    START + "sales.select(F.datediff(F.current_date(), '«v day|tags»').alias('days')).agg(F.avg('«c days»')).show()\n",
    START + "sales.select(F.upper('«v shop|tags»').alias('shop')).distinct().show()\n",
    START + "sales.dropDuplicates(['«c shop»', '«c item»']).count()\nsales.show()\n",
    START + "sales.withColumnRenamed('amount', 'euros').select('«c euros»').show()\n",
    START + "sales.drop('tags').select('*').orderBy('«c day»').show()\n",
    START + "sales.fillna({'amount': 0.0}).select(F.round('«v amount|tags»', 1)).show()\n",
    START + "sales.select(F.when(F.col('«c amount»') > 100, 'large').otherwise('small').alias('size')).show()\n",
    START + "sales.select(F.concat_ws('-', 'shop', '«c item»').alias('key')).show()\n",
    ITEMS + "sales.join(items, '«c item»').select('title', 'amount').show()\n",
    ITEMS + "sales.join(items, sales.item == items['«c item»'], 'left').select(items.title).show()\n",
    ITEMS
    + "sales.join(items, 'item').groupBy('«c kind»').agg(F.sum(F.col('amount') * F.col('«v price|tags»'))).show()\n",
    ITEMS + "sales.join(F.broadcast(items), 'item').filter(\"kind = 'book'\").select('«c title»').distinct().show()\n",
    ITEMS + "items.join(sales, 'item', 'left_anti').select('«c title»').show()\n",
    ITEMS + "sales.alias('s').join(items.alias('i'), F.col('s.item') == F.col('i.item'))"
    ".select('s.«c shop»', 'i.title').show()\n",
    ITEMS + "items.select('item').subtract(sales.select('«c item»')).show()\n",
    ITEMS
    + "top = items.orderBy(F.desc('«c price»')).limit(3)\nsales.join(top, 'item', 'left_semi').count()\ntop.show()\n",
    SHOPS + "sales.join(shops, 'shop').groupBy('«c city»').pivot('shop', ['a', 'b']).sum('«c amount»').show()\n",
    SHOPS
    + "sales.join(shops, 'shop').filter(F.col('day') >= F.add_months('«v opened|tags»', 12)).select('city').show()\n",
    SHOPS + "shops.select('shop').unionByName(sales.select('«c shop»')).distinct().show()\n",
    SHOPS + "age = F.months_between(«v F.current_date()|F.array(F.current_date())», 'opened')\n"
    "shops.withColumn('age', age).select('«c age»').show()\n",
    SHOPS + "rows = shops.select('«c city»').distinct().collect()\nprint(len(rows))\n",
    SHOPS + "print(shops.agg(F.max('«c opened»')).count())\n",
    "spark.sql('SELECT «c shop», sum(amount) AS total FROM «t sales» GROUP BY shop ORDER BY «c total» DESC').show()\n",
    "spark.sql('SELECT count(DISTINCT «c item») AS n FROM «t sales» WHERE «c amount» > 10').show()\n",
    "spark.sql('''\n  WITH best AS (SELECT shop, max(«c amount») AS most FROM «t sales» GROUP BY shop)\n"
    "  SELECT s.city, b.most FROM best b JOIN «t shops» s ON s.«c shop» = b.shop\n''').show()\n",
    "spark.sql('SELECT i.title FROM «t items» i WHERE i.item IN (SELECT «c item» FROM «t sales»)').show()\n",
    "spark.sql('SELECT date_add(«v day|tags», 7) AS later FROM sales').show()\n",
    "spark.sql('SELECT shop, row_number() OVER (PARTITION BY shop ORDER BY «c day») AS n FROM «t sales»').show()\n",
    "spark.sql('SELECT tag, count(*) FROM «t sales» '\n"
    "          'LATERAL VIEW explode(«v tags|amount») AS tag GROUP BY tag').show()\n",
    "spark.sql('SELECT kind, avg(«v price|array(price)») FROM «t items» GROUP BY «c kind»').show()\n",
    "spark.sql('SELECT upper(«v title|array(title)»), length(title) FROM «t items»').show()\n",
    "spark.sql('SELECT city FROM «t shops» WHERE «c opened» < DATE \"2020-01-01\"').show()\n",
    "spark.table('«t sales»').createOrReplaceTempView('mine')\nspark.sql('SELECT «c shop» FROM «t mine»').show()\n",
    START + "sales.filter('amount > 5').createOrReplaceTempView('large')\n"
    "spark.sql('SELECT day, «c amount» FROM «t large»').show()\n",
    START + "for name in ['shop', '«c item»']:\n    sales.groupBy(name).count().show()\n",
    START + "def total(frame, by):\n    return frame.groupBy(by).agg(F.sum('«c amount»').alias('t'))\n\n\n"
    "total(sales, '«c shop»').show()\n",
    START + "columns = [F.col(name) for name in ('day', '«c shop»')]\nsales.select(*columns).show()\n",
    START + "print(sales.select('«c amount»').toPandas().shape)\n",
    START + "sales.select(F.to_date(F.lit('2024-01-01')).alias('d'), '«c day»').filter('«c d» < day').show()\n",
]
