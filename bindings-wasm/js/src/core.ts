// What wasm-bindgen makes. Loading is ours: see `load.ts`.
export { Core } from '#core';
