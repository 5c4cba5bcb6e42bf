//! Sample answers of the sidecar, for tests.

use std::collections::BTreeMap;

use wire::{
    Activity, Answer, App, ApplicationState, Chip, ChipState, Cluster, ClusterKind, ConnectSession, DriverState,
    ErrorCode, Executor, Executors, Finding, FindingRule, Findings, History, Level, Master, MasterStatus, Meta, Meter,
    NamedBy, Point, Queries, Query, QueryKind, QueryState, Severity, Spill, Stage, StageState, Stages, Stale, Tasks,
};

/// 12:00:00 UTC.
pub const OBSERVED_AT_MS: i64 = 1_800_014_400_000;

pub fn answer<T>(body: T) -> Answer<T> {
    let meta = Meta {
        observed_at_ms: OBSERVED_AT_MS,
        stale: None,
        next_poll_ms: 30_000,
        busy_poll_ms: 5_000,
        demonstration: false,
    };
    Answer { meta, body }
}

pub fn stale_answer<T>(body: T) -> Answer<T> {
    let mut answer = answer(body);
    answer.meta.stale = Some(Stale {
        code: ErrorCode::UpstreamTimeout,
        reason: "The Spark Master did not answer in time.".to_owned(),
        reason_sentences: Vec::new(),
        since_ms: OBSERVED_AT_MS - 60_000,
    });
    answer
}

pub fn chip(state: ChipState, ready: u32, wanted: u32) -> Chip {
    Chip { state, ready, wanted, activity: None, attention: Vec::new() }
}

pub fn activity() -> Activity {
    Activity {
        app_name: "etl".to_owned(),
        stages: 1,
        stage_name: "count of range".to_owned(),
        tasks: Tasks { total: 200, done: 120, running: 8, ..Tasks::default() },
    }
}

pub fn app() -> App {
    App {
        app_id: "app-1".to_owned(),
        name: "etl".to_owned(),
        state: ApplicationState::Running,
        cores: Some(4),
        started_at_ms: OBSERVED_AT_MS - 600_000,
        driver: DriverState::Ready,
        link: None,
    }
}

pub fn cluster() -> Cluster {
    Cluster {
        kind: ClusterKind::Master,
        last_seen_alive_ms: None,
        trouble: Vec::new(),
        master: Some(Master { status: MasterStatus::Alive, url: "spark://master:7077".to_owned() }),
        workers: Vec::new(),
        workers_not_shown: 0,
        workers_alive: 2,
        workers_wanted: 2,
        cores: Meter::new(3, 4),
        memory_mib: Some(Meter::new(1024, 4096)),
        apps_running: 1,
        apps_waiting: 0,
        start_code: Some("spark = SparkSession.builder.master(\"spark://master:7077\").getOrCreate()".to_owned()),
    }
}

pub fn executor(executor_id: &str) -> Executor {
    Executor {
        executor_id: executor_id.to_owned(),
        host: "10.0.0.1:40001".to_owned(),
        active_tasks: 2,
        task_slots: 2,
        storage_bytes: Meter::new(800, 1000),
        shuffle_read_bytes: 1536,
        gc_permille: Some(123),
        gc_level: Level::Amber,
        peak_heap_bytes: 600,
        heap_limit_bytes: Some(1000),
        added_at_ms: OBSERVED_AT_MS - 590_000,
        ..Executor::default()
    }
}

pub fn executors() -> Executors {
    let removed = Some("worker lost".to_owned());
    Executors {
        app: Some(app()),
        driver: Some(Executor { executor_id: "driver".to_owned(), ..Executor::default() }),
        executors: vec![
            executor("0"),
            Executor { removed, removed_at_ms: Some(OBSERVED_AT_MS - 60_000), ..executor("1") },
        ],
        executors_not_shown: 0,
        active_tasks: 2,
        task_slots: 2,
    }
}

