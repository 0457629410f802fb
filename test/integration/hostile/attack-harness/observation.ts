// Observation: what well-behaved clients see of a server, and what the system reports about its process. It runs in its own
// process (observer-main.ts), so that the load of the attack does not delay it.
import { readFileSync, statSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { CLOSE, frame, PING, PONG, type ReceivedFrame, TEXT } from '../../../support/frames.js';
import { RawPeer } from '../../../support/raw-peer.js';

export interface Watched {
  url: string;
  pid: number;
  /** The log file of the server. */
  logFile: string | undefined;
  headers: string[];
}

export interface Observed {
  /** The length of the observation. */
  seconds: number;
  ticks: number;
  gapMs: number;
  missed: number;
  lateP99Ms: number;
  answerMs: number;
  healthMs: number;
  healthFailed: number;
  /** Witnesses that lost their connection. */
  witnessesCut: number;
  rss: { before: number; peak: number; after: number };
  /** Bytes in the worst second. */
  logBytesPerSecond: number;
  /** The longest delay of a timer of the observer: the noise of the machine. */
  noiseMs: number;
}

/** The witnesses have their own address, so that limits for the addresses of the attackers do not affect them. */
const ADDRESS = '127.9.9.9';
const SAMPLE_MS = 50;
const HEALTH_EVERY_MS = 200;
const LOG_WINDOW_MS = 1000;
const NOISE_TIMER_MS = 10;
/** A tick with at most this delay is punctual. */
const PUNCTUAL_MS = 250;
const SYNC = frame(TEXT, '{"type":"sync","t0":0}');

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function residentMiB(pid: number): number {
  // statm is shorter than status, so it is cheaper to read 20 times a second.
  return (Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * 4096) / 2 ** 20;
}

/** A client that gets ticks and sends a request after each. */
class Witness {
  peer: RawPeer | undefined;
  isCut = false;
  lastTickAt = performance.now();
  gapMs = 0;
  answerMs = 0;
  askedAt: number | undefined;
  punctual = 0;
  lateness: number[] = [];
  heard = new Set<number>();

  async connect({ url, headers }: Watched): Promise<void> {
    this.peer = await RawPeer.open(`${url.replace('http', 'ws')}ws?topics=tick`, {
      headers,
      localAddress: ADDRESS,
      heard: (heard) => this.#received(heard),
    });
    void this.peer.ended.then(() => {
      this.isCut = true;
    });
  }

  reset(): void {
    this.gapMs = 0;
    this.answerMs = 0;
    this.lateness = [];
    this.heard.clear();
  }

  /** The longest gap, including the current one. */
  get gap(): number {
    return Math.max(this.gapMs, performance.now() - this.lastTickAt);
  }

  get answer(): number {
    return Math.max(this.answerMs, this.askedAt === undefined ? 0 : performance.now() - this.askedAt);
  }

  #received({ opcode, payload }: ReceivedFrame): void {
    if (opcode === PING) this.peer?.socket.write(frame(PONG, payload));
    if (opcode === CLOSE) this.peer?.socket.end(frame(CLOSE, payload));
    if (opcode !== TEXT) return;
    const { type, epoch_ms } = JSON.parse(payload.toString()) as { type: string; epoch_ms: number };
    const now = performance.now();
    if (type === 'sync' && this.askedAt !== undefined) {
      this.answerMs = Math.max(this.answerMs, now - this.askedAt);
      this.askedAt = undefined;
    }
    if (type !== 'tick') return;
    const late = Date.now() - epoch_ms;
    this.gapMs = Math.max(this.gapMs, now - this.lastTickAt);
    this.lastTickAt = now;
    this.lateness.push(late);
    this.heard.add(epoch_ms);
    this.punctual = late < PUNCTUAL_MS ? this.punctual + 1 : 0;
    if (this.askedAt === undefined) {
      this.askedAt = now;
      this.peer?.socket.write(SYNC);
    }
  }
}

