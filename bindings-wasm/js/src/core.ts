/** What wasm-bindgen generates from `bindings-wasm/src/exports.rs`. */
export { Core, default, describe } from '#core';
