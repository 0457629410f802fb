// Lab: plays faults on the connections of the clients that ask for them (`serve --lab`). Loaded only then.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../shared/clock.js';
import type { Refusal } from '../access/refusal.js';
import type { Intercepted, UpgradeInterceptor } from '../connections/upgrade-interceptor.js';
import { type Handler, refuseUpgrade } from '../http/responses.js';
import type { Scheduler } from '../scheduling/scheduler.js';
import type { Counters } from '../telemetry/counters.js';
import type { Log } from '../telemetry/log.js';
import type { Attempt } from './attempt.js';
import { Cases } from './cases.js';
import { Chance } from './chance.js';
import { acceptDeflate } from './deflate.js';
import type { Fault, Step } from './fault.js';
import { MAX_DURATION_MS } from './faults.js';
import { faultNamed, JUNK } from './handshake.js';
import { type LabRequest, readLabRequest } from './lab-request.js';
import { LabRoutes } from './lab-routes.js';
import { LabSocket } from './lab-socket.js';
import { PlanError } from './plan.js';
import { seenRequest } from './seen-request.js';

export interface LabOptions {
  clock: Clock;
  log: Log;
  counters: Counters;
  scheduler: Scheduler;
  /** A source of numbers from 0 to 1, 1 excluded, for seeds. */
  random: () => number;
  /** Bytes of the longest message on /ws and on /echo. */
  maxMessage: number;
  maxEcho: number;
  /** The prefix of all routes. */
  basePath: string;
  /** The folder with the built page. */
  pageDir: string;
}

/** Connections with faults at once; one more gets 503. */
export const MAX_LAB_CONNECTIONS = 100;
/** A client that has ended its direction while we hang is kept so long. */
const LINGER_MS = 5000;

export class Lab implements UpgradeInterceptor {
  readonly #options: LabOptions;
  readonly #cases: Cases;
  readonly #routes: LabRoutes;
  readonly #sockets = new Set<Socket>();

  constructor(options: LabOptions) {
    this.#options = options;
    this.#cases = new Cases(options.clock);
    this.#routes = new LabRoutes({ ...options, cases: this.#cases });
  }

  endpointOf(path: string): string | undefined {
    return path === 'ws' || path === 'echo' ? path : this.#routes.isShortPath(path) ? 'echo' : undefined;
  }

  handlerOf(path: string): Handler | undefined {
    return this.#routes.handlerOf(path);
  }

  check(path: string, request: IncomingMessage): Refusal | undefined {
    const asked = this.#read(path, request);
    if (asked instanceof PlanError) return { reason: 'lab-plan', status: 400, text: asked.message };
    if (!asked) return undefined;
    if (this.#sockets.size >= MAX_LAB_CONNECTIONS) {
      const text = `${MAX_LAB_CONNECTIONS} lab connections are open, which is the most; try again later`;
      return { reason: 'lab-full', status: 503, text, retryAfter: 5 };
    }
    if (request.headers.upgrade !== undefined) return undefined;
    // A plain request for the address is answered as the last upgrade was, so that a page can read what its browser hides.
    const { step } = this.#stepOf(asked, Math.max(1, this.#countOf(asked)));
    const status = faultNamed(step, 'status');
    return status && refusalOf(status);
  }

