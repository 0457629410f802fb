// The metrics of several workers as one, over channels in memory.
import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import type { Channel } from '../../../../src/server/cluster/parent-backplane.js';
import { allReports, WorkerReports } from '../../../../src/server/cluster/worker-reports.js';
import { type MetricsReport, mergeReports } from '../../../../src/server/telemetry/metrics.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { Scrape } from '../../../support/scrape.js';

/** The two ends of a channel; messages arrive as JSON, as between processes. */
function channel() {
  const [parent, worker] = [new EventEmitter(), new EventEmitter()];
  const to = (other: EventEmitter) => (message: object) => {
    const text = JSON.stringify(message);
    queueMicrotask(() => other.emit('message', JSON.parse(text)));
  };
  return [Object.assign(parent, { send: to(worker) }), Object.assign(worker, { send: to(parent) })] as [
    Channel,
    Channel,
  ];
}

const report = (ticks: number, users: number) =>
  [
    { name: 'ticks_total', help: 'h', type: 'counter', aggregator: 'sum', values: [{ labels: {}, value: ticks }] },
    { name: 'users', help: 'h', type: 'gauge', aggregator: 'sum', values: [{ labels: {}, value: users }] },
    { name: 'room', help: 'h', type: 'gauge', aggregator: 'max', values: [{ labels: {}, value: 7 }] },
  ] as unknown as MetricsReport;

function setUp() {
  const clock = new FakeClock();
  const reports = new WorkerReports(clock);
  const worker = (own: () => Promise<MetricsReport>) => {
    const [ours, theirs] = channel();
    return { ended: reports.add(ours), ask: allReports(theirs, clock, own) };
  };
  const read = async (asked: Promise<MetricsReport[]>) => {
    const scrape = new Scrape(await mergeReports(await asked).metrics());
    return ['ticks_total', 'users', 'room'].map((name) => scrape.value(name));
  };
  return { clock, worker, read };
}

const settle = () => new Promise(setImmediate);
const silent = () => new Promise<MetricsReport>(() => {});

it('adds up what the workers count, and takes what all share once', async () => {
  const { worker, read } = setUp();
  const first = worker(async () => report(10, 1));
  worker(async () => report(20, 2));
  expect(await read(first.ask())).toEqual([30, 3, 7]);
});

it('keeps what ended workers have counted, so that no sum falls, but not their users', async () => {
  const { worker, read, clock } = setUp();
  const first = worker(async () => report(10, 1));
  for (let sum = 10, ticks = 1; ticks <= 4; ticks++) {
    const next = worker(async () => report(ticks, 5));
    sum += ticks;
    clock.advance(100);
    expect(await read(first.ask())).toEqual([sum, 6, 7]);
    next.ended();
    clock.advance(100);
    expect(await read(first.ask())).toEqual([sum, 1, 7]);
    await settle();
  }
});

it('takes the last report of a worker that does not answer', async () => {
  const { worker, read, clock } = setUp();
  let answer: () => Promise<MetricsReport> = async () => report(20, 2);
  const first = worker(async () => report(10, 1));
  worker(() => answer());
  await first.ask();
  answer = silent;
  clock.advance(100);
  const asked = read(first.ask());
  await settle();
  clock.advance(1000);
  expect(await asked).toEqual([30, 3, 7]);
});

it('asks each worker once for all who ask at the same time', async () => {
  const { worker, clock } = setUp();
  let times = 0;
  const own = async () => {
    times += 1;
    return report(1, 1);
  };
  const workers = [worker(own), worker(own)];
  await Promise.all(workers.map(({ ask }) => ask()));
  const later = Promise.all([...workers, ...workers].map(({ ask }) => ask()));
  await settle();
  clock.advance(100);
  await later;
  expect(times).toBe(4);
});

it('says so if the parent does not answer', async () => {
  const clock = new FakeClock();
  const [, theirs] = channel();
  const asked = allReports(theirs, clock, silent)();
  clock.advance(3000);
  await expect(asked).rejects.toThrow('the parent process does not answer');
});
