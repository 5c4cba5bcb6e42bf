//! How messages are declared, and what they consist of.

/// Declares an enum of messages and, in the same order, their texts. `$first` is the index of the first one.
macro_rules! messages {
    ($messages:ident, $first:expr; $(
        $(#[$doc:meta])*
        $name:ident $({ $($field:ident: $kind:ty),+ })?: $($count:ident =>)? $one:literal $(| $other:literal)?;
    )*) => {
        /// Texts of the frontend.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $messages<'a> {
            $($(#[$doc])* $name $({ $($field: $kind),+ })?,)*
        }

        enum Key { $($name),* }

        /// How many there are.
        pub const COUNT: usize = [$(Key::$name as usize),*].len();

        /// Their texts, in the same order.
        #[cfg(not(target_arch = "wasm32"))]
        pub const TEXTS: &[Text] = &[$(
            Text { one: $one, other: [$(Some($other),)? None][0], names: &[$($(stringify!($field)),+)?] }
        ),*];

        impl Tell for $messages<'_> {
            fn tell(self, say: fn(usize, u64, &[Value<'_>]) -> String) -> String {
                match self {
                    $(Self::$name $({ $($field),+ })? => {
                        say($first + Key::$name as usize, 0 $(+ u64::from($count))?, &[$($(Value::from($field)),+)?])
                    })*
                }
            }
        }
    };
}

/// A message.
pub trait Tell {
    /// Calls `say` with the index of its text, the number that decides the form, and the values.
    fn tell(self, say: fn(usize, u64, &[Value<'_>]) -> String) -> String;
}

/// An English text.
#[cfg(not(target_arch = "wasm32"))]
pub struct Text {
    /// For exactly one, if a number decides.
    pub one: &'static str,
    /// For all other numbers.
    pub other: Option<&'static str>,
    /// The names of its values.
    pub names: &'static [&'static str],
}

/// A value in a message.
pub enum Value<'a> {
    Words(&'a str),
    /// Formatted as the language formats numbers.
    Amount(u64),
    /// An identifier, written without formatting.
    Number(i64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(words: &'a str) -> Self {
        Self::Words(words)
    }
}

impl From<u64> for Value<'_> {
    fn from(amount: u64) -> Self {
        Self::Amount(amount)
    }
}

impl From<u32> for Value<'_> {
    fn from(amount: u32) -> Self {
        Self::Amount(amount.into())
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}
