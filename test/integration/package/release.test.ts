// A release for real, in a copy of the repository: what it refuses, what it makes, and that its tag gives the same bytes again.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../support/packed.js';

const AUTHOR = { name: 'A Releaser', email: 'releaser@example.com' };
const env = {
  ...process.env,
  GIT_AUTHOR_NAME: AUTHOR.name,
  GIT_AUTHOR_EMAIL: AUTHOR.email,
  GIT_COMMITTER_NAME: AUTHOR.name,
  GIT_COMMITTER_EMAIL: AUTHOR.email,
};
const LEFT_OUT = /^(node_modules|dist|release|coverage|\.git)$/;

let folder: string;
let repository: string;
let temporary: string;

/** Runs a command in the repository, and returns what it prints. */
function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd: repository, env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

function release(...args: string[]): { status: number | null; output: string } {
  const options = { cwd: repository, env: { ...env, TMPDIR: temporary }, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'release', '--', ...args], options);
  return { status, output: stdout + stderr };
}

const readText = (path: string) => readFileSync(join(repository, path), 'utf8');
const readJson = (path: string) => JSON.parse(readText(path));

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'wsdemo-release-test-')));
  repository = join(folder, 'repository');
  temporary = join(folder, 'temporary');
  mkdirSync(repository);
  mkdirSync(temporary);
  for (const name of readdirSync(root)) {
    if (!LEFT_OUT.test(name)) cpSync(join(root, name), join(repository, name), { recursive: true });
  }
  // The next version, whichever is being worked on.
  run('npm', 'version', '0.7.1', '--no-git-tag-version', '--allow-same-version', '--ignore-scripts');
  run('npm', 'pkg', 'set', 'repository.type=git', 'repository.url=git+https://github.com/OWNER/NAME.git');
  writeFileSync(join(repository, 'CHANGELOG.md'), '# Changelog\n\n## Unreleased\n\n### Added\n- A release.\n');
  run('git', 'init', '--quiet', '--initial-branch', 'main');
  run('git', 'add', '.');
  run('git', 'commit', '--quiet', '--message', 'All so far');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a release is refused', () => {
  it.each([
    [['huge'], 'huge is no version; say patch, minor, major or a version such as 1.2.3'],
    [['minor', 'major'], 'minor major is no version'],
    [['--go'], 'say which version: npm run release -- --go minor'],
    [['--now'], "Unknown option '--now'"],
    [['--artifacts'], 'this is not v0.7.1; run git checkout v0.7.1'],
  ])('with %j', (args, sentence) => {
    const { status, output } = release(...args);
    expect(output).toContain(`release: ${sentence}`);
    expect(status).toBe(1);
  });

  it('with all that stands against it', () => {
    run('git', 'tag', 'v0.8.0');
    run('git', 'switch', '--quiet', '--create', 'other');
    writeFileSync(join(repository, 'CHANGELOG.md'), '# Changelog\n\n## Unreleased\n');
    const before = run('git', 'status', '--porcelain');
    const { status, output } = release('--go', 'minor');
    expect(output.split('\n')).toEqual([
      '- files are not committed; commit or stash them:',
      'M CHANGELOG.md',
      '- a release is made on main, but this is other; run git switch main',
      '- the tag v0.8.0 exists; choose another version',
      '- CHANGELOG.md has nothing under "## Unreleased"; say there what is new',
      'release: nothing was changed',
      '',
    ]);
    expect(status).toBe(1);
    expect(run('git', 'status', '--porcelain')).toBe(before);
    run('git', 'restore', '.');
    run('git', 'switch', '--quiet', 'main');
    run('git', 'tag', '--delete', 'v0.8.0');
  });

  it('if its tests fail, which run if they have not passed with the same files', () => {
    run('npm', 'pkg', 'set', 'scripts.test=exit 1');
    run('git', 'commit', '--quiet', '--all', '--message', 'Fail');
    const { status, output } = release('--go', 'minor');
    expect(output).toContain('npm test has not passed with these files; it runs now');
    expect(output).toContain('release: npm test failed; nothing was changed');
    expect(status).toBe(1);
    expect(run('git', 'tag')).toBe('');
    run('git', 'reset', '--quiet', '--hard', 'HEAD~1');
  });

  it('and leaves nothing behind', () => {
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(repository)).not.toContain('release');
  });
});

