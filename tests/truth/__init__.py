"""What the panel says against what Spark's own REST API says, on several versions of a real Spark."""
