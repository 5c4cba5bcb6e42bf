//! What is read comes back as the sidecar wrote it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wire::sql::{SqlError, SqlErrorCode, SqlLimit};
use wire::{CallSite, CoreHolder, ErrorBody, ErrorCode, Executor, Stage, Tasks, Wait};

use super::{Json, Reader};
use crate::samples;

impl Json for Value {
    fn is_nothing(&self) -> bool {
        self.is_null()
    }

    fn boolean(&self) -> Option<bool> {
        self.as_bool()
    }

    fn number(&self) -> Option<f64> {
        self.as_f64()
    }

    fn string(&self) -> Option<String> {
        self.as_str().map(str::to_owned)
    }

    fn items(&self) -> Option<Vec<Self>> {
        self.as_array().cloned()
    }

    fn field(&self, name: &str) -> Self {
        self.get(name).cloned().unwrap_or_default()
    }

    fn names(&self) -> Vec<String> {
        self.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
    }
}

fn read<T: DeserializeOwned>(json: Value) -> Option<T> {
    T::deserialize(Reader(json)).ok()
}

#[track_caller]
fn comes_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: T) {
    assert_eq!(read(serde_json::to_value(&value).unwrap_or_default()), Some(value));
}

#[test]
fn what_the_sidecar_writes_comes_back_as_it_was() {
    comes_back(samples::cluster());
    comes_back(samples::executors());
    comes_back(samples::stages());
    comes_back(samples::history());
    comes_back(samples::answer(()).meta);
    comes_back(samples::stale_answer(()).meta);
    comes_back(Wait::NoCluster);
    comes_back(Wait::Busy { running: 2 });
    let holders = vec![CoreHolder { name: "ETL".to_owned(), cores: 2 }];
    comes_back(Wait::NoCores { holders, cores_used: 2, cores_total: 2 });
    comes_back(CallSite::Cell { number: 3, line: 2 });
    comes_back(i64::MIN / 4096);
}

#[test]
fn a_cell_of_a_result_may_be_anything() {
    let cells = json!([null, true, -7, 1.5, -0.0, "", [1, [2]], {"a": null, "b": {"c": "d"}}]);
    assert_eq!(read::<Value>(cells.clone()), Some(cells));
    let named = BTreeMap::from([("id".to_owned(), (1_u32, "one".to_owned()))]);
    comes_back(named);
}

#[test]
fn an_error_has_its_limit_only_when_it_names_one() {
    let limit = SqlLimit {
        limit_type: "rows".to_owned(),
        limit_value: 10_000,
        actual_value: None,
        remediation: "Ask for less.".to_owned(),
    };
    let parameters = [("objectName".to_owned(), "`t`".to_owned())].into_iter().collect();
    let error = SqlError { message: "m".to_owned(), parameters, limit: Some(limit), ..SqlError::default() };
    comes_back(error.clone());
    comes_back(SqlError { limit: None, ..error });
    assert_eq!(
        read(json!({"code": "of_a_later_version"})),
        Some(SqlError { code: SqlErrorCode::Unknown, ..SqlError::default() })
    );
}

#[test]
fn what_is_left_out_has_its_default_where_the_type_has_one() {
    assert_eq!(read(json!({"total": 3})), Some(Tasks { total: 3, ..Tasks::default() }));
    let executor = Executor { executor_id: "1".to_owned(), ..Executor::default() };
    assert_eq!(read(json!({"executor_id": "1", "of_a_later_version": [1]})), Some(executor));
    assert_eq!(read::<Stage>(json!({"stage_id": 1})), None);
    assert_eq!(read::<Tasks>(Value::Null), None);
}

#[test]
fn what_has_another_shape_is_refused() {
    assert_eq!(read::<Tasks>(json!({"total": "3"})), None);
    assert_eq!(read::<Tasks>(json!({"total": 1.5})), None);
    assert_eq!(read::<Tasks>(json!({"total": -1})), None);
    assert_eq!(read::<u32>(json!(4_294_967_296_u64)), None);
    assert_eq!(read::<Wait>(json!({"of_a_later_version": {}})), None);
    assert_eq!(read::<Wait>(json!({})), None);
}

#[test]
fn a_code_of_a_later_version_is_unknown() {
    let body = json!({"error": "e", "code": "of_a_later_version", "hint": "h", "request_id": "r"});
    assert_eq!(read::<ErrorBody>(body).map(|body| body.code), Some(ErrorCode::Unknown));
}
