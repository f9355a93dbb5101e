import { SocketIOClient } from 'rejoin';
import { showFaults } from './faults.js';
import { Outbox } from './outbox.js';
import { Rooms } from './rooms.js';
import { showStatus } from './status.js';

const ROOMS = [
  { id: 'lobby', title: 'Lobby' },
  { id: 'design', title: 'Design' },
  { id: 'support', title: 'Support' },
];

const { server } = await (await fetch('config.json')).json();
const client = new SocketIOClient(server);
const outbox = new Outbox();
const rooms = new Rooms(client, ROOMS, outbox);

const name = document.querySelector('#name');
name.value = sessionStorage.getItem('name') ?? `Guest ${Math.floor(100 + Math.random() * 900)}`;
name.addEventListener('change', () => sessionStorage.setItem('name', name.value));

const text = document.querySelector('#text');
document.querySelector('#composer').addEventListener('submit', (event) => {
  event.preventDefault();
  if (text.value.trim() === '') return;
  rooms.send({ author: name.value.trim() || 'Somebody', text: text.value.trim() });
  text.value = '';
});

showStatus(client);
showFaults();
void client.connect();
text.focus();
