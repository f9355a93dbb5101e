// Uses the chat as people do: two windows, a server that fails, messages that wait, and one that is taken back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import { start } from './server.mjs';

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

async function openWindow(browser, url, name, colorScheme = 'light') {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme });
  const errors = [];
  page.on('pageerror', (error) => errors.push(error));
  await page.addInitScript((author) => sessionStorage.setItem('name', author), name);
  await page.goto(url);
  await page.locator('#status[data-state=connected]').waitFor();
  const write = async (text) => {
    await page.fill('#text', text);
    await page.press('#text', 'Enter');
  };
  return { page, errors, write };
}

test('a conversation through a restart of the server', { timeout: 90_000 }, async (context) => {
  const { url, stop } = await start();
  context.after(stop);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  context.after(() => browser.close());
  const ada = await openWindow(browser, url, 'Ada');
  const grace = await openWindow(browser, url, 'Grace', 'dark');

  await ada.write('Is the deploy today?');
  await grace.page.getByText('Is the deploy today?').waitFor();
  await grace.write('In a minute. It should not hurt.');
  await ada.page.getByText('It should not hurt.').waitFor();
  await ada.page.locator('[data-outcome=acknowledged]').waitFor();

  await ada.page.getByText('Restart the server').click();
  await ada.page.locator('#status[data-state=waiting]').waitFor();
  await ada.page.context().setOffline(true);
  await ada.write('I go on writing…');
  await ada.write('…and this too.');
  await ada.write('Not this one.');
  assert.equal(await ada.page.locator('#waiting').textContent(), '3');
  const withdrawn = ada.page.locator('#outbox li', { hasText: 'Not this one.' });
  if (process.env.SCREENSHOTS) {
    await ada.page.locator('#retry').waitFor();
    await ada.page.screenshot({ path: `${process.env.SCREENSHOTS}/offline.png` });
  }
  await withdrawn.getByRole('button').click();
  await ada.page.locator('[data-outcome=withdrawn]').waitFor();

  // Nobody keeps what a room missed: Grace is to be back first.
  await grace.page.locator('dt:has-text("Connections") + dd', { hasText: '2' }).waitFor();
  await ada.page.context().setOffline(false);
  await grace.page.getByText('…and this too.').waitFor();
  await ada.page.locator('#status[data-state=connected]').waitFor();
  await ada.page.locator('#waiting', { hasText: '0' }).waitFor();
  const lines = await grace.page.locator('#messages p').allTextContents();
  assert.deepEqual(lines.map((line) => line.replace(/[✓◷]$/, '')), [
    'Is the deploy today?', 'In a minute. It should not hurt.', 'I go on writing…', '…and this too.',
  ]);
  if (process.env.SCREENSHOTS) await grace.page.screenshot({ path: `${process.env.SCREENSHOTS}/online.png` });
  assert.deepEqual([...ada.errors, ...grace.errors], []);
});

test('retry now, and rooms', { timeout: 60_000 }, async (context) => {
  const { url, stop } = await start();
  context.after(stop);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  context.after(() => browser.close());
  const ada = await openWindow(browser, url, 'Ada');
  const grace = await openWindow(browser, url, 'Grace');
  await ada.page.getByRole('button', { name: '# Design' }).click();
  await ada.write('A word in Design');
  await grace.page.locator('nav .badge', { hasText: '1' }).waitFor();
  assert.equal(await grace.page.locator('#messages li').count(), 0);
  await grace.page.getByRole('button', { name: '# Design' }).click();
  await grace.page.getByText('A word in Design').waitFor();

  await grace.page.getByText('Refuse 10 s').click();
  await grace.page.locator('#status[data-state=waiting]').waitFor();
  await grace.page.getByText('Lift all faults').click();
  // It may have come back by itself: then there is nothing to press.
  await grace.page.locator('#retry').click({ timeout: 2_000 }).catch(() => {});
  for (const { page } of [ada, grace]) await page.locator('dt:has-text("Connections") + dd', { hasText: '2' }).waitFor();
  await grace.write('Back again');
  await ada.page.getByText('Back again').waitFor();
});
