/** Hooks for React 18 and later. Nothing connects while a page is rendered on a server. */
export { useClient } from './client.js';
export { useConnectionState, useRetryCountdown } from './state.js';
export { useEvent, useMessage, useMessages } from './messages.js';
