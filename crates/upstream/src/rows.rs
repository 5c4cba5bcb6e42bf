//! Rows of a JSON array, each decoded as soon as its last byte arrives, so that only the kept rows take memory.

use std::{collections::BTreeMap, fmt, marker::PhantomData, ops::Deref};

use memchr::memchr2_iter;
use serde::{
    Deserializer,
    de::{DeserializeOwned, DeserializeSeed, IgnoredAny, SeqAccess, Visitor},
};

use super::{
    bounds::Bounds,
    string_cutter::{DEEPEST, StringCutter},
};
use crate::Weight;

/// Bytes processed at once: a row that is too large is noticed at most this many bytes later.
const PIECE: usize = 64 * 1024;
/// Number of rows that [`NewestRows`] keeps; it may exceed this for rows that are not over.
const KEPT: usize = 500;
/// Number of rows that [`NewestRows`] keeps at most, even of rows that are not over.
const MOST: usize = 1000;

/// Something built from an array's rows.
pub trait FromRows: Default + Send + 'static {
    type Row: DeserializeOwned;

    /// Adds the next row, within the bounds.
    fn push(&mut self, row: Self::Row, bounds: &Bounds);

    /// Counts a row that was not decoded.
    fn leave_out(&mut self);

    /// True when further rows would only be counted, so that they need not be decoded.
    fn is_full(&self, _bounds: &Bounds) -> bool {
        false
    }
}

/// The first rows of a list.
#[derive(Clone, Debug)]
pub struct FirstRows<Row> {
    rows: Vec<Row>,
    /// Memory that the rows hold on the heap, without the rows themselves.
    heap_bytes: usize,
    /// Number of rows that were not kept.
    pub left_out: u32,
}

impl<Row> Default for FirstRows<Row> {
    fn default() -> Self {
        Self { rows: Vec::new(), heap_bytes: 0, left_out: 0 }
    }
}

impl<Row> Deref for FirstRows<Row> {
    type Target = [Row];

    fn deref(&self) -> &[Row] {
        &self.rows
    }
}

impl<Row: Weight + DeserializeOwned + Send + 'static> FromRows for FirstRows<Row> {
    type Row = Row;

    fn push(&mut self, row: Row, bounds: &Bounds) {
        let heap_bytes = self.heap_bytes + row.weight_bytes();
        if self.is_full(bounds) || self.rows.len() * size_of::<Row>() + heap_bytes > bounds.list_bytes {
            return self.leave_out();
        }
        self.heap_bytes = heap_bytes;
        self.rows.push(row);
    }

    fn leave_out(&mut self) {
        self.left_out = self.left_out.saturating_add(1);
    }

    fn is_full(&self, bounds: &Bounds) -> bool {
        self.rows.len() >= bounds.rows
    }
}

impl<Row> Weight for FirstRows<Row> {
    fn weight_bytes(&self) -> usize {
        self.rows.capacity() * size_of::<Row>() + self.heap_bytes
    }
}

/// Decodes each row to check it, and drops it.
pub struct Checked<Row> {
    pub(super) left_out: u32,
    row: PhantomData<fn() -> Row>,
}

impl<Row> Default for Checked<Row> {
    fn default() -> Self {
        Self { left_out: 0, row: PhantomData }
    }
}

impl<Row: DeserializeOwned + 'static> FromRows for Checked<Row> {
    type Row = Row;

    fn push(&mut self, _row: Row, _bounds: &Bounds) {}

    fn leave_out(&mut self) {
        self.left_out = self.left_out.saturating_add(1);
    }
}

/// A row that has an age: the greater, the newer.
pub trait Newest {
    type Age: Clone + Ord + Send;
    fn age(&self) -> Self::Age;
    /// True when the row will not change any more.
    fn is_over(&self) -> bool;
}

/// The newest rows of a list, which may have any order; older rows are dropped while the list is read.
pub struct NewestRows<Row: Newest> {
    rows: BTreeMap<Row::Age, Row>,
    bytes: usize,
    /// Number of dropped rows that were not over or not decoded.
    pub left_out: u32,
}

impl<Row: Newest> NewestRows<Row> {
    /// The rows, oldest first.
    #[must_use]
    pub fn into_vec(self) -> Vec<Row> {
        self.rows.into_values().collect()
    }
}

