import { defineConfig } from 'vitest/config';

const common = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 15_000 } },
};

const ALONE = [
  'test/integration/{hostile,soak}/**/*.test.ts',
  // Judges times of its own.
  'test/integration/check/*.test.ts',
  // Each starts several servers, which have seconds to find each other again.
  'test/integration/cluster/*.test.ts',
  // Compile and install, which would slow down the others.
  'test/integration/{package/*,foreign/examples}.test.ts',
];

export default defineConfig({
  test: {
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
        // Mostly waits for timeouts, browsers, terminals and processes, so that several files run side by side.
        test: {
          ...common,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: ALONE,
          globalSetup: 'test/support/build.ts',
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // Measures time, lateness and memory, so nothing else may run beside it.
        test: {
          ...common,
          name: 'load',
          include: ALONE,
          globalSetup: 'test/support/build.ts',
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
