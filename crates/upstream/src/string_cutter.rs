//! Shortens long strings in JSON while it arrives: a decoder would hold a whole string in memory before we could refuse
//! it.

use std::io;

use memchr::memchr2;

/// Deepest nesting of arrays and objects. The decoder's own limit is 128, but it does not apply to values that it
/// skips.
pub(super) const DEEPEST: usize = 100;
/// Marks the end of a string that was cut.
const CUT: &[u8] = "…".as_bytes();
/// Bytes that [`CutReader`] processes at once.
const PIECE: usize = 4096;

/// Follows one JSON value through any number of pieces. It checks only the part of the grammar that it needs.
#[derive(Debug)]
pub(super) struct StringCutter {
    longest: usize,
    depth: usize,
    place: Place,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Outside,
    /// In a string whose text begins at `from` in the kept bytes.
    Inside {
        from: usize,
        escaped: bool,
    },
    /// In the rest of a string that was cut.
    Cut {
        escaped: bool,
    },
}

/// Arrays and objects are nested more deeply than any real answer.
#[derive(Debug, thiserror::Error)]
#[error("nested too deeply")]
pub(super) struct TooDeep;

impl StringCutter {
    /// Keeps at most `longest` bytes of a string, counted as they are in the JSON, escapes included.
    pub fn new(longest: usize) -> Self {
        Self { longest, depth: 0, place: Place::Outside }
    }

    /// Appends the value's next bytes to `kept`, which holds the bytes kept so far. Returns how many of `bytes` belong
    /// to the value, and whether the value has ended. A value must not begin with white space.
    pub fn read(&mut self, bytes: &[u8], kept: &mut Vec<u8>) -> Result<(usize, bool), TooDeep> {
        let (mut at, mut copied) = (0, 0);
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            match self.place {
                Place::Outside => match rest.first() {
                    Some(b'"') => {
                        at += 1;
                        kept.extend_from_slice(bytes.get(copied..at).unwrap_or_default());
                        copied = at;
                        self.place = Place::Inside { from: kept.len(), escaped: false };
                    }
                    Some(b'{' | b'[') => {
                        at += 1;
                        self.depth += 1;
                        if self.depth > DEEPEST {
                            return Err(TooDeep);
                        }
                    }
                    // A number or a word has ended.
                    Some(b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t') if self.depth == 0 => {
                        kept.extend_from_slice(bytes.get(copied..at).unwrap_or_default());
                        return Ok((at, true));
                    }
                    Some(b'}' | b']') => {
                        at += 1;
                        self.depth -= 1;
                        if self.depth == 0 {
                            kept.extend_from_slice(bytes.get(copied..at).unwrap_or_default());
                            return Ok((at, true));
                        }
                    }
                    _ => at += 1,
                },
                Place::Inside { from, mut escaped } => {
                    // One byte beyond the limit shows that the string must be cut.
                    let room = (from + self.longest + 1).saturating_sub(kept.len());
                    let (length, ended) = end_of_string(rest, &mut escaped);
                    let text = length - usize::from(ended);
                    kept.extend_from_slice(rest.get(..text.min(room)).unwrap_or_default());
                    at += length;
                    copied = at;
                    let text = kept.get(from..).unwrap_or_default();
                    let is_long = text.len() > self.longest;
                    if is_long {
                        kept.truncate(from + whole_characters(text, self.longest));
                        kept.extend_from_slice(CUT);
                    }
                    self.place = match (ended, is_long) {
                        (true, _) => Place::Outside,
                        (false, true) => Place::Cut { escaped },
                        (false, false) => Place::Inside { from, escaped },
                    };
                    if ended {
                        kept.push(b'"');
                        if self.depth == 0 {
                            return Ok((at, true));
                        }
                    }
                }
                Place::Cut { mut escaped } => {
                    let (length, ended) = end_of_string(rest, &mut escaped);
                    at += length;
                    copied = at;
                    self.place = Place::Cut { escaped };
                    if ended {
                        kept.push(b'"');
                        self.place = Place::Outside;
                        if self.depth == 0 {
                            return Ok((at, true));
                        }
                    }
                }
            }
        }
        kept.extend_from_slice(bytes.get(copied..).unwrap_or_default());
        Ok((bytes.len(), false))
    }

    /// Tells the cutter that the first `length` kept bytes were removed.
    pub fn forget(&mut self, length: usize) {
        if let Place::Inside { from, .. } = &mut self.place {
            *from = from.saturating_sub(length);
        }
    }

    /// How many of the `kept` bytes are final: a cut can no longer change them.
    fn settled(&self, kept: usize) -> usize {
        match self.place {
            Place::Inside { from, .. } => from,
            Place::Outside | Place::Cut { .. } => kept,
        }
    }
}

