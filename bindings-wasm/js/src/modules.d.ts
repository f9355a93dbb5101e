/** The WebAssembly, as the builds that hold it within themselves import it. */
declare module '#wasm-bytes' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}

/** What wasm-bindgen's JavaScript has beside the core. */
declare module '#glue' {
  export function attach(exports: WebAssembly.Exports): void;
  export const imports: WebAssembly.Imports;
}

/** The WebAssembly of `rejoin/polling`, which is within every build. */
declare module '#polling-wasm-bytes' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
