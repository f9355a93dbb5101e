// The package as a global, for scripts that the tests evaluate in a page.
import * as rejoin from '/dist/web/index.js';

globalThis.rejoin = rejoin;
