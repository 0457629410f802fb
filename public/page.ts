// Page: puts the browser's side together: connection, state and view.

import { createConnector } from '../src/shared/browser-connector.js';
import { Connection } from '../src/shared/connection/connection.js';
import type { ConnectionEvent } from '../src/shared/connection/connection-event.js';
import type { Language, Request } from '../src/shared/protocol/messages.js';
import { createSystemClock } from '../src/shared/system-clock.js';
import { AccessToken } from './connection/access-token.js';
import { followLifecycle } from './connection/lifecycle.js';
import { socketUrl } from './connection/socket-url.js';
import { createWakingClock } from './connection/waking-clock.js';
import { refusedForGood } from './state/requests.js';
import { dismissed, type Frame, type PageState, reduce, START } from './state/state.js';
import { typedInput } from './state/typed-input.js';
import { isRunning } from './texts/status.js';
import { preferredLanguage, rememberedLanguage, rememberLanguage, TEXTS } from './texts/texts.js';
import { byId, show, write } from './views/elements.js';
import { createView } from './views/page-view.js';
import type { Wall } from './wall/wall.js';

/** How often a countdown or an age is updated, in milliseconds. */
const RUNNING_MS = 100;
const SYNC_MS = 2000;

let language = preferredLanguage(rememberedLanguage(), navigator.languages);
let state: PageState = START;
let isDrawing = false;
let wall: Wall | undefined;
const token = new AccessToken();

/** The language that the server speaks on this connection. */
let spoken = language;
/** The server's earlier reasons are still in another language. */
let isTranslating = false;

const clock = createWakingClock(createSystemClock());
const url = socketUrl(location.href);
const connection = new Connection({
  url,
  connector: createConnector({ language: () => (spoken = language), token: () => token.value }),
  clock,
  random: Math.random,
  syncEveryMs: SYNC_MS,
  resumes: true,
  onEvent,
});
const view = createView({ askAgain: ask, explain, roundTrip: connection.roundTrip, now: clock.now }, TEXTS[language]);
const isLeaving = followLifecycle({ connection, onNetwork: draw });

function onEvent(event: ConnectionEvent): void {
  become(reduce(state, event));
  if (isTranslating && (event.kind === 'status' || event.kind === 'answered')) translate();
  if (event.kind !== 'status') return;
  if (event.status.state === 'stopped' && state.loss?.cause === 'wrongToken') token.value = '';
  showCommand();
}

/** Lets the server speak the page's language: on a new connection, which repeats what it has refused. */
function translate(): void {
  if (!connection.isOpen || connection.outstanding > 0) return;
  isTranslating = spoken !== language && connection.renew();
  if (spoken === language && !isTranslating) for (const request of refusedForGood(state)) connection.request(request);
}

/** The command that connects a terminal to this server. */
function showCommand(): void {
  const needsToken = token.value !== '' || state.loss?.code === 401;
  const flags = needsToken ? ' --token TOKEN' : '';
  write(byId('command'), `wsdemo connect ${url.replace(/\?.*/, '')}${flags}`);
}

function become(next: PageState): void {
  state = next;
  draw();
}

/** Draws at most once per frame, and not while the page is being left. */
function draw(): void {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    if (isLeaving()) return;
    view.render(state);
    wall?.render(state, language);
    if (isRunning(state)) setTimeout(draw, RUNNING_MS);
  });
}

function ask(input: number | string): void {
  // Anything but a number is sent as typed: seeing the server refuse it is part of the lesson.
  connection.request({ type: 'fibonacci', input } as Request);
}

async function explain(frame: Frame): Promise<void> {
  const { explainFrame } = await import('./frames/frame-details.js');
  explainFrame(frame, language, `${url}&lang=${language}`);
}

async function showWall(): Promise<void> {
  const { createWall } = await import('./wall/wall.js');
  wall = createWall(location.href, draw);
  draw();
}

function onSubmit(form: string, field: string, send: (text: string) => void): void {
  byId(form).addEventListener('submit', (event) => {
    event.preventDefault();
    const input = byId<HTMLInputElement>(field);
    send(input.value);
    input.value = '';
    input.focus();
  });
}

onSubmit('ask', 'input', (text) => ask(typedInput(text)));
onSubmit('say', 'text', (text) => connection.request({ type: 'chat', text }));
onSubmit('enter', 'token', (text) => {
  token.value = text.trim();
  connection.retryNow();
});
byId('toggle').onclick = () => (connection.status.state === 'stopped' ? connection.start() : connection.stop());
byId('retry').onclick = () => connection.retryNow();
byId('notice')
  .querySelector('button')
  ?.addEventListener('click', () => become(dismissed(state)));
for (const button of byId('languages').children) {
  button.addEventListener('click', () => {
    language = (button as HTMLElement).lang as Language;
    rememberLanguage(language);
    become({ ...state, complaint: undefined });
    view.speak(TEXTS[language], language);
    isTranslating = true;
    translate();
  });
}

showCommand();
for (const id of ['controls', 'figures', 'panels', 'terminal', 'links']) show(byId(id), true);
view.speak(TEXTS[language], language);
view.render(state);
if (new URLSearchParams(location.search).has('wall')) void showWall();
connection.start();
