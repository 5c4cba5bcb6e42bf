//! Lists of any length, in pieces of any size: which rows are kept, and how the others are reported.

use serde::Deserialize;

use super::*;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Row {
    id: u32,
    #[serde(default)]
    name: String,
}

/// Decodes `json` in pieces of `length` bytes.
fn decode(json: &str, length: usize) -> Result<Vec<Row>, String> {
    decode_within(json, length, &Bounds::DEFAULT).map(|rows| rows.to_vec())
}

fn decode_within(json: &str, length: usize, bounds: &Bounds) -> Result<FirstRows<Row>, String> {
    let mut decoder = RowDecoder::<FirstRows<Row>>::new(bounds);
    for piece in json.as_bytes().chunks(length) {
        decoder.read(piece)?;
    }
    decoder.finish()
}

#[test]
fn rows_are_the_same_wherever_the_bytes_are_cut() {
    let json = r#" [ {"id": 1, "name": "a]}, {\"\\"} ,{"id":2,"other":[{"id":3},-1.5e+3,2E-7]},{"id":4} ] "#;
    let whole: Vec<Row> = serde_json::from_str(json).unwrap();
    for length in 1..=json.len() {
        assert_eq!(decode(json, length).as_ref(), Ok(&whole), "{length}");
    }
    assert_eq!(decode("[]", 1), Ok(Vec::new()));
}

