import { element } from './element.js';

const FAULTS = [
  ['Cut', 'Ends the connection', { fault: 'cut' }],
  ['Reset', 'Resets it, as a failing network does', { fault: 'reset' }],
  ['Freeze 10 s', 'Nothing moves, nothing is closed', { fault: 'freeze', for_ms: 10_000 }],
  ['Refuse 10 s', 'Ends it, and takes no new one', { fault: 'refuse', for_ms: 10_000 }, { fault: 'cut' }],
  ['Restart the server', 'Down for 6 s, sessions forgotten', { fault: 'restart', down_ms: 6_000 }],
  ['Answer 503, 3 times', 'Overloaded', { fault: 'http_status', status: 503, times: 3 }, { fault: 'cut' }],
  ['Announce a deploy', 'Close code 1012', { fault: 'close', code: 1012, reason: 'restarting' }],
  ['Slow by 800 ms', 'Until all is lifted', { fault: 'delay', ms: 800, jitter_ms: 300 }],
];

/** The buttons that make the server fail. */
export function showFaults() {
  const buttons = FAULTS.map(([name, title, ...faults]) => {
    const button = element('button', { type: 'button', title }, name);
    button.addEventListener('click', () => strike(button, faults));
    return button;
  });
  const lift = element('button', { type: 'button', className: 'lift', title: 'Ends what lasts' }, 'Lift all faults');
  lift.addEventListener('click', () => void fetch('control/faults', { method: 'DELETE' }));
  document.querySelector('#faults').append(...buttons, lift);
}

async function strike(button, faults) {
  button.disabled = true;
  for (const fault of faults) await fetch('control/fault', { method: 'POST', body: JSON.stringify(fault) });
  button.disabled = false;
}