describe('a release', () => {
  let sums: string;
  beforeAll(() => {
    run('node', '--eval', "import('./scripts/tested.js').then((tested) => tested.recordTested(tested.cleanTree()))");
    const { status, output } = release('--go', 'minor');
    expect(output).toContain('committed and tagged v0.8.0, files in release/0.8.0; publish: git push --follow-tags');
    expect(status).toBe(0);
    sums = readText('release/0.8.0/SHA256SUMS');
    mkdirSync(join(folder, 'unpacked'));
    run('tar', 'xzf', 'release/0.8.0/wsdemo-0.8.0.tgz', '--strip-components', '1', '-C', join(folder, 'unpacked'));
  }, 600_000);

  it('is one commit with the version in each place and the day in the changelog', () => {
    expect(run('git', 'log', '--format=%s')).toBe('Release 0.8.0\nAll so far');
    expect(run('git', 'status', '--porcelain')).toBe('');
    expect(run('git', 'show', '--name-only', '--format=').split('\n')).toEqual([
      'CHANGELOG.md',
      'asyncapi.json',
      'package-lock.json',
      'package.json',
    ]);
    const lock = readJson('package-lock.json');
    const versions = [readJson('package.json').version, lock.version, lock.packages[''].version];
    expect([...versions, readJson('asyncapi.json').info.version]).toEqual(Array(4).fill('0.8.0'));
    expect(readText('CHANGELOG.md')).toMatch(
      /^# Changelog\n\n## Unreleased\n\n## 0\.8\.0 - \d{4}-\d\d-\d\d\n\n### Added\n- A release\.\n$/,
    );
  });

  it('has an annotated tag with the notes', () => {
    expect(run('git', 'cat-file', '-t', 'v0.8.0')).toBe('tag');
    expect(run('git', 'rev-parse', 'v0.8.0^{commit}')).toBe(run('git', 'rev-parse', 'HEAD'));
    expect(run('git', 'tag', '--list', '--format=%(contents)')).toBe('### Added\n- A release.');
  });

  it('has files with the right checksums, and a temporary folder no more', () => {
    expect(readdirSync(join(repository, 'release/0.8.0')).sort()).toEqual([
      'NOTES.md',
      'SHA256SUMS',
      'wsdemo-0.8.0.cdx.json',
      'wsdemo-0.8.0.tgz',
    ]);
    const checked = execFileSync('sha256sum', ['--check', 'SHA256SUMS'], { cwd: join(repository, 'release/0.8.0') });
    expect(checked.toString().match(/: OK$/gm)).toHaveLength(3);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('has a package of that version, with native parts for both kinds of machines', () => {
    const unpacked = join(folder, 'unpacked');
    expect(run('node', join(unpacked, 'dist/wsdemo.cjs'), '--version')).toBe('0.8.0');
    // The number of the machine in the header of an ELF file.
    const machines = readdirSync(join(unpacked, 'dist'))
      .filter((name) => name.endsWith('.node'))
      .map((name) => [name, readFileSync(join(unpacked, 'dist', name)).readUInt16LE(18)]);
    const [x64, arm64] = [62, 183];
    expect(Object.fromEntries(machines)).toEqual({
      'lock.linux-arm64.node': arm64,
      'lock.linux-x64.node': x64,
      'send.linux-arm64.node': arm64,
      'send.linux-x64.node': x64,
      'trim.linux-arm64.node': arm64,
      'trim.linux-x64.node': x64,
    });
  });

  it('has native parts for ARM that need nothing but the C library and Node-API', () => {
    const [arm64 = '', x64 = ''] = ['arm64', 'x64'].map((arch) =>
      ['lock', 'send', 'trim']
        .map((name) =>
          run('aarch64-linux-gnu-nm', '-D', '-P', join(folder, `unpacked/dist/${name}.linux-${arch}.node`)),
        )
        .join('\n'),
    );
    const symbols = (text: string) => text.split('\n').map((line) => line.split(' ').slice(0, 2).join(' '));
    expect(symbols(arm64)).toContain('napi_create_function U');
    expect(symbols(arm64).sort()).toEqual(symbols(x64).sort());
  });

  it('has a bill of materials with every package that is bundled, and what an install adds', () => {
    const bill = readJson('release/0.8.0/wsdemo-0.8.0.cdx.json');
    expect(bill).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { component: { name: 'wsdemo', version: '0.8.0' } },
    });
    const isBundled = ({ properties }: { properties: { name: string }[] }) =>
      properties.some(({ name }) => name === 'cdx:npm:package:bundled');
    const names = (components: { name: string }[]) => [...new Set(components.map(({ name }) => name))];
    expect(names(bill.components.filter(isBundled))).toEqual(expect.arrayContaining(['react', 'ws', 'commander']));
    const needed = names(bill.components.filter((component: never) => !isBundled(component)));
    expect(needed).toContain('better-sqlite3');
    for (const tool of ['vitest', 'typescript', 'tsup']) expect(names(bill.components)).not.toContain(tool);
    for (const { name, licenses, hashes } of bill.components) {
      expect([name, licenses?.length > 0, hashes?.length > 0]).toEqual([name, true, true]);
    }
    // The bundler's names of modules that were CommonJS, which no list of ours is made of.
    const dist = join(folder, 'unpacked/dist');
    const seen = readdirSync(dist)
      .filter((name) => /\.c?js$/.test(name))
      .flatMap((name) => [
        ...readFileSync(join(dist, name), 'utf8').matchAll(/"node_modules\/((?:@[^/"]+\/)?[^/"]+)\//g),
      ])
      .map(([, name]) => name);
    expect(new Set(seen).size).toBeGreaterThan(20);
    expect(names(bill.components)).toEqual(expect.arrayContaining([...new Set(seen)]));
  });

  it('gives the same bytes again from its tag, as the workflow of a publication builds it', () => {
    run('git', 'checkout', '--quiet', 'v0.8.0');
    run('cp', '-a', join(root, 'node_modules'), 'node_modules');
    rmSync(join(repository, 'release'), { recursive: true });
    const { status, output } = release('--artifacts');
    expect(output).toContain(sums);
    expect(status).toBe(0);
    expect(readText('release/0.8.0/SHA256SUMS')).toBe(sums);
  }, 600_000);

  it('is not built for a publication if package.json does not say where the repository is', () => {
    run('npm', 'pkg', 'delete', 'repository');
    run('git', 'commit', '--quiet', '--all', '--message', 'No address');
    run('git', 'tag', '--force', 'v0.8.0');
    const { status, output } = release('--artifacts');
    expect(output).toContain(
      'release: package.json does not say where its repository is, which provenance needs; run: npm pkg set',
    );
    expect(status).toBe(1);
  });
});
