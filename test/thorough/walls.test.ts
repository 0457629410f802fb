// The boundaries in ARCHITECTURE.md. dependency-cruiser checks imports (.dependency-cruiser.cjs); the rest is here.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');

interface Source {
  file: string;
  text: string;
}

function sources(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => ({ file: join(folder, name), text: readFileSync(join(root, folder, name), 'utf8') }));
}

describe('imports', () => {
  it('have no cycles, and go one way between folders', async () => {
    const { options, forbidden } = config;
    const tsConfig = extractTSConfig(join(root, 'tsconfig.json'));
    const { output } = await cruise(
      ['src', 'public', 'bin'],
      { ...options, baseDir: root, validate: true, ruleSet: { forbidden } },
      undefined,
      { tsConfig },
    );
    const { summary, modules } = output as ICruiseResult;
    expect(modules.length).toBeGreaterThan(150);
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
  });

  it('of a command are limited to options and light rules until it runs', () => {
    for (const { file, text } of sources('bin')) {
      const eager = [...text.matchAll(/^import (?!type)[^;]*from '([^']+)';$/gm)].map(([, from = '']) => from);
      for (const from of eager) {
        expect(from, file).toMatch(
          /^(node:\w+|commander|\.\/[\w-]+\.js|\.\.\/package\.json|\.\.\/src\/(server|tui|check)\/options\.js|\.\.\/src\/server\/(option-rules|access\/token-rule|access\/forwarded-header|cluster\/worker|telemetry\/log)\.js|\.\.\/src\/shared\/[\w/-]+\.js)$/,
        );
      }
    }
  });
});

describe('the core', () => {
  const edges = new Set(['src/shared/system-clock.ts', 'src/client/node.ts', 'src/client/browser.ts']);
  const core = [
    ...sources('src/shared'),
    ...sources('src/client'),
    ...sources('src/server/room'),
    ...sources('src/server/scheduling'),
    ...sources('src/server/connections'),
    ...sources('src/server').filter(({ file }) =>
      /\/(client-registry|table-sync|keepalive|frame-reader|frame-writer|fibonacci|memory-budget|memory-release|log-limiter|log-writer|counters|histogram|error-reporter|shared-scrape|client-address|connection-limiter|admission|client-info|health)\.ts$/.test(
        file,
      ),
    ),
  ].filter(({ file }) => !edges.has(file));

  it('gets its clock, random numbers and log as parameters', () => {
    expect(core.length).toBeGreaterThan(45);
    for (const { file, text } of core) {
      const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      expect(code, file).not.toMatch(
        /\b(Date\.now|new Date\(\)|setTimeout|setInterval|Math\.random|process\.|console\.|performance\.)/,
      );
    }
  });
});