pub fn history() -> History {
    let point = |minute: i64, cores_used, active_tasks| Point {
        at_ms: OBSERVED_AT_MS - 600_000 + minute * 60_000,
        cores_used,
        memory_used_mib: None,
        active_tasks,
    };
    History {
        points: vec![
            point(0, Some(0), Some(1)),
            point(1, Some(4), Some(2)),
            point(8, Some(2), None),
            point(9, Some(3), Some(1)),
        ],
        window_ms: 600_000,
        gap_ms: 75_000,
        cores_total: Some(4),
        memory_total_mib: None,
        task_slots: None,
    }
}

pub fn stage(stage_id: i64, state: StageState) -> Stage {
    Stage {
        stage_id,
        stage_attempt_id: 0,
        name: "count of range".to_owned(),
        state,
        tasks: Tasks { total: 200, done: 120, running: 8, failed: 1, ..Tasks::default() },
        input_bytes: 1536,
        output_bytes: 0,
        shuffle_read_bytes: 0,
        shuffle_write_bytes: 2048,
        spilled_to_disk_bytes: 1024,
        spilled_from_memory_bytes: 4096,
        submitted_at_ms: Some(OBSERVED_AT_MS - 45_000),
        elapsed_ms: Some(45_000),
        failure_reason: None,
        link: None,
    }
}

pub fn stages() -> Stages {
    Stages {
        app: Some(app()),
        spill: Some(Spill { stages: 2, to_disk_bytes: 1024, from_memory_bytes: 4096, level: Level::Amber }),
        active: vec![stage(3, StageState::Active)],
        active_not_shown: 0,
        retained: 3,
        forgotten: false,
    }
}

pub fn session(session_id: &str) -> ConnectSession {
    ConnectSession {
        session_id: session_id.to_owned(),
        user: "ada".to_owned(),
        running: 1,
        last_query_at_ms: OBSERVED_AT_MS - 20_000,
    }
}

pub fn query(query_id: &str) -> Query {
    Query {
        query_id: query_id.to_owned(),
        kind: QueryKind::Operation,
        name: "select count(*) from events".to_owned(),
        named_by: NamedBy::Sql,
        sql: Some("select count(*)\nfrom events".to_owned()),
        call_site: None,
        session_id: Some("s-1".to_owned()),
        operation_id: None,
        can_stop: false,
        state: QueryState::Running,
        tasks: Tasks { total: 200, done: 120, running: 8, ..Tasks::default() },
        stages_done: 1,
        stages_total: 3,
        submitted_at_ms: OBSERVED_AT_MS - 20_000,
        elapsed_ms: 20_000,
        failure_reason: None,
        spilled: None,
        wait: None,
        stream: None,
        time_left: None,
        link: None,
        active_stages: Vec::new(),
    }
}

pub fn queries() -> Queries {
    Queries {
        app: Some(app()),
        wait: None,
        sessions: Vec::new(),
        running: Vec::new(),
        running_not_shown: 0,
        recent: Vec::new(),
    }
}

pub fn spilled(query_id: &str) -> Query {
    Query { spilled: Some(stage(3, StageState::Complete)), ..query(query_id) }
}

/// About stage 3 of the query `a`.
pub fn finding(rule: FindingRule) -> Finding {
    Finding {
        rule,
        severity: Severity::Warning,
        query_id: Some("a".to_owned()),
        stage_id: Some(3),
        stage_attempt_id: Some(0),
        executor_id: None,
        so_far: false,
        numbers: BTreeMap::new(),
        meaning: ["Meaning of ", rule.key(), "."].concat(),
        meaning_sentences: Vec::new(),
        advice: "Use smaller partitions.".to_owned(),
        advice_sentences: Vec::new(),
        code: Some("df = df.repartition(4)".to_owned()),
        link: "https://spark.apache.org/docs/latest/tuning.html".to_owned(),
        cost_ms: 1_000,
        more: 0,
    }
}

pub fn findings() -> Findings {
    Findings {
        app: Some(app()),
        findings: vec![finding(FindingRule::Spill)],
        findings_not_shown: 0,
        muted: Vec::new(),
        calls: 0,
        calls_per_minute: 60,
        not_examined: 0,
    }
}
