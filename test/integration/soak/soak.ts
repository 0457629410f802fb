// Soak: a full room for a long time. Clients come and go, send requests and chat, read slowly, break rules and vanish, and
// the database is locked at times. A client that stays must get each second once, each line once, and correct answers.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { closeFrame, frame, TEXT } from '../../support/frames.js';
import { openDescriptors, residentMiB, slope } from '../../support/process-facts.js';
import { quietServer } from '../../support/quiet-server.js';
import { RawPeer } from '../../support/raw-peer.js';
import { sqlite3 } from '../../support/sqlite3.js';
import { Witness } from '../../support/witness.js';
import { fibonacci } from '../hostile/fuzz/requests.js';

export interface SoakOptions {
  seconds: number;
  clients: number;
  /** Connects per second, and as many disconnects. */
  churn: number;
}

export interface SoakReport {
  seconds: number;
  /** Ticks, answers and chat lines received by all clients together. */
  ticks: number;
  answers: number;
  lines: number;
  /** Short visits, and how many of them got a wrong answer or none. */
  visits: number;
  stalled: number;
  locks: number;
  faults: string[];
  descriptors: { before: number; after: number };
  rows: { full: number; after: number };
  /** Resident memory with the room full and at the end, and its slope over the last four fifths. */
  memoryMiB: { full: number; end: number; slopePerMinute: number };
}

const MAX_FAULTS = 20;
const SLOW_READERS = 10;
const LISTENERS = 50;
const LOCKED_MS = 3000;

export async function soak(
  { seconds, clients, churn }: SoakOptions,
  progress: (text: string) => void = () => {},
): Promise<SoakReport> {
  const cwd = mkdtempSync(join(tmpdir(), 'wsdemo-soak-'));
  const server = await quietServer(cwd, ['--max-connections-per-ip', '20000']);
  const { command, pid, wsUrl } = server;
  const faults: string[] = [];
  const fault = (text: string) => faults.length < MAX_FAULTS && faults.push(text);
  const counts = { visits: 0, lines: 0, stalled: 0, locks: 0 };
  let isOver = false;
  void command.ended.then(({ code, signal }) => isOver || fault(`the server ended with ${code ?? signal}`));
  const rows = () => Number(sqlite3(join(cwd, 'wsdemo.db'), 'select count(*) from connected_users'));
  const before = openDescriptors(pid);

  // The last line that each listener received; the sender numbers them.
  const listeners = Array.from({ length: Math.min(LISTENERS, clients / 2) }, () => ({ heard: 0 }));
  const steady: Witness[] = [];
  for (let i = 0; i < clients; i++) {
    const listener = listeners[i];
    const options = listener
      ? {
          topics: ['presence', 'chat'],
          asksEvery: 10,
          heard({ type, text }: Record<string, unknown>) {
            if (type !== 'chat' || !String(text).startsWith('line ')) return;
            const number = Number(String(text).slice(5));
            if (number !== listener.heard + 1) fault(`line ${number} came after ${listener.heard}`);
            listener.heard = number;
            counts.lines += 1;
          },
        }
      : { asksEvery: 10 };
    steady.push(await Witness.connect(wsUrl, options));
  }
  const speaker = await Witness.connect(wsUrl);
  const memory: [minute: number, mib: number][] = [];
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  const timers: NodeJS.Timeout[] = [];
  const every = (ms: number, run: () => void) => timers.push(setInterval(run, ms));
  const full = { rows: 0, memory: residentMiB(pid) };
  /** The visits in progress. */
  const visits = new Set<Promise<void>>();
  const begin = (visit: Promise<void>) => {
    const noted = visit.finally(() => visits.delete(noted));
    visits.add(noted);
  };
  const stalled: RawPeer[] = [];
  let lines = 0;

  every(1000, () => {
    memory.push([elapsed() / 60, residentMiB(pid)]);
    speaker.say({ type: 'chat', text: `line ${++lines}` });
    steady[lines % clients]?.ask(10_000);
  });
  // A tenth of the visitors every tenth of a second, so that none waits for the others.
  every(100, () => {
    for (let i = 0; i < churn / 10; i++) {
      begin(visit(wsUrl, counts.visits++, fault));
    }
  });
  const connectSlowReaders = () => {
    for (const peer of stalled.splice(0)) peer.destroy();
    for (let i = 0; i < SLOW_READERS; i++) {
      counts.stalled += 1;
      const seating = RawPeer.open(`${wsUrl}?topics=tick,chat`).then(
        (peer) => {
          peer.socket.pause();
          stalled.push(peer);
          // Unread answers: 1 MiB of them closes the connection.
          for (let n = 0; n < 400; n++) peer.socket.write(frame(TEXT, '{"type":"fibonacci","input":10000}'));
        },
        (error) => void fault(`a slow reader was not let in: ${error.message}`),
      );
      begin(seating);
    }
  };
  connectSlowReaders();
  every(10_000, connectSlowReaders);
  every(Math.min(60_000, seconds * 300), () => {
    counts.locks += 1;
    const database = new Database(join(cwd, 'wsdemo.db'), { timeout: 10_000 });
    database.exec('begin immediate');
    setTimeout(() => database.exec('commit').close(), Math.min(LOCKED_MS, seconds * 100));
  });
  every(Math.min(30_000, seconds * 200), () => {
    const mib = memory.at(-1)?.[1] ?? 0;
    progress(
      `${Math.round(elapsed())} s: ${Math.round(mib)} MiB, ${openDescriptors(pid)} descriptors, ${counts.visits} visits`,
    );
  });

  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  for (const timer of timers) clearInterval(timer);
  await Promise.all(visits);
  for (const peer of stalled) peer.destroy();
  const end = residentMiB(pid);
  for (let i = 0; i < 200 && full.rows !== clients + 1; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    full.rows = rows();
  }
  if (full.rows !== clients + 1) fault(`${full.rows} rows, with ${clients + 1} online`);
  await Promise.all([...steady, speaker].map((witness) => witness.finish()));
  let after = { rows: rows(), descriptors: openDescriptors(pid) };
  for (let i = 0; i < 200 && (after.rows > 0 || after.descriptors > before + 8); i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    after = { rows: rows(), descriptors: openDescriptors(pid) };
  }
  if (after.rows > 0) fault(`${after.rows} rows are left`);
  if (after.descriptors > before + 8) fault(`${after.descriptors - before} descriptors are left`);
  const behindLast = listeners.filter(({ heard }) => heard !== lines).length;
  if (behindLast > 0) fault(`${behindLast} did not get the last line`);
  const [error] = server.errors();
  if (error) fault(`the server logged ${server.errors().length} errors, such as ${error}`);
  isOver = true;
  command.kill('SIGKILL');
  await command.ended;
  rmSync(cwd, { recursive: true });
  const sum = (count: (witness: Witness) => number) => steady.reduce((total, witness) => total + count(witness), 0);
  return {
    seconds,
    ticks: sum(({ ticks }) => ticks),
    answers: sum(({ answers }) => answers),
    ...counts,
    faults: [...faults, ...[...steady, speaker].flatMap((witness) => witness.faults)].slice(0, MAX_FAULTS),
    descriptors: { before, after: after.descriptors },
    rows: { full: full.rows, after: after.rows },
    memoryMiB: { full: full.memory, end, slopePerMinute: slope(memory.slice(memory.length / 5)) },
  };
}

