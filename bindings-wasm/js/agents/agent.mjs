// The conformance agent, wherever JavaScript runs: from a request to its answer, over the package's public API alone.
import { options } from './config.mjs';
import { Counting } from './counting.mjs';
import { Pace, consume } from './consumer.mjs';
import { decode, encode, error, failure, state } from './show.mjs';

// The fields of each operation; those with `!` are required.
const FIELDS = {
  hello: '',
  create: 'client! protocol! url! config',
  connect: 'client!',
  disconnect: 'client!',
  send: 'client! text base64 receipt ttl_ms volatile key',
  emit: 'client! name! args namespace ack timeout_ms retries receipt ttl_ms volatile',
  ack: 'client! ack! args',
  namespace: 'client! namespace! auth',
  join: 'client! room! namespace',
  leave: 'client! room! namespace',
  presence: 'client! room! namespace',
  credentials: 'client! token fail hang',
  network: 'client! hint!',
  pause: 'client!',
  resume: 'client!',
  slow: 'client! ms!',
  burst: 'client! count! from every_ms pad name ack timeout_ms retries volatile ttl_ms',
  count: 'client! on!',
  swarm: 'count! protocol! url! config',
  stats: 'client',
  close: 'client!',
};
// Messages of a burst that are handed over before the event loop gets its turn.
const AT_ONCE = 100;

const breath = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));