export class Observation {
  readonly #watched: Watched;
  readonly #witnesses: Witness[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  #isOver = false;
  #beganAt = 0;
  #beganEpoch = 0;
  #rss = { before: 0, peak: 0 };
  #log: [at: number, size: number][] = [];
  #logMost = 0;
  #health = { most: 0, failed: 0, since: undefined as number | undefined };
  #noise = 0;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** Adds a witness: one before the other clients and one after them, because they are served in that order. */
  async join(): Promise<void> {
    const witness = new Witness();
    await witness.connect(this.#watched);
    this.#witnesses.push(witness);
  }

  /** Records the state before the attack, and starts to count. */
  begin(): void {
    let due = performance.now() + NOISE_TIMER_MS;
    this.#timers.push(
      setInterval(() => {
        const now = performance.now();
        this.#noise = Math.max(this.#noise, now - due);
        due = now + NOISE_TIMER_MS;
      }, NOISE_TIMER_MS),
      setInterval(() => this.#sample(), SAMPLE_MS),
    );
    void this.#pollHealth();
    this.#rss = { before: residentMiB(this.#watched.pid), peak: 0 };
    this.#logMost = 0;
    this.#health = { most: 0, failed: 0, since: this.#health.since };
    this.#noise = 0;
    for (const witness of this.#witnesses) witness.reset();
    this.#beganAt = performance.now();
    this.#beganEpoch = Date.now();
  }

  /** Resolves when all witnesses have received this many punctual ticks in a row, or when the time is over. */
  async settled(withinMs: number, ticks: number): Promise<boolean> {
    for (const witness of this.#witnesses) witness.punctual = 0;
    const until = performance.now() + withinMs;
    const isSettled = () => this.#witnesses.every(({ punctual, isCut }) => isCut || punctual >= ticks);
    while (!isSettled() && performance.now() < until) await sleep(SAMPLE_MS);
    return isSettled();
  }

  /** Resolves when memory has shrunk, or when the time is over. */
  async back(keptMiB: number, withinMs: number): Promise<void> {
    const until = performance.now() + withinMs;
    while (performance.now() < until && this.#resident() > this.#rss.before + keptMiB) await sleep(SAMPLE_MS);
  }

  report(): Observed {
    this.#sample();
    const all = <T>(read: (witness: Witness) => T) => this.#witnesses.map(read);
    const lateness = all(({ lateness }) => lateness).flat();
    lateness.sort((a, b) => a - b);
    const { before, peak } = this.#rss;
    return {
      seconds: (performance.now() - this.#beganAt) / 1000,
      ticks: Math.min(...all(({ lateness }) => lateness.length)),
      gapMs: Math.max(...all(({ gap }) => gap)),
      missed: Math.max(...all((witness) => this.#missedBy(witness))),
      lateP99Ms: lateness[Math.ceil(lateness.length * 0.99) - 1] ?? Number.POSITIVE_INFINITY,
      answerMs: Math.max(...all(({ answer }) => answer)),
      healthMs: Math.max(
        this.#health.most,
        this.#health.since === undefined ? 0 : performance.now() - this.#health.since,
      ),
      healthFailed: this.#health.failed,
      witnessesCut: all(({ isCut }) => isCut).filter(Boolean).length,
      rss: { before, peak, after: this.#resident() },
      logBytesPerSecond: this.#logMost,
      noiseMs: this.#noise,
    };
  }

  end(): void {
    this.#isOver = true;
    for (const timer of this.#timers) clearInterval(timer);
    for (const { peer } of this.#witnesses) peer?.destroy();
  }

  /** Seconds that began during the observation and for which a witness got no tick. The current one may still arrive. */
  #missedBy({ heard }: Witness): number {
    let missed = 0;
    const first = Math.ceil(this.#beganEpoch / 1000) * 1000;
    for (let second = first; second < Date.now() - 1000; second += 1000) if (!heard.has(second)) missed += 1;
    return missed;
  }

  #resident(): number {
    try {
      return residentMiB(this.#watched.pid);
    } catch {
      return Number.NaN; // the process has ended, which no limit allows
    }
  }

  #sample(): void {
    this.#rss.peak = Math.max(this.#rss.peak, this.#resident());
    const { logFile } = this.#watched;
    if (logFile === undefined) return;
    const now = performance.now();
    const { size } = statSync(logFile);
    this.#log.push([now, size]);
    while ((this.#log[1]?.[0] ?? now) <= now - LOG_WINDOW_MS) this.#log.shift();
    const [at, before] = this.#log[0] ?? [now, size];
    this.#logMost = Math.max(this.#logMost, ((size - before) * LOG_WINDOW_MS) / Math.max(LOG_WINDOW_MS, now - at));
  }

  async #pollHealth(): Promise<void> {
    while (!this.#isOver) {
      const since = performance.now();
      this.#health.since = since;
      const isWell = await getHealth(this.#watched.url);
      if (this.#isOver) return;
      if (!isWell) this.#health.failed += 1;
      this.#health.most = Math.max(this.#health.most, performance.now() - since);
      this.#health.since = undefined;
      await sleep(HEALTH_EVERY_MS);
    }
  }
}

/** Whether /health was answered with 200. */
export function getHealth(url: string): Promise<boolean> {
  const request = url.startsWith('https') ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const asked = request(
      `${url}health`,
      { agent: false, localAddress: ADDRESS, rejectUnauthorized: false },
      (response) => {
        response.resume();
        response.on('close', () => resolve(response.statusCode === 200));
      },
    );
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
