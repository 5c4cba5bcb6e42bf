"""The check of programs: a labelled corpus, without and with a real Spark Connect server."""
