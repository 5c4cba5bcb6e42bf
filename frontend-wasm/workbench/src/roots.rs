//! The elements in which tabs are drawn.
//!
//! Yew never removes the listeners on an application's root, and they keep the root alive. So the root of a closed tab
//! is reused for the next one, and there are only as many roots as tabs were ever open at the same time.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::Element;
use yew::{AppHandle, Renderer};

use crate::tab::{Tab, TabApp, TabAppProps};

/// The unused roots.
#[derive(Clone, Default)]
pub struct Roots(Rc<RefCell<Vec<Root>>>);

struct Root {
    element: Element,
    app: AppHandle<TabApp>,
    opened: u32,
}

/// A root with a tab in it. Dropping it closes the tab: its requests are aborted, its timers end, its elements are
/// removed.
pub struct OpenTab {
    root: Option<Root>,
    roots: Roots,
}

impl Roots {
    /// Opens a tab at the end of `parent`.
    ///
    /// # Errors
    /// When the browser refuses to make an element.
    pub fn open(&self, parent: &Element, tab: Tab) -> Result<OpenTab, JsValue> {
        let spare = self.0.borrow_mut().pop();
        let mut root = match spare {
            Some(root) => root,
            None => Root::new(parent)?,
        };
        parent.append_child(&root.element)?;
        root.opened += 1;
        root.draw(Some(tab));
        Ok(OpenTab { root: Some(root), roots: self.clone() })
    }
}

impl Root {
    fn new(parent: &Element) -> Result<Self, JsValue> {
        let document = parent.owner_document().ok_or(JsValue::NULL)?;
        let element = document.create_element("div")?;
        let app = Renderer::<TabApp>::with_root(element.clone()).render();
        Ok(Self { element, app, opened: 0 })
    }

    fn draw(&mut self, tab: Option<Tab>) {
        self.app.update(TabAppProps { opened: self.opened, tab });
    }
}

impl OpenTab {
    /// Draws the tab with new values.
    pub fn draw(&mut self, tab: Tab) {
        if let Some(root) = &mut self.root {
            root.draw(Some(tab));
        }
    }
}

impl Drop for OpenTab {
    fn drop(&mut self) {
        if let Some(mut root) = self.root.take() {
            root.draw(None);
            root.element.remove();
            self.roots.0.borrow_mut().push(root);
        }
    }
}
