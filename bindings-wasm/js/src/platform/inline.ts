import bytes from '#wasm-bytes';

export { open } from './open.js';

/** Within this file. */
export function wasm(): unknown {
  return bytes;
}

export function prepare(): void {}
