"""What `berdl-spark-monitor export` makes of notebooks."""
