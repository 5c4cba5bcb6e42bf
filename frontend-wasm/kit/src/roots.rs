//! The elements in which tabs are drawn.
//!
//! Yew never removes the listeners on an application's root, and they keep the root alive. So the root of a closed tab
//! is reused for the next one, and there are only as many roots as tabs were ever open at the same time.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::Element;
use yew::{AppHandle, Html, Properties, Renderer, component};

/// The values of a tab.
pub trait Tab: Clone + PartialEq + 'static {
    /// The tab's component, with `opened` in its key.
    fn view(&self, opened: u32) -> Html;
}

/// The unused roots of a bundle.
pub struct Roots<T: Tab>(Rc<RefCell<Vec<Root<T>>>>);

// `derive` would require the same traits of `T`.
impl<T: Tab> Clone for Roots<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T: Tab> Default for Roots<T> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

struct Root<T: Tab> {
    element: Element,
    app: AppHandle<TabApp<T>>,
    opened: u32,
}

/// A root with a tab in it. Dropping it closes the tab: its requests are aborted, its timers end, its elements are
/// removed.
pub struct OpenTab<T: Tab> {
    root: Option<Root<T>>,
    roots: Roots<T>,
}

impl<T: Tab> Roots<T> {
    /// Opens a tab at the end of `parent`.
    ///
    /// # Errors
    /// When the browser refuses to make an element.
    pub fn open(&self, parent: &Element, tab: T) -> Result<OpenTab<T>, JsValue> {
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

impl<T: Tab> Root<T> {
    fn new(parent: &Element) -> Result<Self, JsValue> {
        let document = parent.owner_document().ok_or(JsValue::NULL)?;
        let element = document.create_element("div")?;
        let app = Renderer::<TabApp<T>>::with_root_and_props(element.clone(), TabAppProps { opened: 0, tab: None });
        Ok(Self { element, app: app.render(), opened: 0 })
    }

    fn draw(&mut self, tab: Option<T>) {
        self.app.update(TabAppProps { opened: self.opened, tab });
    }
}

impl<T: Tab> OpenTab<T> {
    /// Draws the tab with new values.
    pub fn draw(&mut self, tab: T) {
        if let Some(root) = &mut self.root {
            root.draw(Some(tab));
        }
    }
}

impl<T: Tab> Drop for OpenTab<T> {
    fn drop(&mut self) {
        if let Some(mut root) = self.root.take() {
            root.draw(None);
            root.element.remove();
            self.roots.0.borrow_mut().push(root);
        }
    }
}

#[derive(Clone, PartialEq, Properties)]
struct TabAppProps<T: Tab> {
    /// How many tabs have been opened in this root. A new number is a new tab, which shares nothing with the one
    /// before.
    opened: u32,
    /// None while no tab is open here.
    tab: Option<T>,
}

/// The component that is mounted in a root: the open tab, or nothing. Everything that a tab has started ends when it is
/// no longer drawn.
#[component]
fn TabApp<T: Tab>(props: &TabAppProps<T>) -> Html {
    props.tab.as_ref().map(|tab| tab.view(props.opened)).unwrap_or_default()
}
