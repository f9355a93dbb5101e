// Numbered messages: what arrived of others', and what became of our own. In the terms of the test server.
export class Counting {
  on = false;
  #seen = new Map();
  #ends = { sent: 0, acknowledged: 0, failed: 0 };

  // True if it is a numbered one and counted; if not, it is to be printed.
  countText(text) {
    if (!this.on) return false;
    try {
      return this.count(JSON.parse(text));
    } catch {
      return false;
    }
  }

  count(message) {
    if (!this.on || !Number.isSafeInteger(message?.seq) || message.seq < 0) return false;
    const { client = 'anonymous', seq } = message;
    let entry = this.#seen.get(client);
    if (!entry) {
      entry = { numbers: new Set(), counts: { received: 0, unique: 0, duplicates: 0, reordered: 0, high: 0 } };
      this.#seen.set(client, entry);
    }
    const { numbers, counts } = entry;
    counts.received += 1;
    if (numbers.has(seq)) counts.duplicates += 1;
    else {
      numbers.add(seq);
      counts.unique += 1;
      counts.reordered += seq < counts.high ? 1 : 0;
    }
    counts.high = Math.max(counts.high, seq);
    return true;
  }

  ended(outcome) {
    this.#ends[outcome in this.#ends ? outcome : 'failed'] += 1;
  }

  stats() {
    return { seen: Object.fromEntries([...this.#seen].map(([client, { counts }]) => [client, counts])), ...this.#ends };
  }
}
