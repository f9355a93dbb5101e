// The application that the bundlers build.
import { Client, SocketIOClient } from 'rejoin';
import { io } from 'rejoin/socket.io';
import { RejoinWebSocket } from 'rejoin/websocket';
import { report } from './report.js';

report({ Client, SocketIOClient, io, RejoinWebSocket });