/** Connects, sends a request and leaves: cleanly, with a reset, without Close, with an invalid frame, or within a frame. */
async function visit(wsUrl: string, number: number, fault: (text: string) => void): Promise<void> {
  const input = number % 300;
  try {
    const peer = await RawPeer.open(`${wsUrl}?topics=`);
    peer.socket.write(frame(TEXT, JSON.stringify({ type: 'fibonacci', input, id: number })));
    for (;;) {
      const heard = await peer.next();
      if (!heard) return void fault(`visitor ${number} was closed with ${peer.code}`);
      if (heard.opcode !== TEXT) continue; // a ping may arrive at any moment
      const message = JSON.parse(heard.payload.toString());
      if (message.id !== number) continue;
      if (message.result !== fibonacci(input)) fault(`fibonacci ${input} was answered with ${message.result}`);
      break;
    }
    const leave = number % 5;
    if (leave === 0) await peer.write(closeFrame(1000));
    else if (leave === 1) peer.socket.resetAndDestroy();
    else if (leave === 2) peer.destroy();
    else if (leave === 3) await peer.write(frame(TEXT, 'unmasked', { mask: false }));
    else {
      await peer.write(frame(TEXT, 'half').subarray(0, 5));
      peer.destroy();
    }
    const code = await peer.ended;
    const due = [1000, 1006, 1006, 1002, 1006][leave];
    if (code !== due) fault(`visitor ${number} was closed with ${code}, not ${due}`);
  } catch (error) {
    fault(`visitor ${number}: ${(error as Error).message}`);
  }
}
