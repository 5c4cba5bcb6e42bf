-- Texts of runs, if a setting keeps them, and the order in which an application's runs are looked for.
CREATE TABLE query_texts (run_id BIGINT PRIMARY KEY, statement {TEXT}, message {TEXT}, {FK run_id query_runs});
CREATE INDEX query_runs_of_app ON query_runs (app_id, submitted_ms);
