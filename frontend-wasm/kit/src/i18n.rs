//! The one function for all texts that people read.

pub mod messages;

pub use messages::charts::ChartMessage;
pub use messages::compare::CompareMessage;
pub use messages::export::ExportMessage;
pub use messages::page::PageMessage;
pub use messages::past::PastMessage;
pub use messages::sql::SqlMessage;
pub use messages::tabs::TabMessage;
pub use messages::{Message, Tell};

use messages::Value;

use crate::language;

/// The text of a message, in JupyterLab's current language.
pub fn tr(message: impl Tell) -> String {
    message.tell(say)
}

#[inline(never)]
fn say(index: usize, count: u64, values: &[Value<'_>]) -> String {
    language::with_template(index, count, |template| fill(template, values))
}

/// Replaces placeholders by values; placeholders within values stay as they are.
fn fill(template: &str, values: &[Value<'_>]) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (place, after) = after.split_once('}').unwrap_or((after, ""));
        match place.parse().ok().and_then(|place: usize| values.get(place)) {
            Some(Value::Words(words)) => filled.push_str(words),
            Some(Value::Amount(amount)) => filled.push_str(&language::number(*amount)),
            Some(Value::Number(number)) => filled.push_str(&number.to_string()),
            None => {}
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::messages::texts;
    use super::{Message, tr};

    #[test]
    fn values_stand_where_their_names_are_and_are_not_read_again() {
        let message = Message::UsedOf { used: "{1}", total: "2" };
        assert_eq!(tr(message), "{1} of 2");
    }

    #[test]
    fn the_count_decides_the_form() {
        assert_eq!(tr(Message::Cores { cores: 1 }), "1 core");
        assert_eq!(tr(Message::Cores { cores: 0 }), "0 cores");
        assert_eq!(tr(Message::TasksDone { done: 1, total: 2 }), "1 of 2 tasks");
    }

    #[test]
    fn every_text_names_its_own_values_only() {
        for text in texts() {
            for form in [Some(text.one), text.other].into_iter().flatten() {
                for part in form.split('{').skip(1) {
                    let name = part.split('}').next();
                    assert!(text.names.iter().any(|known| Some(*known) == name), "{form}");
                }
            }
        }
    }
}
