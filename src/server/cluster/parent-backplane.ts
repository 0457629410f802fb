// ParentBackplane: a worker's way to the room in the memory of its parent process, and the parent's side of it.
import type { Backplane, Batch, Introduction } from './backplane.js';
import type { MemoryBackplane } from './memory-room.js';

/** The calls that cross the channel. */
const METHODS = ['join', 'beat', 'snapshot', 'publish', 'read', 'reserve', 'claim', 'leave'] as const;
type Method = (typeof METHODS)[number];

interface Call {
  wsdemoCall: number;
  method: Method;
  args: unknown[];
}

interface Reply {
  wsdemoReply: number;
  value?: unknown;
  error?: string;
}

/** A process's channel to its parent or child. */
export interface Channel {
  /** Undefined once the channel is closed. */
  send?: ((message: object, callback: (error: Error | null) => void) => unknown) | undefined;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

export class ParentBackplane implements Backplane {
  readonly #channel: Channel;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #calls = 0;

  constructor(channel: Channel) {
    this.#channel = channel;
    channel.on('message', (message) => this.#answered(message as Reply));
  }

  async open(): Promise<void> {
    if (!this.#channel.send) throw new Error('the parent process has gone');
  }

  close(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('closed'));
    this.#waiting.clear();
  }

  join = (server: Introduction) => this.#call<Awaited<ReturnType<Backplane['join']>>>('join', server);
  beat = (key: string, users: number) => this.#call<Awaited<ReturnType<Backplane['beat']>>>('beat', key, users);
  snapshot = (key: string) => this.#call<Awaited<ReturnType<Backplane['snapshot']>>>('snapshot', key);
  publish = (key: string, batch: Batch) => this.#call<number | undefined>('publish', key, batch);
  read = (position: string) => this.#call<Awaited<ReturnType<Backplane['read']>>>('read', position);
  reserve = (count: number, floor: number) => this.#call<{ from: number; until: number }>('reserve', count, floor);
  claim = (key: string, hash: string) => this.#call<Awaited<ReturnType<Backplane['claim']>>>('claim', key, hash);
  leave = (key: string) => this.#call<void>('leave', key);

  #call<T>(method: Method, ...args: unknown[]): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const wsdemoCall = ++this.#calls;
      this.#waiting.set(wsdemoCall, { resolve, reject });
      const call: Call = { wsdemoCall, method, args };
      this.#channel.send?.(call, (error) => error && reject(error));
    });
  }

  #answered({ wsdemoReply, value, error }: Reply): void {
    const waiting = this.#waiting.get(wsdemoReply);
    if (!waiting) return;
    this.#waiting.delete(wsdemoReply);
    if (error === undefined) waiting.resolve(value as never);
    else waiting.reject(new Error(error));
  }
}

/**
 * Answers the calls of a worker.
 *
 * @returns a function that returns the key under which the worker has joined the room, if it has
 */
export function answerWorker(channel: Channel, room: MemoryBackplane): () => string | undefined {
  let key: string | undefined;
  channel.on('message', async (message) => {
    const { wsdemoCall, method, args } = message as Call;
    if (wsdemoCall === undefined || !METHODS.includes(method)) return;
    if (method === 'join') key = (args[0] as Introduction).key;
    const reply: Reply = { wsdemoReply: wsdemoCall };
    try {
      reply.value = await (room[method] as (...args: unknown[]) => Promise<unknown>)(...args);
    } catch (error) {
      reply.error = (error as Error).message;
    }
    channel.send?.(reply, () => {}); // the worker may have ended meanwhile
  });
  return () => key;
}
