import { element } from './element.js';

const PHASES = { credentials: 'asking for credentials', opening: 'opening', handshake: 'shaking hands', rejoining: 'rejoining' };

/** Shows the state of the connection, how long until the next attempt, and what was counted. */
export function showStatus(client) {
  const status = document.querySelector('#status');
  const text = document.querySelector('#status-text');
  const retry = document.querySelector('#retry');
  const hand = status.querySelector('.hand');
  retry.addEventListener('click', () => void client.connect());

  const show = () => {
    const { state } = client;
    status.dataset.state = state.name;
    retry.hidden = state.name !== 'waiting' && state.name !== 'disconnected';
    text.textContent = describe(state);
    text.title = (state.cause ?? state.reason)?.message ?? '';
    if (state.name === 'waiting') {
      const left = Math.max(0, state.retryAt - Date.now());
      hand.style.strokeDashoffset = state.retryIn > 0 ? 100 * (1 - left / state.retryIn) : 100;
    }
    showStats(client);
  };
  client.onState(show);
  setInterval(show, 100);
  show();
}

function describe(state) {
  switch (state.name) {
    case 'connected': return state.resumed ? 'Connected, nothing missed' : 'Connected';
    case 'connecting': return `Connecting, ${PHASES[state.phase]}…`;
    case 'waiting': return `Offline — next try in ${(Math.max(0, state.retryAt - Date.now()) / 1000).toFixed(1)} s`;
    case 'disconnecting': return 'Disconnecting…';
    default: return state.reason ? `Disconnected: ${state.reason.message}` : 'Not connected';
  }
}

function showStats(client) {
  const { attempts, connects, framesSent, framesReceived, outboxBytes } = client.stats();
  const lines = [
    ['Attempts', attempts], ['Connections', connects], ['Frames out', framesSent], ['Frames in', framesReceived],
    ['Bytes waiting', outboxBytes],
  ];
  const { state } = client;
  if (state.name === 'waiting') lines.push(['Why', state.cause.code.replaceAll('_', ' ')], ['Next attempt', `no. ${state.attempt}`]);
  document.querySelector('#stats').replaceChildren(
    ...lines.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, String(value))]),
  );
}
