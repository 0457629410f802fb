import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const common = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 15_000 } },
};

/** Measure lateness, memory or load, or judge times of their own, so nothing else may run beside them. */
const ALONE = 'test/integration/{hostile,soak,check,cluster}/**/*.test.ts';

/** They wait for time limits, and a client beside them must only miss no second. */
const WAITING = 'test/integration/hostile/{conformance/*,descriptors,ghost,http-edges}.test.ts';

/** Take longest, so they start first: else the last one would run alone in the end. */
const LONG = ['proxies/idle', 'package/release', 'page/outage', 'documents/commands', 'package/package'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return place < 0 ? LONG.length : place;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    coverage: { include: ['src/**', 'public/**/*.ts'], reporter: ['text-summary', 'html'] },
    projects: [
      {
        // The inner loop: needs no build, no root and no Debian package, and takes seconds.
        // Not its warnings of source maps that packages lack.
        logLevel: 'error',
        test: {
          ...common,
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          pool: 'threads',
          isolate: false,
          // It imports JSON as only bundlers do.
          server: { deps: { inline: [/@actions/] } },
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Analyses and property tests: as the unit tests, but each takes seconds.
        test: {
          ...common,
          name: 'thorough',
          include: ['test/thorough/**/*.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Mostly waits for timeouts, browsers, terminals and processes: two cores serve three files.
        test: {
          ...common,
          name: 'integration',
          include: ['test/integration/!(hostile|soak|check|cluster)/**/*.test.ts', WAITING],
          globalSetup: 'test/support/build.ts',
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // One file at a time.
        test: {
          ...common,
          name: 'load',
          include: [ALONE],
          exclude: [WAITING],
          globalSetup: 'test/support/build.ts',
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
