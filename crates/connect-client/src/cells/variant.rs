//! Decodes Spark's variant: the binary form of JSON with more types, as Parquet's specification describes it.

use serde_json::{Map, Value};

use super::{Budget, hex, long, moments, number};

/// How deep a variant may nest. Spark's own parser stops at a thousand.
const MAX_DEPTH: u32 = 200;

/// The value as JSON, or `None` if the bytes are no variant or one beyond the budget.
pub(crate) fn decoded(value: &[u8], metadata: &[u8], budget: &mut Budget) -> Option<Value> {
    let header = *metadata.first()?;
    let names = Names { bytes: metadata, width: usize::from(header >> 6) + 1 };
    // Version 1.
    if header & 0x0f != 1 {
        return None;
    }
    decode(value, &names, MAX_DEPTH, budget)
}

/// The dictionary of field names.
struct Names<'a> {
    bytes: &'a [u8],
    width: usize,
}

impl Names<'_> {
    fn get(&self, index: usize) -> Option<String> {
        let count = unsigned(self.bytes, 1, self.width)?;
        if index >= count {
            return None;
        }
        let offsets = self.width.checked_add(1)?;
        let at = |index: usize| unsigned(self.bytes, offsets.checked_add(index.checked_mul(self.width)?)?, self.width);
        let texts = offsets.checked_add(count.checked_add(1)?.checked_mul(self.width)?)?;
        let range = texts.checked_add(at(index)?)?..texts.checked_add(at(index.checked_add(1)?)?)?;
        Some(String::from_utf8_lossy(self.bytes.get(range)?).into_owned())
    }
}

fn decode(bytes: &[u8], names: &Names<'_>, depth: u32, budget: &mut Budget) -> Option<Value> {
    if !budget.spend(0) {
        return None;
    }
    let depth = depth.checked_sub(1)?;
    let (header, rest) = bytes.split_first()?;
    let detail = header >> 2;
    match header & 3 {
        0 => primitive(detail, rest, budget),
        1 => text(rest.get(..usize::from(detail))?, budget),
        2 => {
            let offset_width = usize::from(detail & 3) + 1;
            let id_width = usize::from(detail >> 2 & 3) + 1;
            let (count, at) = count(rest, detail & 0x10 != 0)?;
            let offsets = at.checked_add(count.checked_mul(id_width)?)?;
            let values = offsets.checked_add(count.checked_add(1)?.checked_mul(offset_width)?)?;
            let mut object = Map::new();
            for index in 0..count {
                let name = unsigned(rest, at.checked_add(index.checked_mul(id_width)?)?, id_width)?;
                let offset = unsigned(rest, offsets.checked_add(index.checked_mul(offset_width)?)?, offset_width)?;
                let value = decode(rest.get(values.checked_add(offset)?..)?, names, depth, budget)?;
                let name = names.get(name)?;
                if !budget.spend(name.len()) {
                    return None;
                }
                object.insert(name, value);
            }
            Some(Value::Object(object))
        }
        _ => {
            let width = usize::from(detail & 3) + 1;
            let (count, offsets) = count(rest, detail & 4 != 0)?;
            let values = offsets.checked_add(count.checked_add(1)?.checked_mul(width)?)?;
            let mut item = |index: usize| {
                let offset = unsigned(rest, offsets.checked_add(index.checked_mul(width)?)?, width)?;
                decode(rest.get(values.checked_add(offset)?..)?, names, depth, budget)
            };
            (0..count).map(&mut item).collect()
        }
    }
}

/// How many elements there are, and where what follows begins.
fn count(bytes: &[u8], is_large: bool) -> Option<(usize, usize)> {
    let width = if is_large { 4 } else { 1 };
    let count = unsigned(bytes, 0, width)?;
    // Each element takes at least a byte, so a larger number is a lie.
    (count <= bytes.len()).then_some((count, width))
}

fn primitive(kind: u8, bytes: &[u8], budget: &mut Budget) -> Option<Value> {
    Some(match kind {
        0 => Value::Null,
        1 => true.into(),
        2 => false.into(),
        3 => signed(bytes, 1)?.into(),
        4 => signed(bytes, 2)?.into(),
        5 => signed(bytes, 4)?.into(),
        6 => long(signed(bytes, 8)?),
        7 => number(f64::from_le_bytes(bytes.get(..8)?.try_into().ok()?)),
        8 => decimal(bytes, 4)?.into(),
        9 => decimal(bytes, 8)?.into(),
        10 => decimal(bytes, 16)?.into(),
        11 => moments::date(i32::try_from(signed(bytes, 4)?).ok()?).into(),
        12 => moments::timestamp(signed(bytes, 8)?).into(),
        13 => moments::local(signed(bytes, 8)?).into(),
        14 => number(f32::from_le_bytes(bytes.get(..4)?.try_into().ok()?).to_string().parse().ok()?),
        15 => hex(budget.bytes(sized(bytes)?)).into(),
        16 => text(sized(bytes)?, budget)?,
        20 => {
            let id = uuid::Uuid::from_slice(bytes.get(..16)?).ok()?;
            id.to_string().into()
        }
        _ => return None,
    })
}

fn text(bytes: &[u8], budget: &mut Budget) -> Option<Value> {
    std::str::from_utf8(bytes).ok().map(|text| budget.text(text).into())
}

fn sized(bytes: &[u8]) -> Option<&[u8]> {
    let length = unsigned(bytes, 0, 4)?;
    bytes.get(4..length.checked_add(4)?)
}

/// A decimal as text at its scale.
fn decimal(bytes: &[u8], width: usize) -> Option<String> {
    let (scale, digits) = bytes.split_first()?;
    let scale = usize::from(*scale);
    let digits = digits.get(..width)?;
    let fill = if digits.last()? & 0x80 == 0 { 0 } else { 0xff };
    let mut whole = [fill; 16];
    whole.get_mut(..width)?.copy_from_slice(digits);
    let value = i128::from_le_bytes(whole);
    if scale > 38 {
        return None;
    }
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
    let (before, after) = digits.split_at_checked(digits.len().checked_sub(scale)?)?;
    let sign = if value < 0 { "-" } else { "" };
    Some(if after.is_empty() { format!("{sign}{before}") } else { format!("{sign}{before}.{after}") })
}

fn unsigned(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    let part = bytes.get(at..at.checked_add(width)?)?;
    part.iter().rev().try_fold(0_usize, |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(*byte)))
}

fn signed(bytes: &[u8], width: usize) -> Option<i64> {
    let part = bytes.get(..width)?;
    let fill = if part.last()? & 0x80 == 0 { 0 } else { 0xff };
    let mut whole = [fill; 8];
    whole.get_mut(..width)?.copy_from_slice(part);
    Some(i64::from_le_bytes(whole))
}