/// How many bytes belong to the string, its closing quote included, and whether that quote has arrived.
fn end_of_string(rest: &[u8], escaped: &mut bool) -> (usize, bool) {
    let mut at = usize::from(*escaped);
    *escaped = false;
    while let Some(found) = rest.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found;
        if rest.get(at) == Some(&b'"') {
            return (at + 1, true);
        }
        // The escaped byte may be in the next piece.
        *escaped = at + 1 == rest.len();
        at += 2;
    }
    (rest.len(), false)
}

/// Length of the longest prefix of at most `most` bytes that splits no character, escaped or not. A surrogate is half a
/// character.
fn whole_characters(text: &[u8], most: usize) -> usize {
    let mut at = 0;
    loop {
        let byte = |ahead: usize| text.get(at + ahead).copied().unwrap_or_default();
        let is_surrogate =
            || matches!(byte(2), b'd' | b'D') && matches!(byte(3), b'8' | b'9' | b'a' | b'b' | b'A' | b'B');
        let length = match byte(0) {
            b'\\' if byte(1) == b'u' => {
                if is_surrogate() {
                    12
                } else {
                    6
                }
            }
            b'\\' | 0xc0..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xff => 4,
            _ => 1,
        };
        if at + length > most.min(text.len()) {
            return at;
        }
        at += length;
    }
}

/// Reads a whole document with its long strings cut, for a decoder that reads piece by piece.
pub(super) struct CutReader<'a> {
    cutter: StringCutter,
    rest: &'a [u8],
    ended: bool,
    kept: Vec<u8>,
    given: usize,
}

impl<'a> CutReader<'a> {
    pub fn new(document: &'a [u8], longest: usize) -> Self {
        let cutter = StringCutter::new(longest);
        Self { cutter, rest: document.trim_ascii_start(), ended: false, kept: Vec::new(), given: 0 }
    }

    /// Number of kept bytes that may be handed out.
    fn ready(&self) -> usize {
        if self.rest.is_empty() { self.kept.len() } else { self.cutter.settled(self.kept.len()) }
    }
}