#[test]
fn what_is_no_array_of_such_rows_is_told_without_its_text() {
    for (json, what) in [
        (r#"{"id": 1}"#, "not an array"),
        (r#"[{"id": 1}, {"id": "secret"}]"#, "Data error in row 1 at id"),
        (r#"[{"id": 1} {"id": 2}]"#, "Syntax error after row 1"),
        (r#"[{"id": 1}] []"#, "Syntax error after row 1"),
        (r#"[{"id": 1},]"#, "Eof error in row 1 at ."),
        (r#"[{"id": 1}, {"id"#, "Eof error after row 1"),
        ("", "Eof error after row 0"),
    ] {
        assert_eq!(decode(json, 5), Err(what.to_owned()), "{json}");
    }
}

impl Weight for Row {
    fn weight_bytes(&self) -> usize {
        self.name.weight_bytes()
    }
}

impl Newest for Row {
    type Age = u32;
    fn age(&self) -> u32 {
        self.id
    }
    fn is_over(&self) -> bool {
        self.name.is_empty()
    }
}

#[test]
fn of_a_long_list_in_any_order_the_newest_rows_are_kept() {
    let rows: Vec<_> = (0..2000).map(|n| serde_json::json!({"id": (n * 7919) % 2000})).collect();
    let kept: Vec<_> =
        from_value::<NewestRows<Row>>(&rows.into()).unwrap().into_vec().iter().map(|row| row.id).collect();
    assert_eq!(kept, (1500..2000).collect::<Vec<_>>());
}

#[test]
fn what_is_not_over_is_kept_however_old() {
    let row = |id, name: &str| Row { id, name: name.to_owned() };
    let mut rows = NewestRows::default();
    rows.push(row(0, "runs"), &Bounds::DEFAULT);
    (1..2000).for_each(|id| rows.push(row(id, ""), &Bounds::DEFAULT));
    assert_eq!(rows.left_out, 0);
    assert_eq!(rows.into_vec().first(), Some(&row(0, "runs")));
}

#[test]
fn what_is_not_over_and_dropped_all_the_same_is_counted() {
    let rows: Vec<_> = (0..1200).map(|id| serde_json::json!({"id": id, "name": "runs"})).collect();
    let rows: NewestRows<Row> = from_value(&rows.into()).unwrap();
    assert_eq!(rows.left_out, 200);
    assert_eq!(rows.into_vec().len(), MOST);
}

/// A list of rows of one kilobyte each.
fn kilobytes(rows: usize) -> String {
    let rows: Vec<_> = (0..rows).map(|id| serde_json::json!({"id": id, "name": "x".repeat(1000)})).collect();
    serde_json::Value::from(rows).to_string()
}

#[test]
fn rows_beyond_the_limit_are_counted_and_not_kept() {
    let bounds = Bounds { rows: 3, ..Bounds::DEFAULT };
    let rows = decode_within(&kilobytes(10), 100, &bounds).unwrap();
    assert_eq!((rows.len(), rows.left_out), (3, 7));
}

#[test]
fn rows_that_hold_too_much_together_are_counted_and_not_kept() {
    let bounds = Bounds { list_bytes: 5_500, ..Bounds::DEFAULT };
    let rows = decode_within(&kilobytes(10), 100, &bounds).unwrap();
    assert_eq!((rows.len(), rows.left_out), (5, 5));
    let mut decoder = RowDecoder::<NewestRows<Row>>::new(&bounds);
    decoder.read(kilobytes(10).as_bytes()).unwrap();
    let rows = decoder.finish().unwrap();
    assert_eq!(rows.left_out, 5, "none of them is over");
    assert_eq!(rows.into_vec().iter().map(|row| row.id).collect::<Vec<_>>(), [5, 6, 7, 8, 9], "the newest are kept");
}

#[test]
fn a_row_that_is_too_large_is_counted_and_the_next_ones_are_read() {
    let bounds = Bounds { row_bytes: 1000, ..Bounds::DEFAULT };
    let numbers = format!("{:?}", [1; 1000]);
    let json = format!(r#"[{{"id": 1}}, {{"id": 2, "more": {numbers}, "name": "x"}}, {{"id": 3}}]"#);
    for length in [1, 10, 1000, json.len()] {
        let rows = decode_within(&json, length, &bounds).unwrap();
        assert_eq!((rows.iter().map(|row| row.id).collect::<Vec<_>>(), rows.left_out), (vec![1, 3], 1));
    }
    let mut checked = RowDecoder::<Checked<Row>>::new(&bounds);
    checked.read(json.as_bytes()).unwrap();
    assert_eq!(checked.finish().unwrap().left_out, 1);
}

#[test]
fn long_strings_of_a_row_are_cut_wherever_the_bytes_are() {
    let bounds = Bounds { string_bytes: 4, row_bytes: 100, ..Bounds::DEFAULT };
    let json = format!(
        r#"[{{"id": 1, "name": "abcd"}}, {{"{}": 0, "id": 2, "name": "ab{}"}}]"#,
        "k".repeat(500),
        "c".repeat(500)
    );
    for length in 1..json.len() {
        let rows = decode_within(&json, length, &bounds).unwrap();
        assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["abcd", "abcc…"]);
    }
}

#[test]
fn of_a_row_without_end_no_more_than_the_limit_is_gathered() {
    for (begin, piece) in [(&br#"[{"name": ""#[..], [b'x'; 8 * 1024]), (b"[[", [b'0'; 8 * 1024])] {
        let mut decoder = RowDecoder::<FirstRows<Row>>::new(&Bounds::DEFAULT);
        decoder.read(begin).unwrap();
        (0..1000).for_each(|_| decoder.read(&piece).unwrap());
        assert!(decoder.row.capacity() <= 3 * Bounds::DEFAULT.row_bytes, "{}", decoder.row.capacity());
    }
}

#[test]
fn a_row_that_is_nested_too_deeply_is_refused_however_short_it_is() {
    let row = |depth: usize| format!(r#"[{{"id": 1, "other": {}{}}}]"#, "[".repeat(depth), "]".repeat(depth));
    let json = row(DEEPEST);
    for length in [1, 10, json.len()] {
        assert_eq!(decode(&json, length), Err("row 0 is nested too deeply".to_owned()), "{length}");
        assert_eq!(decode(&row(DEEPEST - 1), length).map(|rows| rows.len()), Ok(1), "{length}");
    }
    // Many arrays, but not nested deeply.
    let wide = format!(r#"[{{"id": 1, "other": [{}[]]}}]"#, "[],".repeat(DEEPEST));
    assert_eq!(decode(&wide, wide.len()).map(|rows| rows.len()), Ok(1));
}
