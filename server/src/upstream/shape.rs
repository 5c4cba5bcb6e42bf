//! Shapes of foreign JSON of which little or nothing is kept while they are read.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// Any object.
pub(super) struct Object;

/// An array whose every element is a `T`; the elements are dropped.
pub(super) struct ArrayOf<T>(PhantomData<T>);

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

/// What has an age: the greater, the newer.
pub trait Newest {
    type Age: Ord;
    fn age(&self) -> Self::Age;
}

/// The newest rows of a list in any order, oldest first; the others are dropped while they are read.
#[derive(Debug)]
pub struct NewestRows<T>(pub Vec<T>);

/// Rows that are kept of one list.
const KEPT: usize = 500;

impl<'de, T: Newest + Deserialize<'de>> Deserialize<'de> for NewestRows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rows<T>(PhantomData<T>);
        impl<'de, T: Newest + Deserialize<'de>> Visitor<'de> for Rows<T> {
            type Value = NewestRows<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<NewestRows<T>, A::Error> {
                let mut kept = BTreeMap::new();
                while let Some(row) = seq.next_element::<T>()? {
                    kept.insert(row.age(), row);
                    if kept.len() > KEPT {
                        kept.pop_first();
                    }
                }
                Ok(NewestRows(kept.into_values().collect()))
            }
        }
        deserializer.deserialize_seq(Rows(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Row(i64);

    impl Newest for Row {
        type Age = i64;
        fn age(&self) -> i64 {
            self.0
        }
    }

    #[test]
    fn of_a_long_list_in_any_order_the_newest_rows_are_kept() {
        let numbers: Vec<i64> = (0..2000).map(|n| (n * 7919) % 2000).collect();
        let rows: NewestRows<Row> = serde_json::from_value(numbers.into()).unwrap();
        let kept: Vec<_> = rows.0.iter().map(|row| row.0).collect();
        assert_eq!(kept, (1500..2000).collect::<Vec<_>>());
    }
}
