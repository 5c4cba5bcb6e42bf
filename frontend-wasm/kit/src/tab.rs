//! Whether the browser tab is visible.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::Document;
use yew::{hook, use_effect_with, use_state_eq};

const VISIBILITY_CHANGE: &str = "visibilitychange";

/// True while the browser tab is visible; a change redraws the component.
#[hook]
pub fn use_tab_shown() -> bool {
    let shown = use_state_eq(is_shown);
    let setter = shown.setter();
    use_effect_with((), move |()| {
        let listener = Listener::new(move || setter.set(is_shown()));
        move || drop(listener)
    });
    *shown
}

/// On the host there is no tab, so everything counts as visible.
fn is_shown() -> bool {
    document().is_none_or(|document| !document.hidden())
}

fn document() -> Option<Document> {
    if cfg!(target_arch = "wasm32") { web_sys::window()?.document() } else { None }
}

/// Listens until it is dropped.
struct Listener(Closure<dyn FnMut()>);

impl Listener {
    fn new(on_change: impl FnMut() + 'static) -> Self {
        let closure = Closure::<dyn FnMut()>::new(on_change);
        if let Some(document) = document() {
            let function = closure.as_ref().unchecked_ref();
            // This fails only for an invalid listener, and this one is a function.
            let _ = document.add_event_listener_with_callback(VISIBILITY_CHANGE, function);
        }
        Self(closure)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(document) = document() {
            let function = self.0.as_ref().unchecked_ref();
            let _ = document.remove_event_listener_with_callback(VISIBILITY_CHANGE, function);
        }
    }
}
