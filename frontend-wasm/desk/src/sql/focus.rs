//! Moves the focus to an element of the tab.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Focuses the element with an id.
pub fn focus(id: &str) {
    let element = web_sys::window().and_then(|window| window.document()?.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // It fails for elements only that cannot have the focus.
        let _ = element.focus();
    }
}
