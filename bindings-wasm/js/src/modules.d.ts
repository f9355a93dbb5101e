/** The WebAssembly, as the builds that hold it within themselves import it. */
declare module '#wasm-bytes' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
