//! Letters of any case, compared by the browser: Rust's own tables of all letters are 15 kB.

#[cfg(target_arch = "wasm32")]
pub fn lowercase(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// Whether `text` contains what is in lower case already.
#[cfg(target_arch = "wasm32")]
pub fn contains(text: &str, lowercase: &str) -> bool {
    js_sys::JsString::from(text).to_lower_case().includes(lowercase, 0)
}

#[cfg(not(target_arch = "wasm32"))]
pub fn lowercase(text: &str) -> String {
    text.to_lowercase()
}

#[cfg(not(target_arch = "wasm32"))]
pub fn contains(text: &str, lowercase: &str) -> bool {
    text.to_lowercase().contains(lowercase)
}
