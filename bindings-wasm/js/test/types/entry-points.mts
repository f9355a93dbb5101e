// What TypeScript makes of the entry points: this file is compiled, never run.
import { io, Manager, Socket, type ManagerOptions, type SocketOptions } from 'rejoin/socket.io';
import RejoinWebSocket from 'rejoin/websocket';
import { useClient, useConnectionState, useEvent } from 'rejoin/react';
import { SocketIOClient } from 'rejoin';
interface Hears { news: (text: string) => void; question: (text: string, answer: (text: string) => void) => void }
interface Emits { say: (text: string, done: (id: number) => void) => void }
const socket: Socket<Hears, Emits> = io('http://x', { auth: { token: 1 }, retries: 3 });
socket.on('news', (text) => text.toUpperCase());
socket.on('disconnect', (reason) => { const r: 'io server disconnect' | 'io client disconnect' | 'ping timeout' | 'transport close' | 'transport error' | 'parse error' = reason; void r; });
socket.on('connect_error', (error) => error.data);
socket.emit('say', 'x', (id) => id.toFixed());
socket.timeout(5).emit('say', 'x', (error, id) => { error.message; id.toFixed(); });
const id: number = await socket.emitWithAck('say', 'x');
// @ts-expect-error
socket.emit('unknown');
// @ts-expect-error
socket.emit('say', 1, () => {});
const untyped = io(); untyped.on('anything', (a, b) => a + b); untyped.emit('anything', 1, 2);
new Manager('http://x', { reconnectionDelayMax: 10 }).on('reconnect', (n) => n.toFixed());
const reason: Socket.DisconnectReason = 'ping timeout';
const w: RejoinWebSocket = new RejoinWebSocket('ws://x'); w.onmessage = (event) => event.data;
const Impl: new (url: string, protocols?: string | string[]) => WebSocket = RejoinWebSocket as never;
const client = useClient(() => new SocketIOClient('http://x')); useConnectionState(client).name;
useEvent(client.namespace('/'), 'news', (text: string) => text);
void [id, reason, Impl, {} as ManagerOptions, {} as SocketOptions];
