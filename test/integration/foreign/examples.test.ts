// The suites of examples/ as a user runs them, against the built command.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const env = {
  ...process.env,
  WSDEMO: `${process.execPath} ${root}dist/wsdemo.cjs`,
  NO_COLOR: '1',
  VITEST: '',
  PYTHONDONTWRITEBYTECODE: '1',
};

it('examples/vitest', async () => {
  const vitest = `${root}node_modules/vitest/vitest.mjs`;
  const { stdout } = await run(process.execPath, [vitest, 'run', '--root', `${root}examples/vitest`], { env });
  expect(stdout).toMatch(/Tests\s+6 passed \(6\)/);
});

it('examples/pytest', async () => {
  const { stdout } = await run(
    '/usr/bin/python3',
    ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', `${root}examples/pytest`],
    { env },
  );
  expect(stdout).toMatch(/7 passed/);
});
