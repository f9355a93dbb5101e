import * as rejoin from '/dist/web/index.js';
import { smoke } from '/test/smoke.mjs';

// The title says how it ended.
try {
  const places = await (await fetch('/places')).json();
  document.title = JSON.stringify(await smoke(rejoin, places));
} catch (error) {
  document.title = `failed: ${error.stack ?? error}`;
}
