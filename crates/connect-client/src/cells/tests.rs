//! Types that a real Spark does not send on demand. `tests/spark/test_sql.py` compares all others with PySpark.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, Int32Array, LargeBinaryArray, LargeStringArray, ListArray, NullArray, StringArray, StructArray,
    Time64NanosecondArray, UInt8Array,
};
use arrow_schema::{DataType as Arrow, Field};
use connect_proto::connect::data_type;
use serde_json::json;

use super::*;

fn shown(array: impl Array + 'static, spark_type: Option<&DataType>) -> Value {
    let array: ArrayRef = Arc::new(array);
    cell(&array, 0, spark_type, &mut Budget::new(usize::MAX))
}

#[test]
fn wide_texts_and_bytes_times_and_nulls() {
    assert_eq!(shown(LargeStringArray::from(vec!["ünï"]), None), json!("ünï"));
    assert_eq!(shown(LargeBinaryArray::from(vec![b"\x00\xff".as_slice()]), None), json!("00ff"));
    assert_eq!(shown(Time64NanosecondArray::from(vec![3_600_000_000_001]), None), json!("01:00:00.000000001"));
    assert_eq!(shown(NullArray::new(1), None), Value::Null);
    assert_eq!(shown(Int32Array::from(vec![None]), None), Value::Null);
}

#[test]
fn a_row_that_is_not_there_is_null_and_an_unknown_type_says_so() {
    assert_eq!(shown(Int32Array::from(Vec::<i32>::new()), None), Value::Null);
    assert_eq!(shown(UInt8Array::from(vec![7]), None), json!("(UInt8)"));
}

#[test]
fn a_user_defined_type_is_shown_as_the_type_within() {
    let day = data_type::YearMonthInterval { start_field: Some(1), end_field: Some(1), ..Default::default() };
    let inner = DataType { kind: Some(Kind::YearMonthInterval(day)) };
    let udt = data_type::Udt { sql_type: Some(Box::new(inner)), ..Default::default() };
    let udt = DataType { kind: Some(Kind::Udt(Box::new(udt))) };
    let months = arrow_array::IntervalYearMonthArray::from(vec![14]);
    assert_eq!(shown(months, Some(&udt)), json!("INTERVAL '14' MONTH"));
}

#[test]
fn of_fields_with_the_same_name_the_last_one_stays_as_in_pyspark() {
    let field = |kind| Arc::new(Field::new("a", kind, true));
    let first: ArrayRef = Arc::new(Int32Array::from(vec![1]));
    let last: ArrayRef = Arc::new(StringArray::from(vec!["x"]));
    let both = StructArray::from(vec![(field(Arrow::Int32), first), (field(Arrow::Utf8), last)]);
    assert_eq!(shown(both, None), json!({"a": "x"}));
}

#[test]
fn a_date_that_no_calendar_writes_stays_a_number() {
    let date = arrow_array::Date32Array::from(vec![i32::MAX]);
    assert_eq!(shown(date, None), json!("2147483647 days since 1970-01-01"));
}

#[test]
fn a_cell_is_written_as_far_as_its_budget_goes() {
    let many = vec![Some(1); 1_000_000];
    let list: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int8Type, _, _>([Some(many)]));
    let text: ArrayRef = Arc::new(StringArray::from(vec!["ä".repeat(1000)]));
    for (array, most) in [(&list, 100), (&text, 101)] {
        let mut budget = Budget::new(most);
        let value = cell(array, 0, None, &mut budget);
        assert!(budget.is_spent());
        let length = value.as_array().map_or_else(|| value.as_str().unwrap().len(), Vec::len);
        assert!((40..=100).contains(&length), "{length}");
    }
    let mut budget = Budget::new(3_000_000);
    assert_eq!(cell(&list, 0, None, &mut budget).as_array().unwrap().len(), 1_000_000);
    assert!(!budget.is_spent());
}
