/** What wasm-bindgen generates from `bindings-wasm/src/exports.rs`. */
export { PlainCore, SocketIoCore, default, describe } from '#core';
