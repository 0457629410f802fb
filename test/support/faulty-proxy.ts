// FaultyProxy: stands between a client and a WebSocket server, and does one thing or another wrong.
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { closePayload } from '../../src/check/net/client-frames.js';
import { splitHead } from '../../src/check/net/response-head.js';
import { OPCODE, type ServerFrame, ServerFrameReader } from '../../src/check/net/server-frames.js';
import type { Faults } from './faults.js';
import { frame } from './frames.js';

export type { Faults };

export class FaultyProxy {
  readonly #server: Server;
  readonly #to: number;
  readonly #faults: Faults;
  readonly #pairs = new Set<Pair>();
  readonly #reload: NodeJS.Timeout | undefined;
  /** The head of the first answer. */
  cached: string | undefined;

  private constructor(to: number, faults: Faults) {
    this.#to = to;
    this.#faults = faults;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#relay(client));
    if (faults.reloadMs !== undefined) this.#reload = setTimeout(() => this.cutAll(), faults.reloadMs);
  }

  /** @param to the server's port on this machine */
  static async open(to: number, faults: Faults): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(to, faults);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  cutAll(): void {
    for (const pair of this.#pairs) pair.cut();
  }

  async close(): Promise<void> {
    clearTimeout(this.#reload);
    this.cutAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #relay(client: Socket): void {
    const pair = new Pair(
      client,
      connect({ port: this.#to, host: '127.0.0.1', allowHalfOpen: true }),
      this.#faults,
      this,
    );
    this.#pairs.add(pair);
    client.on('close', () => this.#pairs.delete(pair));
  }
}

class Pair {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #faults: Faults;
  #held: Buffer[] = [];
  #fragments: ServerFrame[] = [];
  #idle: NodeJS.Timeout | undefined;
  #life: NodeJS.Timeout | undefined;

  constructor(client: Socket, server: Socket, faults: Faults, proxy: FaultyProxy) {
    this.#client = client;
    this.#server = server;
    this.#faults = faults;
    for (const socket of [client, server]) socket.on('error', () => {}).on('close', () => this.cut());
    client.on('end', () => (faults.dropsHalfClose ? this.cut() : server.end()));
    server.on('end', () => this.#write(() => client.end()));
    const { rewrites = unchanged, rewritesBack = unchanged } = faults;
    behindHead(
      client,
      (head) => server.write(rewrites(without(head, faults.strips))),
      (each) => this.#fromClient(each),
    );
    behindHead(
      server,
      (head) => {
        const isUpgraded = head.startsWith('HTTP/1.1 101');
        if (isUpgraded) proxy.cached ??= head;
        client.write(rewritesBack(faults.caches && isUpgraded ? (proxy.cached as string) : head));
        if (faults.lifeMs !== undefined) this.#life = setTimeout(() => this.cut(), faults.lifeMs);
        this.#traffic();
      },
      (each) => this.#fromServer(each),
      (bytes) => client.write(bytes),
    );
  }

  cut(): void {
    clearTimeout(this.#idle);
    clearTimeout(this.#life);
    this.#client.destroy();
    this.#server.destroy();
  }

  #traffic(each?: ServerFrame): void {
    const { idleMs, countsAsTraffic = () => true } = this.#faults;
    if (idleMs === undefined || (each && !countsAsTraffic(each))) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.cut(), idleMs);
  }

  #fromClient(each: ServerFrame): void {
    const { answersPings, answersWrong, swallows, closesWithFin } = this.#faults;
    this.#traffic(each);
    if (each.opcode === OPCODE.ping && (answersPings || answersWrong)) {
      this.#client.write(frame(OPCODE.pong, answersWrong ? 'wrong' : each.payload, { mask: false }));
    } else if (each.opcode === OPCODE.close && closesWithFin) {
      this.cut();
    } else if (this.#isRefused(each)) {
      this.#refuse();
    } else if (!swallows?.(each)) {
      this.#server.write(frame(each.opcode, each.payload, { fin: each.fin, rsv: each.rsv }));
    }
  }

  #isRefused({ opcode, payload }: ServerFrame): boolean {
    const { maxMessage } = this.#faults;
    if (!maxMessage || opcode >= OPCODE.close) return false;
    return maxMessage.with === 1003 ? opcode === OPCODE.binary : payload.length > maxMessage.bytes;
  }

  #refuse(): void {
    const code = this.#faults.maxMessage?.with;
    if (typeof code !== 'number') this.cut();
    else if (this.#client.writable) this.#client.end(frame(OPCODE.close, closePayload(code), { mask: false }));
  }

  #fromServer(original: ServerFrame): void {
    const { alters, swallowsBack, closesWithFin } = this.#faults;
    this.#traffic(original);
    if (swallowsBack?.(original)) return;
    const each = this.#join({ ...original, ...alters?.(original) });
    if (!each) return;
    if (each.opcode === OPCODE.close && closesWithFin) this.#write(() => this.cut());
    else this.#write(() => this.#hold(each));
  }

  /** The whole message, where it joins; undefined while parts are missing. */
  #join(each: ServerFrame): ServerFrame | undefined {
    if (!this.#faults.joins || each.opcode >= OPCODE.close) return each;
    this.#fragments.push(each);
    if (!each.fin) return undefined;
    const parts = this.#fragments.splice(0);
    return { ...(parts[0] as ServerFrame), fin: true, payload: Buffer.concat(parts.map(({ payload }) => payload)) };
  }

  #hold({ opcode, payload, fin, rsv }: ServerFrame): void {
    const { holdsBytes = 0, closeCode } = this.#faults;
    const reason = payload.subarray(2).toString();
    const isRewritten = opcode === OPCODE.close && closeCode !== undefined;
    const sent = isRewritten ? closePayload(closeCode, reason) : payload;
    this.#held.push(frame(opcode, sent, { fin, rsv, mask: false }));
    const bytes = Buffer.concat(this.#held);
    if (opcode < OPCODE.close && bytes.length < holdsBytes) return;
    this.#held = [];
    if (this.#client.writable) this.#client.write(bytes);
  }

  /** In order, and late where that is the fault. */
  #write(run: () => void): void {
    const { delayMs } = this.#faults;
    if (delayMs === undefined) run();
    else setTimeout(run, delayMs);
  }
}

/**
 * Hands on the head of an HTTP message with its empty line, then the frames behind it.
 *
 * @param onBody takes what is behind an answer that is not a 101
 */
function behindHead(
  socket: Socket,
  onHead: (head: string) => void,
  onFrame: (frame: ServerFrame) => void,
  onBody?: (bytes: Buffer) => void,
): void {
  const reader = new ServerFrameReader();
  let head = Buffer.alloc(0);
  let isOpen = false;
  let isBody = false;
  socket.on('data', (chunk: Buffer) => {
    let bytes = chunk;
    if (!isOpen) {
      head = Buffer.concat([head, chunk]);
      const split = splitHead(head);
      if (!split) return;
      isOpen = true;
      onHead(`${split.head}\r\n\r\n`);
      bytes = split.rest;
      isBody = onBody !== undefined && !split.head.startsWith('HTTP/1.1 101');
    }
    if (isBody) return void onBody?.(bytes);
    for (const each of reader.push(bytes, 0)) onFrame(each);
  });
}

const unchanged = (head: string) => head;

function without(head: string, name: string | undefined): string {
  if (name === undefined) return head;
  const lines = head.split('\r\n').filter((line) => !line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return lines.join('\r\n');
}
