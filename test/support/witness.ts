// Witness: a well-behaved client next to misbehaving ones. It must get each second once, and correct answers.
import { fibonacci } from '../integration/hostile/fuzz/requests.js';
import { closeFrame, frame, PING, PONG, type ReceivedFrame, TEXT } from './frames.js';
import { RawPeer } from './raw-peer.js';

export interface WitnessOptions {
  /** Further topics; `tick` is always included. */
  topics?: string[];
  /** Requests a number after this many ticks. */
  asksEvery?: number;
  /** Called with each message that is neither a tick nor an answer. */
  heard?: (message: Record<string, unknown>) => void;
}

export class Witness {
  readonly faults: string[] = [];
  ticks = 0;
  answers = 0;
  /** How late each tick arrived after its second began, in milliseconds. */
  lateness: number[] = [];
  id = '';
  peer: RawPeer | undefined;
  readonly #options: WitnessOptions;
  #last: number | undefined;
  readonly #open = new Map<string, number>();
  #asked = 0;
  #isLeaving = false;
  #wakeUp: (() => void)[] = [];

  private constructor(options: WitnessOptions) {
    this.#options = options;
  }

  static async connect(wsUrl: string, options: WitnessOptions = {}, address?: string): Promise<Witness> {
    const witness = new Witness(options);
    const topics = ['tick', ...(options.topics ?? [])].join();
    witness.peer = await RawPeer.open(`${wsUrl}?topics=${topics}`, {
      heard: (heard, peer) => {
        witness.peer = peer; // a tick that comes with the response to the upgrade is answered with a request at once
        witness.#received(heard);
      },
      ...(address === undefined ? {} : { localAddress: address }),
    });
    void witness.peer.ended.then((code) => {
      if (!witness.#isLeaving) witness.faults.push(`${witness.id} was closed with ${code}`);
      witness.#wake();
    });
    return witness;
  }

  ask(input: number): void {
    const id = `w${this.#asked++}`;
    this.#open.set(id, input);
    this.say({ type: 'fibonacci', input, id });
  }

  say(message: object): void {
    this.peer?.socket.write(frame(TEXT, JSON.stringify(message)));
  }

  /** Waits for one more tick and all open answers, then closes. */
  async finish(): Promise<void> {
    const ticks = this.ticks;
    const giveUp = setTimeout(() => {
      const lacks = this.#isLeaving
        ? 'its Close'
        : `${this.ticks > ticks ? '' : 'a tick, '}answers to ${[...this.#open]}`;
      this.faults.push(`${this.id} waited 20 s for ${lacks}`);
      this.peer?.destroy();
    }, 20_000);
    while ((this.ticks === ticks || this.#open.size > 0) && !this.peer?.isOver) {
      await new Promise<void>((resolve) => this.#wakeUp.push(resolve));
    }
    this.#isLeaving = true;
    await this.peer?.write(closeFrame(1000));
    await this.peer?.ended;
    clearTimeout(giveUp);
  }

  #received({ opcode, payload }: ReceivedFrame): void {
    if (opcode === PING) this.peer?.socket.write(frame(PONG, payload));
    if (opcode !== TEXT) return;
    const message = JSON.parse(payload.toString());
    if (message.type === 'tick') this.#tick(message);
    else if (message.type === 'fibonacci') this.#answer(message);
    else if (message.type === 'welcome') this.id = message.client_id;
    else this.#options.heard?.(message);
    this.#wake();
  }

  #tick({ seq, epoch_ms }: { seq: number; epoch_ms: number }): void {
    if (this.#last !== undefined && seq !== this.#last + 1) this.faults.push(`tick ${seq} followed ${this.#last}`);
    this.#last = seq;
    this.ticks += 1;
    this.lateness.push(Date.now() - epoch_ms);
    if (seq % (this.#options.asksEvery ?? 1) === 0) this.ask((seq * 37) % 300);
  }

  #answer({ id, result }: { id: string; result: unknown }): void {
    const input = this.#open.get(id);
    if (input === undefined) this.faults.push(`an answer to ${id}, which was not requested`);
    else if (result !== fibonacci(input)) this.faults.push(`fibonacci ${input} was answered with ${result}`);
    this.#open.delete(id);
    this.answers += 1;
  }

  #wake(): void {
    for (const wake of this.#wakeUp.splice(0)) wake();
  }
}