impl<Row: Newest> Default for NewestRows<Row> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), bytes: 0, left_out: 0 }
    }
}

impl<Row: Newest + Weight + DeserializeOwned + Send + 'static> NewestRows<Row> {
    /// Counts an entry twice, because the map's nodes may be half empty.
    fn bytes_of(row: &Row) -> usize {
        2 * size_of::<(Row::Age, Row)>() + row.weight_bytes()
    }

    /// The row to drop next: the oldest one that is over, or else the oldest.
    fn first_to_go(&self, bounds: &Bounds) -> Option<Row::Age> {
        let over = || self.rows.iter().find(|(_, row)| row.is_over()).map(|(age, _)| age.clone());
        let oldest = || self.rows.keys().next().cloned();
        match self.rows.len() {
            _ if self.bytes > bounds.list_bytes => over().or_else(oldest),
            length if length > MOST => oldest(),
            length if length > KEPT => over(),
            _ => None,
        }
    }
}

impl<Row: Newest + Weight + DeserializeOwned + Send + 'static> FromRows for NewestRows<Row> {
    type Row = Row;

    fn push(&mut self, row: Row, bounds: &Bounds) {
        self.bytes += Self::bytes_of(&row);
        if let Some(same) = self.rows.insert(row.age(), row) {
            self.bytes -= Self::bytes_of(&same);
        }
        while let Some(dropped) = self.first_to_go(bounds).and_then(|age| self.rows.remove(&age)) {
            self.bytes -= Self::bytes_of(&dropped);
            if !dropped.is_over() {
                self.leave_out();
            }
        }
    }

    fn leave_out(&mut self) {
        self.left_out = self.left_out.saturating_add(1);
    }
}

/// Reads an array piece by piece. An error says where and what kind, without the upstream's own text.
pub(super) struct RowDecoder<Rows> {
    rows: Rows,
    bounds: Bounds,
    count: usize,
    place: Place,
    cutter: StringCutter,
    /// The bytes of the current row so far, with long strings cut.
    row: Vec<u8>,
    is_too_large: bool,
    /// Length of the last row that [`Self::short_row`] decoded.
    short_row_bytes: usize,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// `[`
    Begin,
    /// A row or `]`
    FirstRow,
    Row,
    InRow,
    /// `,` or `]`
    AfterRow,
    /// Nothing
    End,
}

impl<Rows: FromRows> RowDecoder<Rows> {
    pub fn new(bounds: &Bounds) -> Self {
        Self {
            rows: Rows::default(),
            bounds: *bounds,
            count: 0,
            place: Place::Begin,
            cutter: StringCutter::new(bounds.string_bytes),
            row: Vec::new(),
            is_too_large: false,
            short_row_bytes: 0,
        }
    }

    /// Processes the next bytes.
    ///
    /// # Errors
    /// When they are not part of an array of such rows.
    pub fn read(&mut self, mut rest: &[u8]) -> Result<(), String> {
        loop {
            if self.place == Place::InRow {
                let piece = rest.get(..PIECE).unwrap_or(rest);
                let (length, ended) =
                    self.cutter.read(piece, &mut self.row).map_err(|error| format!("row {} is {error}", self.count))?;
                rest = rest.get(length..).unwrap_or_default();
                self.is_too_large |= self.row.len() > self.bounds.row_bytes;
                if self.is_too_large {
                    self.cutter.forget(self.row.len());
                    self.row.clear();
                }
                if ended {
                    self.end_row()?;
                } else if rest.is_empty() {
                    return Ok(());
                }
                continue;
            }
            rest = rest.trim_ascii_start();
            let Some((&first, after)) = rest.split_first() else { return Ok(()) };
            self.place = match (self.place, first) {
                (Place::Begin, b'[') => Place::FirstRow,
                (Place::FirstRow | Place::AfterRow, b']') => Place::End,
                (Place::AfterRow, b',') => Place::Row,
                (Place::FirstRow | Place::Row, _) => {
                    self.place = match self.short_row(rest) {
                        Some(length) => {
                            rest = rest.get(length..).unwrap_or_default();
                            Place::AfterRow
                        }
                        None => Place::InRow,
                    };
                    continue;
                }
                (Place::Begin, _) => return Err("not an array".to_owned()),
                _ => return Err(format!("Syntax error after row {}", self.count)),
            };
            rest = after;
        }
    }

