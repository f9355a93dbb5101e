import type { SendOptions } from './client.js';
import type { Driver } from './driver.js';
import { Call } from './records.js';

const SETUP = 1;
const VOLATILE = 2;

/** Tells the core how the next message is sent, where that is not as most are. */
export function messageOptions(driver: Driver, setup: boolean, options: SendOptions & { retries?: number }): void {
  const { volatile = false, ttl = Number.NaN, key, retries = 0 } = options;
  if (!setup && !volatile && Number.isNaN(ttl) && key === undefined && retries === 0) return;
  const flags = (setup ? SETUP : 0) | (volatile ? VOLATILE : 0);
  driver.input(Call.Options, flags, ttl, retries, key === undefined ? 0 : driver.put([key]));
}
