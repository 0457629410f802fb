import { expect, it } from 'vitest';
import { SharedScrape } from '../../../../src/server/telemetry/shared-scrape.js';
import { FakeClock } from '../../../support/fake-clock.js';

const settled = () => new Promise(setImmediate);

it('is shared by all requests made before it begins, and never answers a request made later', async () => {
  const clock = new FakeClock();
  let count = 0;
  const scrape = new SharedScrape(clock, async () => `scrape ${++count}`);
  const texts: string[] = [];
  const ask = () => scrape.ask().then((text) => texts.push(text));

  for (let i = 0; i < 3; i++) ask();
  await settled();
  expect(texts.splice(0)).toEqual(Array(3).fill('scrape 1'));

  for (let i = 0; i < 2; i++) ask();
  clock.advance(99);
  ask();
  await settled();
  expect(texts).toEqual([]);
  clock.advance(1);
  await settled();
  expect(texts.splice(0)).toEqual(Array(3).fill('scrape 2'));

  clock.advance(1000);
  ask();
  await settled();
  expect([texts, count]).toEqual([['scrape 3'], 3]);
});

it('fails for everyone who waits for it, and the next request tries again', async () => {
  const clock = new FakeClock();
  let isBroken = true;
  const scrape = new SharedScrape(clock, async () => {
    if (isBroken) throw new Error('no descriptors');
    return 'fine';
  });
  const asked = await Promise.allSettled([scrape.ask(), scrape.ask()]);
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isBroken = false;
  const next = scrape.ask();
  clock.advance(100);
  expect(await next).toBe('fine');
});
