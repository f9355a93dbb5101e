/** What wasm-bindgen generates from `bindings-wasm/polling`. */
export { Failure, Kind, Order, Session, Step, default, refusal } from '#polling-core';
