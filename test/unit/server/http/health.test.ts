import { describe, expect, it } from 'vitest';
import { reportHealth, reportReadiness } from '../../../../src/server/http/health.js';

const healthy = {
  version: '1.2.3',
  activeUsers: 0,
  uptimeMs: 1500,
  isStopping: false,
  database: { status: 'pass' as const },
};

describe('readiness', () => {
  it('passes while the server serves', () => {
    expect(reportReadiness(reportHealth(healthy), false)).toEqual({ status: 'pass' });
  });

  it('passes while only the database or the other servers are missing: everything is served', () => {
    const database = { status: 'warn' as const, output: 'the disk is full' };
    expect(reportReadiness(reportHealth({ ...healthy, database }), false)).toEqual({ status: 'pass' });
  });

  it('fails with a reason while the server starts or stops', () => {
    expect(reportReadiness(reportHealth(healthy), true)).toEqual({ status: 'fail', output: 'the server is starting' });
    expect(reportReadiness(reportHealth({ ...healthy, isStopping: true }), false)).toEqual({
      status: 'fail',
      output: 'the server is stopping',
    });
  });
});
