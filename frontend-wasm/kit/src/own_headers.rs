//! The headers by which Jupyter recognizes its own page.

use js_sys::Function;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const OWN_HEADERS: &str = r#"
/** The current headers by which Jupyter recognizes its own page. */
export type OwnHeaders = () => Headers;
"#;

#[wasm_bindgen]
extern "C" {
    /// Returns the current headers.
    #[wasm_bindgen(extends = Function, typescript_type = "OwnHeaders")]
    pub type OwnHeaders;
}
