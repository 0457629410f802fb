// Sends random requests and random frames to a server in its own process, next to a witness that must notice nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeMessage } from '../../../../src/shared/protocol/codec.js';
import { BINARY, closeFrame, frame, PING, type ReceivedFrame, TEXT } from '../../../support/frames.js';
import { openDescriptors, residentMiB } from '../../../support/process-facts.js';
import { quietServer } from '../../../support/quiet-server.js';
import { Random } from '../../../support/random.js';
import { RawPeer } from '../../../support/raw-peer.js';
import { sqlite3 } from '../../../support/sqlite3.js';
import { Witness } from '../../../support/witness.js';
import { line, MAX_BYTES, sequence } from './frames.js';
import { type RequestCase, requestCase } from './requests.js';

export interface FuzzReport {
  requests: number;
  frames: number;
  connections: number;
  seconds: number;
  ticks: number;
  /** The faults found, each with what is needed to reproduce it. */
  faults: string[];
  descriptors: { before: number; after: number };
  /** Resident memory after a tenth of the cases, and at the end. */
  memoryMiB: { warm: number; end: number };
}

/** How many of ten cases are frames. */
const FRAMES_SHARE = 0.1;
const BATCH = 500;
const MAX_FAULTS = 20;
const PATIENCE_MS = 60_000;

