/**
 * A `WebSocket` that stays open: the interface of the browser's, across reconnections. How its events map to those of many
 * connections is in docs/migrating-from-websocket.md.
 */
export { RejoinWebSocket, RejoinWebSocket as default } from './websocket.js';
export type { RejoinWebSocketOptions } from './websocket.js';
