// LabPage: puts the page of the lab together: a form for plans, a connection to try them, and the report of the case.

import { createConnector } from '../src/shared/browser-connector.js';
import { Connection } from '../src/shared/connection/connection.js';
import type { ConnectionEvent } from '../src/shared/connection/connection-event.js';
import { createSystemClock } from '../src/shared/system-clock.js';
import { eventText } from './lab/event-text.js';
import { type ListedFault, loadFaults } from './lab/fault-list.js';
import { labUrl, withFault, withStep } from './lab/plan.js';
import { byId, make, show, write } from './views/elements.js';

/** Older events are dropped. */
const MAX_EVENTS = 500;
/** Attempts after which the page stops by itself. */
const MAX_ATTEMPTS = 10;

const field = (id: string) => byId<HTMLInputElement>(id);
const clock = createSystemClock();
let faults: ListedFault[] = [];
let connection: Connection | undefined;
let startedAt = 0;
let attempts = 0;

function asked() {
  return {
    endpoint: field('endpoint').value,
    plan: field('plan').value,
    caseId: field('case').value,
    seed: field('seed').value,
  };
}

function drawUrl(): void {
  write(byId('url'), labUrl(location.href, asked()));
}

function choose(fault: ListedFault): void {
  field('fault').value = fault.name;
  field('arguments').value = fault.sample.split(':').slice(1).join(':');
  write(byId('does'), `${fault.syntax}: ${fault.does}. A good client ${fault.client}.`);
}

function log(text: string, at: number): void {
  const list = byId('events');
  list.append(make('li', '', `${((at - startedAt) / 1000).toFixed(3)} s  ${text}`));
  if (list.childElementCount > MAX_EVENTS) list.firstChild?.remove();
  list.scrollTop = list.scrollHeight;
}

function onEvent(event: ConnectionEvent): void {
  const text = eventText(event);
  if (text !== undefined) log(text, event.at);
  if (event.kind !== 'status') return;
  // The case begins with the first attempt.
  if (attempts > 0) void loadReport();
  if (event.status.state === 'connecting' && ++attempts > MAX_ATTEMPTS) {
    // Not inside its own report.
    queueMicrotask(stop);
  }
  if (event.status.state === 'stopped') showButtons(false);
}

async function start(): Promise<void> {
  connection?.stop();
  byId('events').replaceChildren();
  startedAt = clock.now();
  attempts = 0;
  // A plain request says in words what is wrong with the plan.
  const answer = await fetch(labUrl(location.href, asked()).replace(/^ws/, 'http'), { cache: 'no-store' });
  if (answer.status === 400) {
    log(await answer.text(), clock.now());
    return;
  }
  const isRoom = field('endpoint').value === 'ws';
  connection = new Connection({
    url: labUrl(location.href, asked()),
    connector: createConnector({ language: () => 'en', token: () => '' }),
    clock,
    random: Math.random,
    expectsClock: isRoom,
    resumes: isRoom,
    onEvent,
  });
  showButtons(true);
  connection.start();
}

function stop(): void {
  connection?.stop();
  connection = undefined;
  void loadReport();
}

function showButtons(isRunning: boolean): void {
  show(byId('stop'), isRunning);
  show(byId('send'), isRunning);
}

async function loadReport(): Promise<void> {
  const { caseId } = asked();
  if (caseId === '') return;
  const response = await fetch(`lab/case/${encodeURIComponent(caseId)}`, { cache: 'no-store' });
  write(byId('report'), response.ok ? pretty(await response.json()) : await response.text());
}

/** JSON with pairs, such as headers, on one line. */
function pretty(report: object): string {
  return JSON.stringify(report, null, 2).replace(/\[\n\s+(".*"),\n\s+(".*")\n\s+\]/g, '[$1, $2]');
}

function drawFaults(): void {
  for (const fault of faults) {
    byId('fault').append(make('option', '', fault.name));
    const button = make('button', '', fault.syntax);
    button.type = 'button';
    button.onclick = () => {
      choose(fault);
      field('plan').value = fault.sample;
      drawUrl();
      byId('build-title').scrollIntoView();
      field('plan').focus();
    };
    byId('faults').append(
      make('tr', '', make('td', '', button), make('td', '', fault.does), make('td', '', fault.client)),
    );
  }
}

byId('add').addEventListener('submit', (event) => {
  event.preventDefault();
  field('plan').value = withFault(field('plan').value, {
    fault: field('fault').value,
    arguments: field('arguments').value,
    moment: field('moment').value,
    probability: field('probability').value,
  });
  drawUrl();
});
byId('step').onclick = () => {
  field('plan').value = withStep(field('plan').value);
  drawUrl();
};
byId('fault').onchange = () => {
  const fault = faults.find(({ name }) => name === field('fault').value);
  if (fault) choose(fault);
};
byId('try').addEventListener('input', drawUrl);
byId('try').addEventListener('submit', (event) => {
  event.preventDefault();
  void start();
});
byId('stop').onclick = stop;
byId('send').onclick = () => connection?.request({ type: 'fibonacci', input: 10 });
addEventListener('pagehide', () => connection?.stop());

field('case').value = `page-${Math.floor(Math.random() * 1e6)}`;
faults = await loadFaults();
drawFaults();
const [first] = faults;
if (first) choose(first);
drawUrl();