export async function fuzz(
  cases: number,
  seed: number,
  progress: (done: number) => void = () => {},
): Promise<FuzzReport> {
  const cwd = mkdtempSync(join(tmpdir(), 'wsdemo-fuzz-'));
  const limits = ['--max-echo', '--max-message'].flatMap((flag) => [flag, String(MAX_BYTES)]);
  const many = '1000000';
  const fast = ['--rate', many, '--burst', many, '--max-connections-per-ip', '5000'];
  for (const flag of ['--chat-rate', '--chat-burst', '--room-chat-rate', '--room-chat-burst']) fast.push(flag, many);
  const server = await quietServer(cwd, [...limits, ...fast]);
  const { command, pid, wsUrl } = server;
  const started = Date.now();
  const faults: string[] = [];
  const fault = (text: string) => faults.length < MAX_FAULTS && faults.push(text);
  let isOver = false;
  void command.ended.then(({ code, signal, stderr }) => {
    if (!isOver) fault(`the server ended with ${code ?? signal}: ${stderr.slice(-2000)}`);
  });
  const before = openDescriptors(pid);
  const witness = await Witness.connect(wsUrl);
  const report = { requests: 0, frames: 0, connections: 0 };
  const memoryMiB = { warm: 0, end: 0 };
  const share = cases * FRAMES_SHARE;
  const goesOn = () => {
    const done = report.requests + report.frames;
    if (memoryMiB.warm === 0 && done >= cases / 10 && command.child.exitCode === null)
      memoryMiB.warm = residentMiB(pid);
    progress(done);
    return faults.length === 0;
  };

  async function frames(lane: number): Promise<void> {
    for (let i = 0; goesOn() && report.frames < share; i++) {
      const own = (seed + lane * 1_000_003 + i * 7_919) >>> 0;
      const random = new Random(own);
      const isEcho = random.chance(0.75);
      const { cases: count, bytes, expected, hangsUp } = sequence(random);
      const peer = await RawPeer.open(isEcho ? wsUrl.replace(/ws$/, 'echo') : `${wsUrl}?topics=`);
      await writeInCuts(peer, bytes, random);
      if (hangsUp) {
        if (random.chance(0.5)) peer.socket.resetAndDestroy();
        else peer.destroy();
      } else {
        const heard = (await within(peer.rest(), `frames of seed ${own}`)).filter(({ opcode }) => opcode !== PING);
        const lines = heard.map(({ opcode, payload }) => line(opcode, payload));
        // On /ws the replies are our JSON, which the other lanes check.
        const isKept = (each: string) => isEcho || !/^[12] /.test(each);
        const [came, due] = [lines.filter(isKept), expected.filter(isKept)];
        const at = due.findIndex((each, n) => each !== came[n]);
        if (at >= 0 || came.length > due.length) {
          const where = at < 0 ? due.length : at;
          fault(
            `frames of seed ${own} on ${isEcho ? 'echo' : 'ws'}, ${where} of ${due.length}: ${came[where]}, not ${due[where]}`,
          );
        }
      }
      report.frames += count;
      report.connections += 1;
    }
  }

  async function requests(lane: number): Promise<void> {
    const random = new Random(seed + lane);
    let exam: Exam | undefined;
    let own = '';
    const peer = await RawPeer.open(`${wsUrl}?topics=`, {
      heard(heard) {
        if (own === '') own = JSON.parse(heard.payload.toString()).client_id;
        else exam?.received(heard);
      },
    });
    let isLeaving = false;
    const lost = peer.ended.then((code) => {
      if (!isLeaving) fault(`a connection for requests was closed with ${code}`);
    });
    for (let number = 1_000_000 * (lane + 1); goesOn() && report.requests < cases - share; number += BATCH) {
      const batch = Array.from({ length: BATCH }, (_, i) => requestCase(random, number + i));
      exam = new Exam(batch, () => own, fault);
      await writeInCuts(
        peer,
        Buffer.concat(
          batch.map(({ data }) => frame(typeof data === 'string' ? TEXT : BINARY, data, { mask: random.bytes(4) })),
        ),
        random,
      );
      await within(
        Promise.race([exam.passed, lost]),
        `requests of seed ${seed} and lane ${lane}, ${number} and on; open: ${exam.open}`,
      );
      report.requests += BATCH;
    }
    isLeaving = true;
    await peer.write(closeFrame(1000));
    await peer.ended;
  }

  async function within<T>(work: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s: ${what}`)), PATIENCE_MS);
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
  }

  try {
    await Promise.all([requests(1), requests(2), frames(1), frames(2), frames(3)]);
    await within(witness.finish(), 'the witness');
    memoryMiB.end = residentMiB(pid);
    const online = () => sqlite3(join(cwd, 'wsdemo.db'), 'select count(*) from connected_users');
    // Rows and descriptors of disconnected clients disappear shortly after.
    for (let i = 0; i < 100 && (Number(online()) > 0 || openDescriptors(pid) > before + 8); i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    if (Number(online()) > 0) fault(`rows are left: ${online()}`);
    if ((await server.online()) !== 0) fault(`users are left: ${await server.online()}`);
    const [error] = server.errors();
    if (error) fault(`the server logged ${server.errors().length} errors, such as ${error}`);
  } catch (error) {
    fault(String((error as Error).message));
  }
  const after = command.child.exitCode === null ? openDescriptors(pid) : 0;
  isOver = true;
  command.kill('SIGKILL');
  await command.ended;
  rmSync(cwd, { recursive: true });
  const seconds = (Date.now() - started) / 1000;
  return {
    ...report,
    seconds,
    ticks: witness.ticks,
    faults: [...faults, ...witness.faults],
    descriptors: { before, after },
    memoryMiB,
  };
}

/** Sends the bytes in random pieces, each in its own write. */
async function writeInCuts(peer: RawPeer, bytes: Buffer, random: Random): Promise<void> {
  const cuts = Array.from({ length: random.upTo(4) }, () => random.upTo(bytes.length + 1)).sort((a, b) => a - b);
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    if (peer.isOver) return;
    peer.socket.write(bytes.subarray(from, to));
    await new Promise(setImmediate);
    from = to;
  }
}

/** Checks the replies to one batch of requests: one for each, with the expected members. */
class Exam {
  readonly passed: Promise<void>;
  readonly #own: () => string;
  readonly #fault: (text: string) => void;
  /** Open cases by id; those without an id together. */
  readonly #byId = new Map<unknown, RequestCase[]>();
  #open: number;
  #pass: () => void = () => {};

  /** @param own the id of the client */
  constructor(batch: RequestCase[], own: () => string, fault: (text: string) => void) {
    this.#own = own;
    this.#fault = fault;
    this.#open = batch.length;
    for (const each of batch) this.#byId.set(each.id, [...(this.#byId.get(each.id) ?? []), each]);
    this.passed = new Promise((resolve) => {
      this.#pass = resolve;
    });
  }

  get open(): number {
    return this.#open;
  }

  received({ opcode, payload }: ReceivedFrame): void {
    if (opcode !== TEXT) return;
    const text = payload.toString();
    const message = decodeMessage(text) as ({ id?: unknown } & Record<string, unknown>) | undefined;
    if (!message) this.#fault(`a message outside the protocol: ${text.slice(0, 500)}`);
    else if (isReply(message, this.#own())) this.#mark(message, text);
  }

  #mark(message: { id?: unknown } & Record<string, unknown>, text: string): void {
    const open = this.#byId.get(message.id);
    const right = open?.findIndex(({ reply }) => reply && fits(message, reply)) ?? -1;
    const found = right >= 0 ? right : (open?.findIndex(({ reply }) => !reply) ?? -1);
    if (!open || found === -1) {
      this.#fault(`a reply that fits no request: ${text.slice(0, 500)} (${open?.map(({ data }) => data).join('\n')})`);
      return;
    }
    open.splice(found, 1);
    this.#open -= 1;
    if (this.#open === 0) this.#pass();
  }
}

/** Broadcasts are not replies, except the sender's own chat line. */
function isReply({ type, from }: Record<string, unknown>, own: string): boolean {
  if (['time', 'tick', 'presence'].includes(type as string)) return false;
  return type !== 'chat' || from === own;
}

/** Whether a valid request got the expected reply, or was refused as too busy. */
function fits(message: Record<string, unknown>, reply: Record<string, unknown>): boolean {
  if (message.type === 'error' && message.code === 'too_busy') return true;
  return Object.entries(reply).every(([name, value]) => message[name] === value);
}
