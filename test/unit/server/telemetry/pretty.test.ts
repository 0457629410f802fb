// Pretty: what a person reads of each log line.
import { describe, expect, it } from 'vitest';
import { prettifier } from '../../../../src/server/telemetry/pretty.js';

const pretty = prettifier({ hasColors: false });
const line = (fields: object) => JSON.stringify({ level: 'info', time: '2026-11-24T14:03:09.000Z', ...fields });

describe('pretty', () => {
  it('prints fields as name=value, in quotes where they need them, and leaves out those without a value', () => {
    const text = pretty(
      line({
        client: 'user_1',
        agent: null,
        origin: '',
        code: 1000,
        reason: 'so long',
        tls: true,
        msg: 'disconnected',
      }),
    );
    expect(text).toMatch(/^\d\d:\d\d:09 INFO {2}disconnected client=user_1 code=1000 reason="so long" tls=true\n$/);
  });

  it('lets no field write to the terminal', () => {
    const text = pretty(line({ agent: 'a\u001b[2J\u009b\u202eb', other: 'x\ny', msg: 'connected' }));
    expect(text.trimEnd()).not.toMatch(/\p{Cc}|\p{Cf}/u);
    expect(text).toContain('other="x\\ny"');
  });

  it('prints the stack of an error below its line', () => {
    const text = pretty(
      line({ level: 'error', err: { message: 'no', stack: 'Error: no\n    at here' }, msg: 'failed' }),
    );
    expect(text).toMatch(/ERROR failed\n {4}Error: no\n {8}at here\n$/);
  });

  it('has colours only if they are wanted', () => {
    expect(prettifier({ hasColors: true })(line({ msg: 'x' }))).toContain('\u001b[32mINFO');
  });
});
