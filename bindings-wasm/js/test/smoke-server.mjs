// A web server for places that run the smoke test: files, the addresses under `/places`, and the faults of the test server.
import assert from 'node:assert/strict';
import { serve } from './files.mjs';
import { testServer } from './servers.mjs';
import { STEPS } from './smoke.mjs';

export async function smokeServer({ root, headers } = {}) {
  const server = await testServer();
  const strike = async (text) => {
    const fault = JSON.parse(text);
    await (fault === 'lift' ? server.lift() : server.fault(fault));
  };
  const routes = {
    'GET /places': async () => JSON.stringify({ ws: server.ws, http: server.http, faults: `${files.url}/faults` }),
    'POST /faults': strike,
  };
  const files = await serve({ ...(root ? { root } : {}), headers, routes });
  return {
    url: files.url,
    close: async () => {
      files.close();
      await server.stop();
    },
  };
}

/** What a place says at the end: the steps as JSON, or what went wrong. */
export function assertDone(said) {
  assert.equal(said, JSON.stringify(STEPS));
}
