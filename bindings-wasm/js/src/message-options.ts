import type { SendOptions } from './client.js';
import type { Driver } from './driver.js';
import { type Check, boolean, checked, duration, number, object, string } from './options.js';
import { Call } from './records.js';

const SETUP = 1;
const VOLATILE = 2;

const CHECKS = new Map<string, Check>([
  ['volatile', boolean],
  ['ttl', duration],
  ['key', string],
  ['ack', boolean],
  ['timeout', duration],
  ['retries', number(0, 2 ** 31 - 1, true, '')],
  ['signal', object],
]);

/** Throws what is wrong with the options of a message. */
export function checkMessageOptions(options: object): void {
  for (const [name, value] of Object.entries(options)) if (value !== undefined) checked(CHECKS, name, value);
}

/** Tells the core how the next message is sent, where that is not as most are. */
export function messageOptions(driver: Driver, setup: boolean, options: SendOptions & { retries?: number }): void {
  const { volatile = false, ttl = Number.NaN, key, retries = 0 } = options;
  if (!setup && !volatile && Number.isNaN(ttl) && key === undefined && retries === 0) return;
  const flags = (setup ? SETUP : 0) | (volatile ? VOLATILE : 0);
  driver.input(Call.Options, flags, ttl, retries, key === undefined ? 0 : driver.put([key]));
}
