-- One template for SQLite, PostgreSQL and MariaDB; `schema.rs` expands it. A column is NOT NULL unless it says NULL.
CREATE TABLE systems ({ID system_id}, owner VARCHAR(128) DEFAULT '', name VARCHAR(64), kind VARCHAR(16),
  title VARCHAR(200) DEFAULT '', time_zone VARCHAR(64) DEFAULT 'UTC', step_ms BIGINT DEFAULT 300000,
  stale_ms BIGINT DEFAULT 900000, newest_ms BIGINT NULL, UNIQUE (owner, name));
CREATE TABLE components ({ID component_id}, system_id BIGINT, kind VARCHAR(24), name VARCHAR(255), facts {TEXT},
  facts_at_ms BIGINT, last_seen_ms BIGINT, UNIQUE (system_id, kind, name), {FK system_id systems});
CREATE TABLE ticks ({ID tick_id}, system_id BIGINT, at_ms BIGINT, step_ms BIGINT, received_ms BIGINT, source VARCHAR(64),
  digest VARCHAR(64), extra {TEXT} NULL, UNIQUE (system_id, at_ms), {FK system_id systems});
CREATE TABLE points (component_id BIGINT, step_ms INTEGER, at_ms BIGINT, covered_ms INTEGER, vals {TEXT},
  PRIMARY KEY (component_id, step_ms, at_ms)) {CLUSTERED};
CREATE TABLE hours_due (system_id BIGINT, hour_ms BIGINT, PRIMARY KEY (system_id, hour_ms)) {CLUSTERED};
CREATE TABLE spans ({ID span_id}, component_id BIGINT, first_ms BIGINT, last_ms BIGINT, state VARCHAR(24), vals {TEXT},
  UNIQUE (component_id, first_ms), {FK component_id components});
CREATE TABLE incidents ({ID incident_id}, system_id BIGINT, component VARCHAR(255) DEFAULT '', title VARCHAR(200),
  severity VARCHAR(16), status VARCHAR(16), description {TEXT}, started_ms BIGINT, expected_ms BIGINT NULL,
  ended_ms BIGINT NULL, alert_key VARCHAR(64) NULL, version INTEGER DEFAULT 1, author VARCHAR(128), created_ms BIGINT,
  updated_ms BIGINT, {FK system_id systems});
CREATE INDEX incidents_open ON incidents (system_id, ended_ms, started_ms);
CREATE TABLE incident_updates ({ID update_id}, incident_id BIGINT, at_ms BIGINT, status VARCHAR(16), message {TEXT},
  author VARCHAR(128), {FK incident_id incidents});
CREATE TABLE incident_components (incident_id BIGINT, component_id BIGINT, PRIMARY KEY (incident_id, component_id),
  {FK incident_id incidents}, {FK component_id components});
CREATE TABLE reservations ({ID reservation_id}, system_id BIGINT, kind VARCHAR(16) DEFAULT 'reservation', name VARCHAR(128),
  description {TEXT}, start_ms BIGINT, end_ms BIGINT, node_count INTEGER NULL, component VARCHAR(255) DEFAULT '',
  silences SMALLINT DEFAULT 0, reported_ms BIGINT, UNIQUE (system_id, name), {FK system_id systems});
CREATE TABLE query_shapes ({ID shape_id}, system_id BIGINT, version SMALLINT, hash VARCHAR(32), made_from VARCHAR(16),
  label VARCHAR(200), muted SMALLINT DEFAULT 0, last_ms BIGINT, UNIQUE (system_id, version, hash), {FK system_id systems});
CREATE TABLE query_runs ({ID run_id}, shape_id BIGINT, app_id VARCHAR(128), query_id VARCHAR(128), plan_hash VARCHAR(32),
  submitted_ms BIGINT, duration_ms BIGINT, waited_ms BIGINT, state VARCHAR(12), error_class VARCHAR(96) NULL,
  slots INTEGER, tasks INTEGER, run_ms BIGINT, cpu_ms BIGINT, gc_ms BIGINT, read_bytes BIGINT, shuffle_bytes BIGINT,
  spilled_bytes BIGINT, written_bytes BIGINT, UNIQUE (shape_id, app_id, query_id), {FK shape_id query_shapes});
CREATE INDEX query_runs_newest ON query_runs (shape_id, submitted_ms);
CREATE TABLE alert_rules ({ID rule_id}, owner VARCHAR(128), name VARCHAR(128), definition {TEXT}, enabled SMALLINT DEFAULT 1,
  version INTEGER DEFAULT 1, UNIQUE (owner, name));
CREATE TABLE alerts (alert_key VARCHAR(64) PRIMARY KEY, rule_id BIGINT, component_id BIGINT, state VARCHAR(12),
  since_ms BIGINT, clear_since_ms BIGINT NULL, changes INTEGER DEFAULT 0, told_ms BIGINT NULL, {FK rule_id alert_rules});
CREATE TABLE outbox ({ID message_id}, channel VARCHAR(64), dedup_key VARCHAR(96), body {TEXT}, due_ms BIGINT,
  tries INTEGER DEFAULT 0, sent_ms BIGINT NULL, UNIQUE (channel, dedup_key));
CREATE TABLE api_keys (key_id VARCHAR(16) PRIMARY KEY, name VARCHAR(128) UNIQUE, scheme VARCHAR(8), hash VARCHAR(128),
  roles VARCHAR(64), systems VARCHAR(255) DEFAULT '*', created_ms BIGINT, expires_ms BIGINT NULL, used_ms BIGINT NULL,
  revoked_ms BIGINT NULL);
CREATE TABLE audit ({ID audit_id}, at_ms BIGINT, who VARCHAR(128), action VARCHAR(64), target VARCHAR(255), outcome VARCHAR(32), details {TEXT});
CREATE TABLE leases (name VARCHAR(64) PRIMARY KEY, holder VARCHAR(128), until_ms BIGINT);