// `rejoin` is the package; `say` takes an object for a line; `resident` tells how much memory the process holds.
export function agent(rejoin, { platform, version, say, resident }) {
  const clients = new Map();
  const swarm = [];

  const invalid = (field, expected) => new rejoin.RejoinError('invalid_argument', `${field}: ${expected}`);
  const unsupported = (what) => new rejoin.RejoinError('unsupported', `${what} is not available`);

  function find(name, protocol) {
    const entry = clients.get(name);
    if (!entry) throw invalid('client', `there is no ${JSON.stringify(name)}`);
    if (protocol && entry.protocol !== protocol) throw invalid('client', `speaks ${entry.protocol}`);
    return entry;
  }

  function make(protocol, url, config, credentials) {
    const made = options(config, { invalid, unsupported, protocol, credentials });
    made.transports &&= made.transports.map((name) => (name === 'polling' ? rejoin.polling() : name));
    if (protocol === 'websocket') return new rejoin.Client(url, made);
    if (protocol === 'socketio') return new rejoin.SocketIOClient(url, made);
    throw invalid('protocol', 'must be websocket or socketio');
  }

  function create({ client: name, protocol, url, config = {} }) {
    if (clients.has(name)) throw invalid('client', 'there is one of that name');
    const tell = (event, fields) => say({ event, client: name, ...fields });
    const entry = {
      name, protocol, tell, counting: new Counting(), pace: new Pace(), answer: {}, namespaces: new Map(), questions: new Map(), question: 0,
    };
    entry.client = make(protocol, url, config, ({ reason }) => {
      tell('credentials', { reason });
      const { token, fail, hang } = entry.answer;
      if (hang) return new Promise(() => {});
      if (fail) throw new Error('the callback fails, as it was told');
      return token;
    });
    entry.client.onState((changed) => tell('state', state(changed)));
    if (protocol === 'websocket') void read(entry, entry.client.messages(), (message) => {
      if (typeof message !== 'string') tell('message', { base64: encode(message).$base64 });
      else if (!entry.counting.countText(message)) tell('message', { text: message });
    });
    else namespace(entry, '/');
    clients.set(name, entry);
    return {};
  }

  function read(entry, stream, print) {
    return consume(stream, entry.pace, (missed) => entry.tell('lagged', { missed }), print);
  }

  // A namespace with a consumer; `/` is connected with the client, and others where that is asked for.
  function namespace(entry, name) {
    let found = entry.namespaces.get(name);
    if (found) return found;
    found = entry.client.namespace(name, { connect: name === '/' });
    entry.namespaces.set(name, found);
    found.on('connect', ({ recovered }) => entry.tell('namespace', { namespace: name, state: 'connected', resumed: recovered }));
    for (const event of ['disconnect', 'connect_error']) {
      found.on(event, (reason) => entry.tell('namespace', { namespace: name, state: 'disconnected', error: error(reason) }));
    }
    void read(entry, found.events(), ({ name: event, args, ack }) => {
      if (entry.counting.count(args[0])) return;
      if (ack) entry.questions.set((entry.question += 1), ack);
      entry.tell('event', { namespace: name, name: event, args: encode(args), ...(ack ? { ack: entry.question } : {}) });
    });
    return found;
  }

  function tellReceipt(entry, receipt, name) {
    if (name !== undefined) void receipt.outcome.then((outcome) => entry.tell('receipt', { receipt: name, outcome }));
  }

  const operations = {
    hello: () => ({ platform, version }),
    create,
    connect: async ({ client }) => {
      await find(client).client.connect();
      return {};
    },
    disconnect: async ({ client }) => {
      await find(client).client.disconnect();
      return {};
    },
    send({ client, text, base64, receipt, ttl_ms: ttl, volatile, key }) {
      const entry = find(client, 'websocket');
      if ((text === undefined) === (base64 === undefined)) throw invalid('send', 'takes either text or base64');
      const message = text ?? decode({ $base64: base64 }, invalid);
      tellReceipt(entry, entry.client.send(message, { ttl, volatile, key }), receipt);
      return {};
    },
    async emit({ client, name, args = [], namespace: where = '/', ack, timeout_ms: timeout, retries, receipt, ttl_ms: ttl, volatile }) {
      const entry = find(client, 'socketio');
      const values = decode(args, invalid);
      const sender = namespace(entry, where).with({ timeout, retries: ack ? retries : 0, ttl, volatile });
      if (!ack) {
        tellReceipt(entry, sender.emit(name, ...values), receipt);
        return {};
      }
      const tell = (outcome) => receipt !== undefined && outcome && entry.tell('receipt', { receipt, outcome });
      try {
        const answer = await sender.emitWithAckArgs(name, ...values);
        tell('acknowledged');
        return { ack: encode(answer) };
      } catch (failed) {
        tell(outcomeOf(failed.code));
        throw failed;
      }
    },
    ack({ client, ack, args = [] }) {
      const entry = find(client, 'socketio');
      const answer = entry.questions.get(ack);
      if (!answer) throw invalid('ack', 'no event waits under this number');
      entry.questions.delete(ack);
      answer(...decode(args, invalid));
      return {};
    },
    async namespace({ client, namespace: name, auth }) {
      const entry = find(client, 'socketio');
      await namespace(entry, name).connect(auth === undefined ? {} : { auth });
      return {};
    },
    join: ({ client }) => Promise.reject(find(client) && unsupported('rooms')),
    leave: ({ client }) => Promise.reject(find(client) && unsupported('rooms')),
    presence: ({ client }) => Promise.reject(find(client) && unsupported('presence')),
    credentials({ client, token, fail = false, hang = false }) {
      if ([token !== undefined, fail, hang].filter(Boolean).length !== 1) throw invalid('credentials', 'must be one of token, fail, hang');
      find(client).answer = { token, fail, hang };
      return {};
    },
    network({ client, hint }) {
      if (!['online', 'offline', 'woke', 'foreground', 'background'].includes(hint)) throw invalid('hint', 'is unknown');
      find(client).client.network(hint);
      return {};
    },
    pause: ({ client }) => (find(client).pace.pause(true), {}),
    resume: ({ client }) => (find(client).pace.pause(false), {}),
    slow: ({ client, ms }) => ((find(client).pace.slow = ms), {}),
    count: ({ client, on }) => ((find(client).counting.on = on), {}),
    burst: (request) => burst(find(request.client), request),
    swarm({ count, protocol, url, config = {} }) {
      if (config.credentials) throw invalid('credentials', 'a swarm has no callback');
      for (let made = 0; made < count; made += 1) {
        const client = make(protocol, url, config);
        void client.connect().catch(() => {});
        swarm.push(client);
      }
      return {};
    },
    async stats({ client }) {
      if (client === undefined) {
        const connected = swarm.filter((member) => member.connected).length;
        return { swarm: swarm.length, connected, rss_bytes: await resident() };
      }
      const entry = find(client);
      const { attempts, connects, framesSent, framesReceived, outboxMessages, outboxBytes } = entry.client.stats();
      return {
        attempts, connects, frames_sent: framesSent, frames_received: framesReceived, outbox_messages: outboxMessages,
        outbox_bytes: outboxBytes, unobserved: entry.client.unobserved ?? 0, ...entry.counting.stats(),
      };
    },
    async close({ client }) {
      const entry = find(client);
      clients.delete(client);
      await entry.client.close();
      return {};
    },
  };

  async function burst(entry, { count, from = 1, every_ms: every, pad = 0, name, ack, timeout_ms: timeout, retries = 0, volatile, ttl_ms: ttl }) {
    const plain = entry.protocol === 'websocket';
    if (plain && (name !== undefined || ack)) throw invalid('burst', 'plain messages have no name and no ack');
    if (!plain && name === undefined) throw invalid('name', "Socket.IO's messages are events");
    const sender = plain ? undefined : namespace(entry, '/').with({ ack, timeout, retries: ack ? retries : 0, ttl, volatile });
    const body = { client: entry.name, seq: 0, pad: 'x'.repeat(pad) };
    const one = (seq) => {
      if (plain) return entry.client.send(JSON.stringify({ op: 'msg', ...body, seq }), { ttl, volatile }).outcome;
      return sender.emit(name, { ...body, seq }).outcome;
    };
    let accepted = 0;
    let refused = 0;
    for (let seq = from; seq < from + count; seq += 1) {
      if (every) await breath(every);
      else if ((seq - from) % AT_ONCE === AT_ONCE - 1) await breath();
      try {
        const outcome = one(seq);
        accepted += 1;
        void outcome.then((end) => entry.counting.ended(end));
      } catch {
        refused += 1;
      }
    }
    return { accepted, refused };
  }

  // Answers a line. Answers can come in any order, but operations begin in the order of the lines.
  return async function handle(line) {
    let id = null;
    try {
      const request = parse(line);
      id = request.id ?? null;
      check(request);
      say({ id, ok: await operations[request.op](request) });
    } catch (failed) {
      say({ id, error: failure(failed) });
    }
  };

  function parse(line) {
    try {
      const request = JSON.parse(line);
      if (typeof request === 'object' && request !== null && !Array.isArray(request)) return request;
    } catch {
      // It is no JSON at all.
    }
    throw invalid('line', 'must be a JSON object');
  }

  function check({ id: _, op, ...fields }) {
    if (!Object.hasOwn(FIELDS, op)) throw invalid('op', `there is no ${JSON.stringify(op)}`);
    const known = FIELDS[op].split(' ');
    for (const field of known) {
      if (field.endsWith('!') && fields[field.slice(0, -1)] === undefined) throw invalid(field.slice(0, -1), 'is missing');
    }
    const names = known.map((field) => field.replace('!', ''));
    for (const field of Object.keys(fields)) {
      if (!names.includes(field)) throw invalid(field, `is not a field of ${op}`);
    }
  }
}

// What became of an event whose acknowledgement failed; nothing if it was never accepted.
function outcomeOf(code) {
  if (code === 'ack_timeout' || code === 'unconfirmed' || code === 'client_closed') return 'unconfirmed';
  return ['expired', 'dropped', 'withdrawn', 'rejected'].find((outcome) => outcome === code);
}
