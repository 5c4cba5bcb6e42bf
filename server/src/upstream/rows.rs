//! Rows of a JSON array, each decoded as soon as its last byte has come, so that memory holds what is kept of them.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

/// Bytes that are gathered before rows are looked for: a row whose end is missing is decoded in vain.
const GATHERED: usize = 64 * 1024;
/// Rows that [`NewestRows`] keeps. Those that are not over are kept beyond that.
const KEPT: usize = 500;
/// Rows that are kept, however many are not over.
const MOST: usize = 1000;

/// What is made of an array's rows.
pub trait FromRows: Default + Send + 'static {
    type Row: DeserializeOwned;

    /// Takes the next row in.
    fn push(&mut self, row: Self::Row);
}

impl<Row: DeserializeOwned + Send + 'static> FromRows for Vec<Row> {
    type Row = Row;

    fn push(&mut self, row: Row) {
        self.push(row);
    }
}

/// What has an age: the greater, the newer.
pub trait Newest {
    type Age: Clone + Ord + Send;
    fn age(&self) -> Self::Age;
    /// Nothing more will become of it.
    fn is_over(&self) -> bool;
}

/// The newest rows of a list in any order; the others are dropped while they are read.
pub struct NewestRows<Row: Newest>(BTreeMap<Row::Age, Row>);

impl<Row: Newest> NewestRows<Row> {
    /// Oldest first.
    #[must_use]
    pub fn into_vec(self) -> Vec<Row> {
        self.0.into_values().collect()
    }
}

impl<Row: Newest> Default for NewestRows<Row> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<Row: Newest + DeserializeOwned + Send + 'static> FromRows for NewestRows<Row> {
    type Row = Row;

    fn push(&mut self, row: Row) {
        self.0.insert(row.age(), row);
        let over = || self.0.iter().find(|(_, row)| row.is_over()).map(|(age, _)| age.clone());
        let dropped = match self.0.len() {
            length if length > MOST => self.0.keys().next().cloned(),
            length if length > KEPT => over(),
            _ => None,
        };
        if let Some(age) = dropped {
            self.0.remove(&age);
        }
    }
}

/// Reads an array piece by piece. Its errors say where and what kind, without the upstream's own text.
pub(super) struct RowDecoder<Rows> {
    rows: Rows,
    count: usize,
    place: Place,
    buffer: Vec<u8>,
    /// Length of the buffer from which a try is worth it: the first bytes tell another shape at once.
    wanted: usize,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// `[`
    Begin,
    /// A row or `]`
    FirstRow,
    Row,
    /// `,` or `]`
    AfterRow,
    /// Nothing
    End,
}

impl<Rows: FromRows> RowDecoder<Rows> {
    pub fn new() -> Self {
        Self { rows: Rows::default(), count: 0, place: Place::Begin, buffer: Vec::new(), wanted: 1 }
    }

    /// One that looks for rows in its first bytes already, for fuzzing.
    #[cfg(fuzzing)]
    pub fn eager() -> Self {
        Self { wanted: 0, ..Self::new() }
    }

    /// Takes the next bytes in.
    ///
    /// # Errors
    /// When they are not part of an array of such rows.
    pub fn read(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() < self.wanted { Ok(()) } else { self.decode() }
    }

    /// # Errors
    /// When the array has not ended.
    pub fn finish(mut self) -> Result<Rows, String> {
        self.decode()?;
        if self.place == Place::End { Ok(self.rows) } else { Err(format!("Eof error after row {}", self.count)) }
    }