  intercept(
    path: string,
    endpoint: string,
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
  ): Intercepted | undefined {
    const asked = this.#read(path, request);
    if (!asked || asked instanceof PlanError) return { socket, head };
    if (socket.destroyed) return undefined; // the client left while ids were reserved: nobody would notice its end
    const number = this.#countOf(asked) + 1;
    const { step, chance, seed } = this.#stepOf(asked, number);
    const text = step.map((fault) => fault.text).join(',') || 'ok';
    const seen = seenRequest(request);
    const about = { endpoint, step: text, request: seen };
    const attempt = asked.caseId === undefined ? undefined : this.#cases.begin(asked.caseId, seed, asked.plan, about);
    const { log } = this.#options;
    log.info(
      { address: seen.remote_address, fault: text, seed, case: asked.caseId, attempt: number },
      'lab connection',
    );
    this.#open(socket);
    if (this.#refuse(step, request, socket, attempt)) return undefined;
    const { clock, scheduler, maxMessage, maxEcho } = this.#options;
    if (head.length > 0) socket.unshift(head);
    const lab = new LabSocket(socket, {
      clock,
      scheduler,
      endpoint,
      step,
      chance,
      attempt,
      agreement: faultNamed(step, 'deflate') && acceptDeflate(request.headers['sec-websocket-extensions'] ?? ''),
      maxMessage: endpoint === 'echo' ? maxEcho : maxMessage,
      onAct: (fault) => this.#count(fault),
      onGone: () => this.#sockets.delete(socket),
    });
    return { socket: lab as unknown as Socket, head: Buffer.alloc(0) };
  }

  stop(): void {
    this.#cases.stop();
    for (const socket of this.#sockets) socket.destroy();
  }

  #read(path: string, request: IncomingMessage): LabRequest | PlanError | undefined {
    const endpoint = this.endpointOf(path);
    try {
      return endpoint === undefined ? undefined : readLabRequest(endpoint, this.#routes.planOf(path), request);
    } catch (error) {
      if (error instanceof PlanError) return error;
      throw error;
    }
  }

  #countOf({ caseId }: LabRequest): number {
    return caseId === undefined ? 0 : this.#cases.countOf(caseId);
  }

  /** The step of an attempt, without the faults that don't happen this time. */
  #stepOf(
    { steps, caseId = '', seed: asked }: LabRequest,
    attempt: number,
  ): { step: Step; chance: Chance; seed: number } {
    const seed = asked ?? this.#cases.seedOf(caseId) ?? Math.floor(this.#options.random() * 2 ** 32);
    const chance = new Chance(seed, caseId, attempt);
    const step = steps[Math.min(attempt, steps.length) - 1] ?? [];
    return { step: chance.drawn(step), chance, seed };
  }

  #open(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #count({ name }: Fault): void {
    this.#options.counters.add('lab_faults', name);
  }

  /** Plays a fault that comes instead of the connection; returns false if there is none. */
  #refuse(step: Step, request: IncomingMessage, socket: Socket, attempt: Attempt | undefined): boolean {
    const [fault] = step.filter(({ name }) => ['status', 'redirect', 'junk', 'hang'].includes(name));
    if (!fault) return false;
    this.#count(fault);
    attempt?.acted(fault.text);
    socket.on('end', () => attempt?.ended('client', 'fin'));
    socket.on('error', () => attempt?.ended('client', 'rst'));
    const before = socket.bytesWritten; // the connection may have served other requests
    socket.on('close', () => {
      attempt?.sent(socket.bytesWritten - before);
      attempt?.ended('server', 'fin');
    });
    if (fault.name === 'status') {
      const refusal = refusalOf(fault);
      attempt?.answered(refusal.status);
      refuseUpgrade(socket, refusal);
    } else if (fault.name === 'redirect') {
      attempt?.answered(302);
      refuseUpgrade(socket, { status: 302, text: 'see Location', location: this.#routes.withoutFault(request) });
    } else if (fault.name === 'junk') socket.end(JUNK, () => socket.destroySoon());
    else this.#hang(socket);
    return true;
  }

  /** Reads, so that the client's end is noticed, and never answers. */
  #hang(socket: Socket): void {
    const { clock } = this.#options;
    const cancels = [clock.after(MAX_DURATION_MS, () => socket.destroy())];
    socket.on('end', () => cancels.push(clock.after(LINGER_MS, () => socket.destroy())));
    socket.on('close', () => {
      for (const cancel of cancels) cancel();
    });
    socket.resume();
  }
}

function refusalOf({ args }: Fault): Refusal {
  const retryAfter = args.RETRY as number | undefined;
  return {
    reason: 'lab-status',
    status: args.N as number,
    text: 'the lab answers so because it was asked to',
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}
