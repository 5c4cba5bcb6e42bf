//! Decodes JSON into types, with as little WebAssembly as possible.
//!
//! A ready-made decoder can report what it did not understand. Nobody would see that here, and its messages, with the
//! number formatting they need, were a fifth of all code. Fields are read in the order of their declaration, so no
//! names are compared.

use std::{fmt, vec};

use serde::Deserializer;
use serde::de::value::StringDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, EnumAccess, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use wasm_bindgen::{JsCast, JsValue};

/// The value does not have the expected shape.
#[derive(Debug)]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    // The defaults of serde would format a sentence first, which the compiler does not always remove.

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

/// Decodes a value and ignores unknown fields.
pub fn read<T: DeserializeOwned>(json: JsValue) -> Result<T, Unreadable> {
    T::deserialize(Reader(json))
}

/// A field of an object; undefined if there is none.
pub fn field(json: &JsValue, name: &str) -> JsValue {
    json.field(name)
}

/// A JSON value.
trait Json: Sized {
    /// Whether it is null or missing.
    fn is_nothing(&self) -> bool;
    fn boolean(&self) -> Option<bool>;
    fn number(&self) -> Option<f64>;
    fn string(&self) -> Option<String>;
    fn items(&self) -> Option<Vec<Self>>;
    fn field(&self, name: &str) -> Self;
    /// The names of all fields.
    fn names(&self) -> Vec<String>;
}

// These are called for every field of every type, and would be inlined each time.
impl Json for JsValue {
    #[inline(never)]
    fn is_nothing(&self) -> bool {
        self.is_null() || self.is_undefined()
    }

    #[inline(never)]
    fn boolean(&self) -> Option<bool> {
        self.as_bool()
    }

    #[inline(never)]
    fn number(&self) -> Option<f64> {
        self.as_f64()
    }

    #[inline(never)]
    fn string(&self) -> Option<String> {
        self.as_string()
    }

    #[inline(never)]
    fn items(&self) -> Option<Vec<Self>> {
        self.dyn_ref::<js_sys::Array>().map(js_sys::Array::to_vec)
    }

    #[inline(never)]
    fn field(&self, name: &str) -> Self {
        js_sys::Reflect::get(self, &Self::from_str(name)).unwrap_or(Self::UNDEFINED)
    }

    #[inline(never)]
    fn names(&self) -> Vec<String> {
        let object: Option<&js_sys::Object> = self.dyn_ref();
        object.map_or_else(Vec::new, |object| {
            js_sys::Object::keys(object).iter().filter_map(|name| name.as_string()).collect()
        })
    }
}

/// Up to here every whole number is exact in JavaScript.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_991.0;

struct Reader<J>(J);

/// Reads a number that must be whole.
fn whole<'de, J: Json, V: Visitor<'de>>(json: &J, visitor: V) -> Result<V::Value, Unreadable> {
    let number = json.number().filter(|number| number.trunc() == *number).ok_or(Unreadable)?;
    // A cast from float to integer saturates; no count is that large.
    if number < 0.0 { visitor.visit_i64(number as i64) } else { visitor.visit_u64(number as u64) }
}

macro_rules! whole_numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            whole(&self.0, visitor)
        })*
    };
}

impl<'de, J: Json> Deserializer<'de> for Reader<J> {
    type Error = Unreadable;

    whole_numbers! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.0.boolean().ok_or(Unreadable)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_string(self.0.string().ok_or(Unreadable)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.0.is_nothing() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(Items(self.0.items().ok_or(Unreadable)?.into_iter()))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        if self.0.is_nothing() {
            return Err(Unreadable);
        }
        visitor.visit_seq(Fields { json: self.0, names: fields.iter() })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let name = match self.0.string() {
            Some(name) => name,
            None => self.0.names().pop().ok_or(Unreadable)?,
        };
        visitor.visit_enum(Variant { name, json: self.0 })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.0.is_nothing() {
            return Err(Unreadable);
        }
        let names = self.0.names().into_iter();
        visitor.visit_map(Entries { json: self.0, names, name: String::new() })
    }

    /// Without looking at it: that would make the bundle larger.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    /// A value that may be anything, such as a cell of a result.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let json = &self.0;
        if json.is_nothing() {
            visitor.visit_unit()
        } else if let Some(text) = json.string() {
            visitor.visit_string(text)
        } else if let Some(number) = json.number() {
            let is_whole = number.trunc() == number && number.abs() <= LARGEST_WHOLE;
            // A negative zero has no whole number.
            if is_whole && !(number == 0.0 && number.is_sign_negative()) {
                whole(json, visitor)
            } else {
                visitor.visit_f64(number)
            }
        } else if let Some(boolean) = json.boolean() {
            visitor.visit_bool(boolean)
        } else if let Some(items) = json.items() {
            visitor.visit_seq(Items(items.into_iter()))
        } else {
            self.deserialize_map(visitor)
        }
    }

    forward_to_deserialize_any! {
        i128 u128 f32 f64 char str bytes byte_buf unit unit_struct newtype_struct tuple_struct identifier
    }
}

struct Items<J>(vec::IntoIter<J>);

impl<'de, J: Json> SeqAccess<'de> for Items<J> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unreadable> {
        self.0.next().map(|item| seed.deserialize(Reader(item))).transpose()
    }
}

/// The fields of a type, one after the other.
struct Fields<J> {
    json: J,
    names: std::slice::Iter<'static, &'static str>,
}

impl<'de, J: Json> SeqAccess<'de> for Fields<J> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unreadable> {
        let field = self.json.field(self.names.next().ok_or(Unreadable)?);
        let missing = field.is_nothing();
        match seed.deserialize(Reader(field)) {
            Ok(value) => Ok(Some(value)),
            // The type may have a default for it.
            Err(Unreadable) if missing => Ok(None),
            Err(Unreadable) => Err(Unreadable),
        }
    }
}

/// The fields of an object whose names are not known before.
struct Entries<J> {
    json: J,
    names: vec::IntoIter<String>,
    /// The name of the field that comes next.
    name: String,
}

impl<'de, J: Json> MapAccess<'de> for Entries<J> {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unreadable> {
        let Some(name) = self.names.next() else {
            return Ok(None);
        };
        self.name.clone_from(&name);
        let name: StringDeserializer<Unreadable> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Unreadable> {
        seed.deserialize(Reader(self.json.field(&self.name)))
    }
}

/// `"name"`, or `{"name": {…}}`.
struct Variant<J> {
    name: String,
    json: J,
}

impl<'de, J: Json> EnumAccess<'de> for Variant<J> {
    type Error = Unreadable;
    type Variant = Reader<J>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Reader<J>), Unreadable> {
        let inside = self.json.field(&self.name);
        let name: StringDeserializer<Unreadable> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, Reader(inside)))
    }
}

impl<'de, J: Json> VariantAccess<'de> for Reader<J> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unreadable> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, _visitor: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_struct("", fields, visitor)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
