//! What is asked of JavaScript.

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use web_sys::WebSocket;

#[wasm_bindgen]
extern "C" {
    /// The TypeScript side of one client.
    pub type Host;

    /// Opens a socket: the browser's, or whatever takes its place.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn dial(this: &Host, token: Option<String>) -> Result<Socket, JsValue>;

    /// Takes what happened in one turn. It never throws.
    #[wasm_bindgen(method)]
    pub(crate) fn deliver(this: &Host, records: &str, payloads: Array);

    /// A WebSocket. In Node.js, that of the package `ws` can do more.
    #[wasm_bindgen(extends = WebSocket)]
    #[derive(Clone)]
    pub(crate) type Socket;

    #[wasm_bindgen(method, getter = ping)]
    pub(crate) fn ping_function(this: &Socket) -> JsValue;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn ping(this: &Socket) -> Result<(), JsValue>;
    #[wasm_bindgen(method, getter = terminate)]
    pub(crate) fn terminate_function(this: &Socket) -> JsValue;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn terminate(this: &Socket) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(crate) fn performance_now() -> f64;
    #[wasm_bindgen(js_name = queueMicrotask)]
    pub(crate) fn queue_microtask(task: &Function);
    #[wasm_bindgen(js_name = setTimeout)]
    pub(crate) fn set_timeout(handler: &Function, milliseconds: u32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    pub(crate) fn clear_timeout(handle: &JsValue);
}
