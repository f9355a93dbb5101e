import { element } from './element.js';

/** What was written and has no outcome yet. */
export class Outbox {
  #list = document.querySelector('#outbox');
  #badge = document.querySelector('#waiting');
  #hint = document.querySelector('#outbox-hint');

  add(room, { text }, receipt) {
    const take = element('button', { type: 'button', title: 'Take it back, if it was not sent yet' }, 'Take back');
    const item = element('li', {}, element('span', { className: 'where' }, `# ${room}`), element('span', { className: 'what' }, text), take);
    take.addEventListener('click', () => receipt.withdraw());
    this.#list.append(item);
    this.#count();
    void receipt.outcome.then(() => {
      item.remove();
      this.#count();
    });
  }

  #count() {
    const { childElementCount: count } = this.#list;
    this.#badge.textContent = count;
    this.#badge.dataset.some = count > 0;
    this.#hint.hidden = count > 0;
  }
}
