// A page that leaves once it is connected, and reports what became of its connection when it is shown again.
import { Client } from '/dist/web/index.js';

const client = new Client(new URLSearchParams(location.search).get('server'), { backoff: { initial: 600_000, max: 600_000 } });
const report = (said) => fetch('/report', { method: 'POST', body: JSON.stringify(said) });

addEventListener('pageshow', async ({ persisted }) => {
  if (!persisted) return;
  const messages = client.messages();
  client.send('back again');
  const heard = (await messages.next()).value;
  await report({ persisted, heard, connects: client.stats().connects });
});

const [navigation] = performance.getEntriesByType('navigation');
if (navigation.type === 'back_forward') {
  await report({ persisted: false, reasons: navigation.notRestoredReasons });
} else {
  await client.connect();
  // What a page does before it has loaded would replace its entry in the history.
  if (document.readyState !== 'complete') await new Promise((resolve) => addEventListener('load', resolve));
  setTimeout(() => location.assign('/test/away.html'));
}
