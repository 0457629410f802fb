import { expect, it } from 'vitest';
import { SessionRecord } from '../../../../src/tui/screen/session-record.js';

it('keeps the newest events within its bound', () => {
  const record = new SessionRecord(1000);
  for (let i = 0; i < 5000; i += 1) record.add(`{"n":${i}}`);
  const lines = record.text.trimEnd().split('\n');
  expect(lines.at(-1)).toBe('{"n":4999}');
  expect(lines).toHaveLength(record.size);
  expect(lines.join('').length).toBeLessThanOrEqual(1000);
  expect(record.size).toBe(100);
});

it('keeps one event of any size', () => {
  const record = new SessionRecord(10);
  record.add('x'.repeat(50));
  expect(record.size).toBe(1);
});
