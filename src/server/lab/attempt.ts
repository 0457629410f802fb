// Attempt: one upgrade of a case and the connection after it: what the lab did, and what the client did.
import type { Clock } from '../../shared/clock.js';
import type { SeenRequest } from './seen-request.js';

/** Of events that a client can cause without end, so many are kept. */
const MAX_EVENTS = 100;

interface ControlFrame {
  at_ms: number;
  /** As UTF-8, with what is not UTF-8 replaced. */
  payload: string;
}

/** As GET /lab/case/ID shows it. Times are milliseconds since the case's first attempt. */
export interface AttemptReport {
  attempt: number;
  /** When the request had arrived. */
  at_ms: number;
  endpoint: string;
  /** The step of the plan, such as `close:1012@2s`, or `ok`. */
  step: string;
  request: SeenRequest;
  /** Which faults acted, and when. */
  faults: { fault: string; at_ms: number }[];
  /** The HTTP status of the answer; null until there is one. */
  status: number | null;
  opened_ms: number | null;
  client: {
    /** Whole messages, and the bytes of their payloads. */
    messages: number;
    bytes: number;
    pings: number;
    pongs: ControlFrame[];
    /** The first Close frame of the client; `code` is 1005 if it had none. */
    close: { code: number; reason: string; at_ms: number } | null;
  };
  /** Bytes sent to the client. */
  sent_bytes: number;
  /** How the connection ended: who ended TCP first, and how. */
  end: { by: 'client' | 'server'; how: 'fin' | 'rst'; at_ms: number } | null;
}

export class Attempt {
  readonly report: AttemptReport;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #onGrowth: (bytes: number) => void;

  /**
   * @param startedAt when the case's first attempt came, on the monotonic clock
   * @param onGrowth called with the memory that the report takes, a part at a time
   */
  constructor(
    clock: Clock,
    startedAt: number,
    onGrowth: (bytes: number) => void,
    about: Pick<AttemptReport, 'attempt' | 'endpoint' | 'step' | 'request'>,
  ) {
    this.#clock = clock;
    this.#startedAt = startedAt;
    this.#onGrowth = onGrowth;
    this.report = {
      attempt: about.attempt,
      at_ms: this.#now(),
      endpoint: about.endpoint,
      step: about.step,
      request: about.request,
      faults: [],
      status: null,
      opened_ms: null,
      client: { messages: 0, bytes: 0, pings: 0, pongs: [], close: null },
      sent_bytes: 0,
      end: null,
    };
    onGrowth(JSON.stringify(this.report).length);
  }

  acted(fault: string): void {
    this.#push(this.report.faults, { fault, at_ms: this.#now() });
  }

  answered(status: number): void {
    this.report.status = status;
  }

  /** The whole response to the upgrade has been sent. */
  opened(): void {
    this.report.opened_ms = this.#now();
  }

  sent(bytes: number): void {
    this.report.sent_bytes += bytes;
  }

  message(bytes: number): void {
    this.report.client.messages += 1;
    this.report.client.bytes += bytes;
  }

  pinged(): void {
    this.report.client.pings += 1;
  }

  ponged(payload: Buffer): void {
    this.#push(this.report.client.pongs, { at_ms: this.#now(), payload: payload.toString() });
  }

  closed(payload: Buffer): void {
    const code = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
    this.report.client.close ??= { code, reason: payload.subarray(2).toString(), at_ms: this.#now() };
  }

  ended(by: 'client' | 'server', how: 'fin' | 'rst'): void {
    this.report.end ??= { by, how, at_ms: this.#now() };
  }

  #now(): number {
    return Math.round(this.#clock.elapsed() - this.#startedAt);
  }

  #push<T>(list: T[], item: T): void {
    if (list.length >= MAX_EVENTS) return;
    list.push(item);
    this.#onGrowth(JSON.stringify(item).length);
  }
}
