//! Moves the focus within a tab, before what has it is gone.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Focuses the first element that matches, in the tab that has the focus.
pub fn focus(selector: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let focused = document.and_then(|document| document.active_element());
    let tab = focused.and_then(|element| element.closest(".sparkMonitor-Export").ok().flatten());
    let element = tab.and_then(|tab| tab.query_selector(selector).ok().flatten());
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // It fails for elements only that cannot have the focus.
        let _ = element.focus();
    }
}
