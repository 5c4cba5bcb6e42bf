//! Decoders for upstream JSON that keep little or nothing of what they read.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// Any object.
pub(super) struct Object;

/// An array whose every element is a `T`; the elements are dropped.
pub(super) struct ArrayOf<T>(PhantomData<T>);

/// The first `MOST` elements of an array; the others are dropped.
pub(super) fn first<'de, T, D, const MOST: usize>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct First<T, const MOST: usize>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for First<T, MOST> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
            let mut first = Vec::new();
            while first.len() < MOST
                && let Some(element) = seq.next_element()?
            {
                first.push(element);
            }
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            // A kept row also keeps the spare capacity of its vectors.
            first.shrink_to_fit();
            Ok(first)
        }
    }
    deserializer.deserialize_seq(First::<T, MOST>(PhantomData))
}

/// A string, cut to at most `MOST` bytes.
pub(super) struct Text<const MOST: usize>(pub String);

/// [`Text`] for a field of a row.
pub(super) fn text<'de, D: Deserializer<'de>, const MOST: usize>(deserializer: D) -> Result<String, D::Error> {
    Ok(Text::<MOST>::deserialize(deserializer)?.0)
}

/// [`Text`] for a field that may be absent or null.
pub(super) fn optional_text<'de, D: Deserializer<'de>, const MOST: usize>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(Option::<Text<MOST>>::deserialize(deserializer)?.map(|text| text.0))
}

impl<'de, const MOST: usize> Deserialize<'de> for Text<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<const MOST: usize>;
        impl<const MOST: usize> Visitor<'_> for Any<MOST> {
            type Value = Text<MOST>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<MOST>, E> {
                let cut = || format!("{}…", text.get(..text.floor_char_boundary(MOST)).unwrap_or_default());
                Ok(Text(if text.len() <= MOST { text.to_owned() } else { cut() }))
            }
        }
        deserializer.deserialize_str(Any::<MOST>)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Object)
            }
        }
        deserializer.deserialize_map(Any)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ArrayOf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Each<T> {
            type Value = ArrayOf<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<ArrayOf<T>, A::Error> {
                while seq.next_element::<T>()?.is_some() {}
                Ok(ArrayOf(PhantomData))
            }
        }
        deserializer.deserialize_seq(Each(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_elements_and_the_first_bytes_are_kept() {
        #[derive(Debug, PartialEq, Eq, Deserialize)]
        struct Row {
            #[serde(deserialize_with = "first::<_, _, 2>")]
            numbers: Vec<u8>,
            #[serde(deserialize_with = "text::<_, 3>")]
            name: String,
            #[serde(default, deserialize_with = "optional_text::<_, 3>")]
            reason: Option<String>,
        }
        let row = |json| serde_json::from_str::<Row>(json).unwrap();
        let (numbers, name) = (vec![1, 2], "abc".to_owned());
        assert_eq!(row(r#"{"numbers": [1, 2], "name": "abc"}"#), Row { numbers, name, reason: None });
        let cut = row(r#"{"numbers": [1, 2, {}], "name": "abcd", "reason": "abä"}"#);
        assert_eq!(cut, Row { numbers: vec![1, 2], name: "abc…".to_owned(), reason: Some("ab…".to_owned()) });
    }
}