impl io::Read for CutReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready() && !self.rest.is_empty() {
            self.kept.drain(..self.given);
            self.cutter.forget(self.given);
            self.given = 0;
            let piece = self.rest.get(..PIECE).unwrap_or(self.rest);
            // Anything after the value is an error, which the decoder reports at its first byte.
            let read = if self.ended {
                self.kept.extend_from_slice(piece);
                piece.len()
            } else {
                let (read, ended) = self.cutter.read(piece, &mut self.kept).map_err(io::Error::other)?;
                self.ended = ended;
                read
            };
            self.rest = self.rest.get(read..).unwrap_or_default();
        }
        let ready = self.kept.get(self.given..self.ready()).unwrap_or_default();
        let length = ready.len().min(buffer.len());
        buffer.iter_mut().zip(ready).for_each(|(to, from)| *to = *from);
        self.given += length;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// What is kept of `json`, read in pieces of `length` bytes.
    fn kept(json: &str, longest: usize, length: usize) -> String {
        let (mut cutter, mut kept) = (StringCutter::new(longest), Vec::new());
        for piece in json.as_bytes().chunks(length) {
            let (read, _) = cutter.read(piece, &mut kept).unwrap();
            assert_eq!(read, piece.len(), "{json}");
        }
        String::from_utf8(kept).unwrap()
    }

    #[test]
    fn long_strings_are_cut_and_all_else_stays() {
        let json = r#"{"name": "0123456789", "n": [-1.5e3, true, {"short": "ab"}], "0123456789": "}]"}"#;
        let cut = r#"{"name": "01234…", "n": [-1.5e3, true, {"short": "ab"}], "01234…": "}]"}"#;
        for length in 1..json.len() {
            assert_eq!(kept(json, 5, length), cut, "{length}");
            assert_eq!(kept(json, 10, length), json, "{length}");
        }
    }

    #[test]
    fn no_character_is_cut_in_two() {
        for (text, cut) in [
            (r"abcä", "abc…"),
            (r"ab\u00e4", "ab…"),
            (r#"abc\"x"#, "abc…"),
            (r"abc\\\\", "abc…"),
            ("ab😀", "ab…"),
            (r"\ud83d\ude00", "…"),
            (r"\\\\x", r"\\\\…"),
        ] {
            let json = format!("[\"{text}\"]");
            for length in 1..json.len() {
                let kept = kept(&json, 4, length);
                assert_eq!(kept, format!("[\"{cut}\"]"), "{length}");
                serde_json::from_str::<Value>(&kept).unwrap();
            }
        }
    }

    #[test]
    fn a_value_ends_where_it_ends() {
        for (json, value) in
            [("1, 2", "1"), ("true]", "true"), (r#""a" ,"#, r#""a""#), ("{}{}", "{}"), ("[[1]]]", "[[1]]")]
        {
            let mut kept = Vec::new();
            let end = StringCutter::new(10).read(json.as_bytes(), &mut kept).unwrap();
            assert_eq!((String::from_utf8(kept).unwrap().as_str(), end), (value, (value.len(), true)));
        }
    }

    #[test]
    fn what_is_nested_too_deeply_is_refused() {
        let nested = |depth| StringCutter::new(10).read("[".repeat(depth).as_bytes(), &mut Vec::new()).is_ok();
        assert!(nested(DEEPEST) && !nested(DEEPEST + 1));
    }

    fn through_a_reader(document: &str, longest: usize, buffer: usize) -> String {
        let (mut reader, mut buffer, mut all) =
            (CutReader::new(document.as_bytes(), longest), vec![0; buffer], Vec::new());
        loop {
            match reader.read(&mut buffer).unwrap() {
                0 => return String::from_utf8(all).unwrap(),
                length => all.extend_from_slice(&buffer[..length]),
            }
        }
    }

    #[test]
    fn a_reader_holds_back_nothing_but_what_it_cuts() {
        let long = "x".repeat(3 * PIECE);
        let document = format!(r#" {{"a": "{long}", "b": "{long}"}} behind"#);
        for buffer in [1, 7, PIECE, 10 * PIECE] {
            assert_eq!(through_a_reader(&document, PIECE * 4, buffer), document.trim_start());
            assert_eq!(through_a_reader(&document, 2, buffer), r#"{"a": "xx…", "b": "xx…"} behind"#);
        }
        assert_eq!(through_a_reader(r#"["without end"#, 100, 3), r#"["without end"#);
    }

    proptest! {
        #[test]
        fn whatever_is_cut_is_still_json(texts in prop::collection::vec("\\PC{0,20}", 1..5), longest in 1..30_usize, length in 1..40_usize) {
            for json in [json!(texts).to_string(), ascii(&json!(texts))] {
                let cut: Vec<String> = serde_json::from_str(&kept(&json, longest, length)).unwrap();
                for (text, cut) in texts.iter().zip(cut) {
                    let same = cut == *text;
                    prop_assert!(same || text.starts_with(cut.strip_suffix('…').unwrap()), "{text} {cut}");
                }
            }
        }
    }

    /// `json` with every non-ASCII character escaped.
    fn ascii(json: &Value) -> String {
        let mut units = [0; 2];
        let escaped = |c: char| match c {
            ' '..='~' => c.to_string(),
            _ => c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
        };
        json.to_string().chars().map(escaped).collect()
    }
}
