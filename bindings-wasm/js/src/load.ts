import * as platform from '#platform';
import { attach as attachGlue, imports } from '#glue';
import { RejoinError } from './errors.js';
import { attach } from './memory.js';

/** Where the WebAssembly comes from: a URL, an answer of `fetch`, its bytes, or the compiled module. */
export type WasmSource = string | URL | Response | Promise<Response> | BufferSource | WebAssembly.Module;

let loading: Promise<void> | undefined;
let loaded = false;

/** Whether the core can be used at once. */
export function isReady(): boolean {
  return loaded;
}

/**
 * Loads the core. Clients do so by themselves when they are first connected; call it to load it earlier, or with a
 * `source` where the file is not beside the package. Called again, it waits for the same load, unless that failed.
 */
export function ready(source?: WasmSource): Promise<void> {
  loading ??= load(source).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(source: WasmSource | undefined): Promise<void> {
  try {
    await platform.prepare();
    const { exports } = await instantiate(await (source ?? platform.wasm()));
    attachGlue(exports);
    attach(exports.memory as WebAssembly.Memory);
    loaded = true;
  } catch (cause) {
    if (cause instanceof RejoinError) throw cause;
    throw new RejoinError('unsupported', 'rejoin.wasm could not be loaded', {
      retryable: true,
      remedy: 'Serve it, and allow wasm-unsafe-eval in the content security policy.',
      cause,
    });
  }
}

async function instantiate(source: unknown): Promise<WebAssembly.Instance> {
  const given = typeof source === 'string' || source instanceof URL ? await fetch(source) : source;
  const isResponse = typeof Response === 'function' && given instanceof Response;
  if (isResponse && !given.ok) throw new Error(`${given.url} answers ${given.status}`);
  const streams = isResponse && given.headers.get('content-type') === 'application/wasm';
  const result = streams
    ? await WebAssembly.instantiateStreaming(given, imports)
    : await WebAssembly.instantiate(isResponse ? await given.arrayBuffer() : (given as BufferSource), imports);
  // Of a compiled module it gives the instance itself.
  return result instanceof WebAssembly.Instance ? result : result.instance;
}
