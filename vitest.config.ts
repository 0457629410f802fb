import { defineConfig } from 'vitest/config';

const shared = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 15_000 } },
};

export default defineConfig({
  test: {
    projects: [
      {
        // Needs no build, no root and no Debian package: the inner loop.
        test: {
          ...shared,
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Mostly waits: for timeouts, browsers, terminals and processes.
        test: {
          ...shared,
          name: 'integration',
          include: ['test/integration/**/*.test.{ts,tsx}'],
          exclude: ['test/integration/hostile/**', 'test/integration/soak/**', 'test/integration/bench.test.ts'],
          globalSetup: 'test/support/build.ts',
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Measures lateness and memory, so nothing else may run beside it.
        test: {
          ...shared,
          name: 'load',
          include: ['test/integration/{hostile,soak}/**/*.test.ts', 'test/integration/bench.test.ts'],
          globalSetup: 'test/support/build.ts',
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
