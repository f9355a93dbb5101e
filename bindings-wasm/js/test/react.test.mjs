// The hooks: in a page (jsdom) under StrictMode, and on a server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JSDOM } from 'jsdom';
import { StrictMode, act as actNow, createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { Client, SocketIOClient, ready } from 'rejoin';
import { useClient, useConnectionState, useEvent, useMessage, useMessages, useRetryCountdown } from 'rejoin/react';
import { WebSocketServer } from 'ws';
import { heard, startServer } from './socket.io-server.mjs';

const TIMEOUT = { timeout: 20_000 };
await ready();

const { window } = new JSDOM('<!doctype html><div id="root"></div>');
globalThis.document = window.document;
globalThis.window = window;

// React wants to know who makes the changes: the test, or the network outside of it.
async function act(work) {
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  await actNow(async () => work());
  globalThis.IS_REACT_ACT_ENVIRONMENT = false;
}

async function echoServer(context) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    socket.on('message', (data) => socket.send(String(data)));
  });
  if (!server.address()) await new Promise((resolve) => server.once('listening', resolve));
  const stop = () => {
    for (const client of server.clients) client.terminate();
    server.close();
  };
  context.after(stop);
  return { url: `ws://127.0.0.1:${server.address().port}/`, connections: () => connections, stop };
}

// Shows a component; it goes away with the test.
async function show(context, component) {
  const container = window.document.createElement('div');
  const root = createRoot(container);
  await act(() => root.render(createElement(StrictMode, null, createElement(component))));
  const hide = () => act(() => root.unmount());
  context.after(hide);
  return { container, hide };
}

const until = async (client, name) => {
  while (client.state.name !== name) await new Promise((resolve) => client.onState(resolve, { once: true }));
  await act(async () => {});
};

test('useClient, useConnectionState, useMessages', TIMEOUT, async (context) => {
  const { url, connections } = await echoServer(context);
  let client;
  const heardByHook = [];
  const { container, hide } = await show(context, () => {
    client = useClient(() => new Client(url));
    const { name } = useConnectionState(client);
    const messages = useMessages(client, { max: 2 });
    useMessage(client, (message) => heardByHook.push(message));
    return createElement('p', null, `${name}: ${messages.join()}`);
  });
  await until(client, 'connected');
  assert.equal(container.textContent, 'connected: ');
  const all = new Promise((resolve) => client.onMessage((message) => message === '3' && resolve()));
  for (const message of ['1', '2', '3']) client.send(message);
  await act(() => all);
  assert.equal(container.textContent, 'connected: 2,3');
  assert.deepEqual(heardByHook, ['1', '2', '3']);
  assert.equal(connections(), 1, 'StrictMode shows a component twice, which connects once');
  await hide();
  await until(client, 'disconnected');
  assert.equal(client.closed, true);
});

test('useRetryCountdown', TIMEOUT, async (context) => {
  const { url, stop } = await echoServer(context);
  stop();
  let client;
  const countdowns = [];
  await show(context, () => {
    client = useClient(() => new Client(url, { backoff: { initial: 30_000, max: 30_000 } }));
    countdowns.push(useRetryCountdown(client));
    return null;
  });
  await until(client, 'waiting');
  assert.equal(countdowns[0], undefined);
  assert.ok(countdowns.at(-1) >= 0 && countdowns.at(-1) <= 30_000);
});

test('useEvent calls the listener of the last render', TIMEOUT, async (context) => {
  const server = await startServer(context);
  const client = new SocketIOClient(server.url);
  context.after(() => client.close());
  const namespace = client.namespace('/');
  const calls = [];
  const container = window.document.createElement('div');
  const root = createRoot(container);
  context.after(() => act(() => root.unmount()));
  const Component = ({ label }) => {
    useEvent(namespace, 'echo', (value) => calls.push(`${label} ${value}`));
    return null;
  };
  for (const label of ['first', 'last']) await act(() => root.render(createElement(Component, { label })));
  await client.connect();
  const echoed = heard(namespace, 'echo');
  namespace.emit('echo', 1);
  await echoed;
  assert.deepEqual(calls, ['last 1']);
});

test('on a server nothing connects', () => {
  let client;
  const html = renderToString(
    createElement(() => {
      client = useClient(() => new Client('ws://127.0.0.1:1/'));
      return createElement('p', null, useConnectionState(client).name, useMessages(client).length);
    }),
  );
  assert.match(html, /disconnected/);
  assert.equal(client.stats().attempts, 0);
});
