// Triggers: calls each fault of a step at its moment.
import type { Cancel, Clock } from '../../shared/clock.js';
import type { Fault, Step } from './fault.js';
import { describeFault } from './faults.js';

export class Triggers {
  /** Our messages so far, the one about to be sent included. */
  ours = 0;
  readonly #isEcho: boolean;
  readonly #act: (fault: Fault) => void;
  /** Faults whose moment has not come. */
  #waiting: Fault[];
  readonly #cancels: Cancel[] = [];
  #clients = 0;
  #isOpen = false;

  constructor(step: Step, endpoint: string, act: (fault: Fault) => void) {
    this.#act = act;
    this.#isEcho = endpoint === 'echo';
    this.#waiting = step.filter(({ name }) => describeFault(name).kind !== 'handshake');
  }

  /** The response to the upgrade is on its way: what comes now comes before our first message. */
  opened(): void {
    this.#isOpen = true;
    this.#fire((fault) => fault.moment === undefined);
    this.#fireClients();
  }

  /** The response has been sent: from now on time counts. */
  start(clock: Clock): void {
    for (const fault of this.#waiting) {
      if (fault.moment?.after !== 'time') continue;
      this.#cancels.push(clock.after(fault.moment.ms, () => this.#fire((other) => other === fault)));
    }
  }

  /** Whether a fault waits for a message of the client. */
  get awaitsClient(): boolean {
    return this.#waiting.some(({ moment }) => moment?.after === 'client');
  }

  /** Call before each of our messages. */
  beforeOurs(): void {
    this.ours += 1;
    this.#fire(({ moment }) => moment?.after === 'ours' && moment.n === this.ours);
    // An echo is sent for each message of the client: one after the client's nth message comes before our nth.
    if (this.#isEcho) this.#fire(({ moment }) => moment?.after === 'client' && moment.n === this.ours);
  }

  /** Call after each message of the client, before the server gets it. */
  clientSent(): void {
    this.#clients += 1;
    this.#fireClients();
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#waiting = [];
  }

  #fireClients(): void {
    if (!this.#isOpen) return;
    // On /echo the answers to earlier messages come first, if they are still to be sent.
    const isDue = (n: number) => n <= this.#clients && (!this.#isEcho || this.ours >= n - 1);
    this.#fire(({ moment }) => moment?.after === 'client' && isDue(moment.n));
  }

  #fire(isDue: (fault: Fault) => boolean): void {
    if (this.#waiting.length === 0) return;
    const due = this.#waiting.filter(isDue);
    this.#waiting = this.#waiting.filter((fault) => !due.includes(fault));
    for (const fault of due) this.#act(fault);
  }
}
