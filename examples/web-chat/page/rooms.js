import { element } from './element.js';

const ME = crypto.randomUUID();
const COLOURS = ['#0f766e', '#7c3aed', '#b45309', '#be123c', '#1d4ed8', '#4d7c0f'];
/** What an outcome looks like beside one's own message. */
const MARKS = { acknowledged: '✓', withdrawn: '↩', expired: '⌛', unconfirmed: '?', dropped: '✕', rejected: '✕' };

/** The rooms: each is a namespace of the one connection. */
export class Rooms {
  #list = document.querySelector('#rooms');
  #messages = document.querySelector('#messages');
  #rooms;
  #current;
  #outbox;

  constructor(client, rooms, outbox) {
    this.#outbox = outbox;
    this.#rooms = rooms.map((room) => this.#makeRoom(client, room));
    this.#show(this.#rooms[0]);
  }

  /** Sends to the room that is shown, now or when there is a connection. */
  send({ author, text }) {
    const room = this.#current;
    const message = { id: crypto.randomUUID(), from: ME, author, text, at: Date.now() };
    const line = this.#add(room, message);
    let receipt;
    try {
      receipt = room.namespace.with({ retries: 100 }).emit('broadcast', message);
    } catch (error) {
      // The outbox is full: it says so, and nothing is lost in silence.
      line.dataset.outcome = 'rejected';
      line.querySelector('.mark').textContent = error.message;
      return;
    }
    this.#outbox.add(room.title, message, receipt);
    void receipt.outcome.then((outcome) => {
      line.dataset.outcome = outcome;
      line.querySelector('.mark').textContent = MARKS[outcome] ?? outcome;
    });
  }

  #makeRoom(client, { id, title }) {
    const count = element('span', { className: 'badge', hidden: true });
    const button = element('button', { type: 'button' }, `# ${title}`, count);
    this.#list.append(element('li', {}, button));
    const room = { title, button, count, lines: [], seen: new Set(), unread: 0, namespace: client.namespace(`/room-${id}`) };
    button.addEventListener('click', () => this.#show(room));
    room.namespace.on('broadcast', (message) => {
      if (message.from !== ME && !room.seen.has(message.id)) this.#add(room, message);
    });
    return room;
  }

  #add(room, message) {
    room.seen.add(message.id);
    const line = makeLine(message);
    // A server that handles events side by side may pass them on in another order.
    const after = room.lines.findLast((other) => Number(other.dataset.at) <= message.at);
    room.lines.splice(room.lines.indexOf(after) + 1, 0, line);
    if (room === this.#current) {
      this.#messages.insertBefore(line, after ? after.nextSibling : this.#messages.firstChild);
      line.scrollIntoView({ block: 'end' });
    } else {
      room.unread += 1;
      room.count.textContent = room.unread;
      room.count.hidden = false;
    }
    return line;
  }

  #show(room) {
    this.#current?.button.removeAttribute('aria-current');
    this.#current = room;
    room.unread = 0;
    room.count.hidden = true;
    room.button.setAttribute('aria-current', 'page');
    document.querySelector('#title').textContent = `# ${room.title}`;
    this.#messages.replaceChildren(...room.lines);
    room.lines.at(-1)?.scrollIntoView({ block: 'end' });
  }
}

function makeLine({ from, author, text, at }) {
  const time = new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const avatar = element('span', { className: 'avatar', ariaHidden: 'true' }, author.slice(0, 1).toUpperCase());
  avatar.style.background = COLOURS[[...author].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % COLOURS.length];
  const head = element('span', { className: 'head' }, element('b', {}, author), element('time', {}, time));
  const mark = element('span', { className: 'mark' }, from === ME ? '◷' : '');
  const line = element('li', { className: from === ME ? 'mine' : '' }, avatar, element('div', {}, head, element('p', {}, text, mark)));
  line.dataset.at = at;
  if (from === ME) line.dataset.outcome = 'queued';
  return line;
}
