export { open } from './open.js';

/** Beside this file, where bundlers find it too. */
export function wasm(): unknown {
  return fetch(new URL('./rejoin.wasm', import.meta.url));
}

export function prepare(): void {}