    /// # Errors
    /// When the array has not ended.
    pub fn finish(self) -> Result<Rows, String> {
        if self.place == Place::End { Ok(self.rows) } else { Err(format!("Eof error after row {}", self.count)) }
    }

    /// Decodes the first row of `rest` in place and returns its length, if the row is complete and too short to need
    /// the cutter. Most rows are, and skipping the cutter halves their cost. Otherwise nothing changes.
    fn short_row(&mut self, rest: &[u8]) -> Option<usize> {
        // `rest` may end within the row, and decoding it again with every piece would be wasted.
        if rest.len() <= self.short_row_bytes || self.rows.is_full(&self.bounds) {
            return None;
        }
        let most = self.bounds.string_bytes.min(self.bounds.row_bytes);
        let short = rest.get(..most).unwrap_or(rest);
        let mut rows = serde_json::Deserializer::from_slice(short).into_iter::<Rows::Row>();
        let row = rows.next()?.ok()?;
        let length = rows.byte_offset();
        // A number at the end of the bytes may continue in the next piece. Only the cutter checks how deep values are
        // nested.
        if length == short.len() || memchr2_iter(b'[', b'{', short.get(..length)?).nth(DEEPEST).is_some() {
            return None;
        }
        self.rows.push(row, &self.bounds);
        self.count += 1;
        self.short_row_bytes = length;
        Some(length)
    }

    fn end_row(&mut self) -> Result<(), String> {
        if self.is_too_large || self.rows.is_full(&self.bounds) {
            self.rows.leave_out();
        } else {
            let row = serde_json::from_slice(&self.row).map_err(|error| self.what(&error))?;
            self.rows.push(row, &self.bounds);
        }
        self.count += 1;
        self.place = Place::AfterRow;
        self.is_too_large = false;
        self.row.clear();
        Ok(())
    }

    /// Describes an error. A slower decoder finds the path, so it runs only for errors.
    fn what(&self, error: &serde_json::Error) -> String {
        let mut json = serde_json::Deserializer::from_slice(&self.row);
        let path = serde_path_to_error::deserialize::<_, Rows::Row>(&mut json).err();
        let path = path.map(|error| error.path().to_string()).unwrap_or_default();
        format!("{:?} error in row {} at {path}", error.classify(), self.count)
    }
}

/// Decodes an array within a document, with the same bounds as an array that is a whole answer.
pub(super) struct RowsWithin<'a, Rows>(pub &'a Bounds, pub PhantomData<Rows>);

impl<'de, Rows: FromRows> DeserializeSeed<'de> for RowsWithin<'_, Rows> {
    type Value = Rows;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Rows, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, Rows: FromRows> Visitor<'de> for RowsWithin<'_, Rows> {
    type Value = Rows;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Rows, A::Error> {
        let mut rows = Rows::default();
        loop {
            if rows.is_full(self.0) {
                if seq.next_element::<IgnoredAny>()?.is_none() {
                    return Ok(rows);
                }
                rows.leave_out();
            } else {
                match seq.next_element()? {
                    Some(row) => rows.push(row, self.0),
                    None => return Ok(rows),
                }
            }
        }
    }
}

impl<Row: Weight + DeserializeOwned + Send + 'static> FirstRows<Row> {
    /// Rows from memory, limited by the default bounds.
    #[must_use]
    pub fn of(rows: impl IntoIterator<Item = Row>) -> Self {
        let mut first = Self::default();
        rows.into_iter().for_each(|row| first.push(row, &Bounds::DEFAULT));
        first
    }
}

/// Decodes an array from memory within the default bounds.
///
/// # Errors
/// When it is not an array of such rows.
pub fn from_value<Rows: FromRows>(json: &serde_json::Value) -> Result<Rows, String> {
    let mut decoder = RowDecoder::new(&Bounds::DEFAULT);
    decoder.read(json.to_string().as_bytes())?;
    decoder.finish()
}

#[cfg(test)]
mod tests;
