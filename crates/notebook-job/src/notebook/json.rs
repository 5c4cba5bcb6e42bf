//! JSON that is read where it stands: a part is built only when somebody reads it, so a file costs little more memory
//! than its text, whatever is in it.

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Error, Result, value::RawValue};

pub(super) fn is_object(json: &RawValue) -> bool {
    json.get().starts_with('{')
}

pub(super) fn is_list(json: &RawValue) -> bool {
    json.get().starts_with('[')
}

/// The fields of an object.
///
/// # Errors
/// For another type, or when a field is there twice.
pub(super) fn object<'a, T: Deserialize<'a>>(json: &'a RawValue) -> Result<T> {
    if is_object(json) { serde_json::from_str(json.get()) } else { Err(Error::custom("an object is expected")) }
}

/// The text; none for another type.
///
/// # Errors
/// When an escape in it means no character.
pub(super) fn text(json: &RawValue) -> Result<Option<String>> {
    json.get().starts_with('"').then(|| serde_json::from_str(json.get())).transpose()
}

/// The value that an object has under a key, the last one as in Python; none for another type.
///
/// # Errors
/// When a key is no text.
pub(super) fn field<'a>(json: &'a RawValue, wanted: &str) -> Result<Option<&'a RawValue>> {
    let mut found = None;
    if is_object(json) {
        each(json, |key, value| {
            found = if key == wanted { Some(value) } else { found };
            Ok(())
        })?;
    }
    Ok(found)
}

/// Passes on each element of a list, with an empty key, or each value of an object. Other types have none.
///
/// # Errors
/// When `see` returns one, or a key is no text.
pub(super) fn each<'a>(json: &'a RawValue, see: impl FnMut(&str, &'a RawValue) -> Result<()>) -> Result<()> {
    if !is_object(json) && !is_list(json) {
        return Ok(());
    }
    serde_json::Deserializer::from_str(json.get()).deserialize_any(Parts(see))
}

struct Parts<F>(F);

impl<'de, F: FnMut(&str, &'de RawValue) -> Result<()>> Visitor<'de> for Parts<F> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> std::result::Result<(), A::Error> {
        while let Some(element) = list.next_element()? {
            (self.0)("", element).map_err(A::Error::custom)?;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> std::result::Result<(), A::Error> {
        while let Some(key) = object.next_key::<String>()? {
            (self.0)(&key, object.next_value()?).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}
