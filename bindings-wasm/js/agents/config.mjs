// The `config` of an operation, as options of the package.
const GROUPS = {
  backoff: { initial_ms: 'initial', max_ms: 'max', factor: 'factor', max_attempts: 'maxAttempts', reset_after_ms: 'resetAfter' },
  heartbeat: { interval_ms: 'interval', timeout_ms: 'timeout' },
  outbox: { max_messages: 'maxMessages', max_bytes: 'maxBytes', overflow: 'overflow' },
  inbound: { max_messages: 'maxMessages', policy: 'policy' },
};
const PLAIN = {
  connect_timeout_ms: 'connectTimeout',
  probe_timeout_ms: 'probeTimeout',
  ack_timeout_ms: 'ackTimeout',
  close_grace_ms: 'closeGrace',
  headers: 'headers',
  subprotocols: 'subprotocols',
  path: 'path',
  transports: 'transports',
  max_message_bytes: 'maxMessageBytes',
  compression: 'compression',
};

export function options(config, { invalid, unsupported, protocol, credentials }) {
  if (typeof config !== 'object' || config === null) throw invalid('config', 'must be an object');
  const made = {};
  for (const [key, value] of Object.entries(config)) {
    if (key === 'credentials') {
      if (value) made.credentials = credentials;
    } else if (Object.hasOwn(GROUPS, key)) {
      made[key] = group(key, value, { invalid, unsupported });
    } else if (Object.hasOwn(PLAIN, key)) {
      made[PLAIN[key]] = value;
    } else {
      throw invalid(key, 'is unknown');
    }
  }
  // Socket.IO pings as the server says.
  if (protocol === 'socketio') delete made.heartbeat;
  return made;
}

function group(name, given, { invalid, unsupported }) {
  const made = {};
  for (const [key, value] of Object.entries(given)) {
    if (name === 'outbox' && key === 'store') throw unsupported('outbox.store');
    if (!Object.hasOwn(GROUPS[name], key)) throw invalid(`${name}.${key}`, 'is unknown');
    // The lines say null for what is absent.
    if (value !== null) made[GROUPS[name][key]] = value;
  }
  return made;
}