    /// Decodes all rows that are whole.
    fn decode(&mut self) -> Result<(), String> {
        let mut rest = self.buffer.as_slice();
        loop {
            rest = rest.trim_ascii_start();
            let Some((&first, after)) = rest.split_first() else { break };
            self.place = match (self.place, first) {
                (Place::Begin, b'[') => Place::FirstRow,
                (Place::FirstRow | Place::AfterRow, b']') => Place::End,
                (Place::AfterRow, b',') => Place::Row,
                (Place::FirstRow | Place::Row, _) => {
                    let mut rows = serde_json::Deserializer::from_slice(rest).into_iter::<Rows::Row>();
                    match rows.next() {
                        Some(Ok(row)) => self.rows.push(row),
                        Some(Err(error)) if !error.is_eof() && !may_be_cut_in_a_number(rest) => {
                            return Err(self.what(rest, &error));
                        }
                        _ => break,
                    }
                    self.count += 1;
                    rest = rest.get(rows.byte_offset()..).unwrap_or_default();
                    self.place = Place::AfterRow;
                    continue;
                }
                (Place::Begin, _) => return Err("not an array".to_owned()),
                (Place::AfterRow | Place::End, _) => return Err(format!("Syntax error after row {}", self.count)),
            };
            rest = after;
        }
        let left = rest.len();
        self.buffer.drain(..self.buffer.len() - left);
        // Of a row that does not end, each byte must not be decoded again and again.
        self.wanted = if cfg!(fuzzing) { 2 * left } else { GATHERED.max(2 * left) };
        Ok(())
    }

    /// The path is found by a slower decoder, which need not run while all is well.
    fn what(&self, row: &[u8], error: &serde_json::Error) -> String {
        let mut json = serde_json::Deserializer::from_slice(row);
        let path = serde_path_to_error::deserialize::<_, Rows::Row>(&mut json).err();
        let path = path.map(|error| error.path().to_string()).unwrap_or_default();
        format!("{:?} error in row {} at {path}", error.classify(), self.count)
    }
}

/// The decoder calls `-`, `1.` and `1e` at the end a syntax error where it skips a number, not a missing end.
fn may_be_cut_in_a_number(row: &[u8]) -> bool {
    matches!(row, [.., b'-' | b'+' | b'.' | b'e' | b'E'])
}

/// An array in memory, for tests.
#[cfg(test)]
pub(crate) fn from_value<Rows: FromRows>(json: &serde_json::Value) -> Rows {
    let mut decoder = RowDecoder::new();
    decoder.read(json.to_string().as_bytes()).unwrap();
    decoder.finish().unwrap()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Eq, Deserialize)]
    struct Row {
        id: u32,
        #[serde(default)]
        name: String,
    }

    /// Cut into pieces of `length` bytes, and decoded after each.
    fn decode(json: &str, length: usize) -> Result<Vec<Row>, String> {
        let mut decoder = RowDecoder::<Vec<Row>>::new();
        for piece in json.as_bytes().chunks(length) {
            decoder.wanted = 0;
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
            (r#"[{"id": 1},]"#, "Syntax error in row 1 at ."),
            (r#"[{"id": 1}, {"id"#, "Eof error after row 1"),
            ("", "Eof error after row 0"),
        ] {
            assert_eq!(decode(json, 5), Err(what.to_owned()), "{json}");
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
        let kept: Vec<_> = from_value::<NewestRows<Row>>(&rows.into()).into_vec().iter().map(|row| row.id).collect();
        assert_eq!(kept, (1500..2000).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_not_over_is_kept_however_old() {
        let row = |id, name: &str| Row { id, name: name.to_owned() };
        let mut rows = NewestRows::default();
        rows.push(row(0, "runs"));
        (1..2000).for_each(|id| rows.push(row(id, "")));
        assert_eq!(rows.into_vec().first(), Some(&row(0, "runs")));
    }

    #[test]
    fn a_row_without_end_is_not_decoded_again_for_each_piece() {
        let mut decoder = RowDecoder::<Vec<Row>>::new();
        decoder.read(br#"[{"name": ""#).unwrap();
        let mut tries = 0;
        for _ in 0..1000 {
            let wanted = decoder.wanted;
            decoder.read(&[b'x'; 8 * 1024]).unwrap();
            tries += u32::from(decoder.wanted != wanted);
        }
        assert!(tries <= 8, "{tries}");
    }
}
