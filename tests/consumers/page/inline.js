// As main.js, for a bundler that does not carry the .wasm along.
import { Client, SocketIOClient } from 'rejoin/inline';
import { report } from './report.js';

report({ Client, SocketIOClient });
