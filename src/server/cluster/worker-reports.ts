// WorkerReports: the metrics of all workers for whichever of them is asked. The parent process collects them.
import type { Clock } from '../../shared/clock.js';
import type { MetricsReport } from '../telemetry/metrics.js';
import { SharedScrape } from '../telemetry/shared-scrape.js';
import type { Channel } from './parent-backplane.js';

/** The messages between a worker and its parent. */
type Message =
  /** To the parent: send me the reports of all workers. */
  | { wsdemoMetrics: 'all?'; question: number }
  | { wsdemoMetrics: 'all'; question: number; reports: MetricsReport[] }
  /** To a worker: send me your report. */
  | { wsdemoMetrics: 'own?' }
  | { wsdemoMetrics: 'own'; report: MetricsReport };

/** A worker that has not answered by then is silent: what it said last stands for it. */
const OWN_TIMEOUT_MS = 1000;
const ALL_TIMEOUT_MS = 3000;

/**
 * The worker's side.
 *
 * @param own the report of this process
 * @returns a function that asks the parent for the reports of all workers; rejects if it does not answer
 */
export function allReports(
  channel: Channel,
  clock: Clock,
  own: () => Promise<MetricsReport>,
): () => Promise<MetricsReport[]> {
  const waiting = new Map<number, (reports: MetricsReport[]) => void>();
  let questions = 0;
  const send = (message: Message) => channel.send?.(message, () => {}); // the parent may have ended
  channel.on('message', (message) => {
    const received = message as Message;
    if (received.wsdemoMetrics === 'all') waiting.get(received.question)?.(received.reports);
    // A worker that can't report now is silent.
    else if (received.wsdemoMetrics === 'own?') {
      own().then(
        (report) => send({ wsdemoMetrics: 'own', report }),
        () => {},
      );
    }
  });
  return () => {
    const question = ++questions;
    return new Promise<MetricsReport[]>((resolve, reject) => {
      const cancel = clock.after(ALL_TIMEOUT_MS, () => reject(new Error('the parent process does not answer')));
      waiting.set(question, (reports) => {
        cancel();
        resolve(reports);
      });
      send({ wsdemoMetrics: 'all?', question });
    }).finally(() => waiting.delete(question));
  };
}

interface Entry {
  /** What the worker said last. */
  last: MetricsReport;
  answered: () => void;
}

/** The parent's side. */
export class WorkerReports {
  readonly #clock: Clock;
  readonly #workers = new Map<Channel, Entry>();
  /** What ended workers have counted: a sum must not fall, or Prometheus would see a restart of all. */
  readonly #ended: MetricsReport[] = [];
  #merging = Promise.resolve();
  /** However many workers are asked at once, each is asked once. */
  readonly #collection: SharedScrape<MetricsReport[]>;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#collection = new SharedScrape(clock, () => this.#collect());
  }

  /** Adds a worker. Returns a function to call when it has ended. */
  add(channel: Channel): () => void {
    const entry: Entry = { last: [], answered() {} };
    this.#workers.set(channel, entry);
    channel.on('message', (message) => {
      const received = message as Message;
      if (received.wsdemoMetrics === 'own') {
        entry.last = received.report;
        entry.answered();
      } else if (received.wsdemoMetrics === 'all?') {
        const { question } = received;
        void this.#collection
          .ask()
          .then((reports) => channel.send?.({ wsdemoMetrics: 'all', question, reports } satisfies Message, () => {}));
      }
    });
    return () => {
      this.#workers.delete(channel);
      entry.answered();
      this.#ended.push(entry.last.filter((metric) => !isGauge(metric)));
      // If its code can't be loaded, the list is only longer.
      this.#merging = this.#merging.then(() => this.#merge()).catch(() => {});
    };
  }

  /** Makes one report of those of all ended workers. */
  async #merge(): Promise<void> {
    const { length } = this.#ended;
    if (length < 2) return;
    const { mergeReports } = await import('../telemetry/metrics.js');
    const merged = await mergeReports(this.#ended.slice(0, length)).getMetricsAsJSON();
    this.#ended.splice(0, length, merged);
  }

  async #collect(): Promise<MetricsReport[]> {
    const entries = [...this.#workers];
    await Promise.all(entries.map(([channel, entry]) => this.#ask(channel, entry)));
    return [...entries.map(([, { last }]) => last), ...this.#ended];
  }

  #ask(channel: Channel, entry: Entry): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(OWN_TIMEOUT_MS, resolve);
      entry.answered = () => {
        cancel();
        resolve();
      };
      channel.send?.({ wsdemoMetrics: 'own?' } satisfies Message, () => {});
    });
  }
}

/** The types of prom-client say that this is a number. */
function isGauge({ type }: MetricsReport[number]): boolean {
  return String(type) === 'gauge';
}
