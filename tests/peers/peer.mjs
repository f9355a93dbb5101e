// What every peer shares: options as JSON on the command line, one line of JSON when it listens, commands
// as lines of JSON on standard input, and an end when that input ends.
import { createInterface } from 'node:readline';

export function options(defaults) {
  const given = JSON.parse(process.argv[2] ?? '{}');
  for (const key of Object.keys(given)) {
    if (!(key in defaults)) throw new Error(`unknown option "${key}"; there are: ${Object.keys(defaults).join(', ')}`);
  }
  return { ...defaults, ...given };
}

export function say(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

// Each operation gets the whole command; what it returns is said, under the command's `id` if it has one.
export function obey(operations) {
  const lines = createInterface({ input: process.stdin });
  lines.on('line', async (line) => {
    let id;
    try {
      const command = JSON.parse(line, binary);
      id = command.id;
      const operation = Object.hasOwn(operations, command.op) ? operations[command.op] : undefined;
      if (!operation) throw new Error(`unknown op "${command.op}"; there are: ${Object.keys(operations).join(', ')}`);
      say({ id, ok: (await operation(command)) ?? {} });
    } catch (error) {
      say({ id, error: error.message });
    }
  });
  lines.on('close', () => process.exit(0));
}

// Binary values stand in JSON as `{"$base64":"…"}`.
function binary(_key, value) {
  return typeof value?.$base64 === 'string' ? Buffer.from(value.$base64, 'base64') : value;
}

// Counts numbered messages by client, in the terms of the Rust test server.
export class Seen {
  #clients = new Map();

  // True if the number is new.
  add({ client = 'anonymous', seq }) {
    let entry = this.#clients.get(client);
    if (!entry) {
      entry = { numbers: new Set(), seen: { received: 0, unique: 0, duplicates: 0, reordered: 0, high: 0 } };
      this.#clients.set(client, entry);
    }
    const { numbers, seen } = entry;
    const isNew = !numbers.has(seq);
    numbers.add(seq);
    seen.received += 1;
    seen.unique += isNew ? 1 : 0;
    seen.duplicates += isNew ? 0 : 1;
    seen.reordered += isNew && seq < seen.high ? 1 : 0;
    seen.high = Math.max(seen.high, seq);
    return isNew;
  }

  all() {
    return Object.fromEntries([...this.#clients].map(([client, { seen }]) => [client, seen]));
  }
}
