// The walls of ARCHITECTURE.md: who may import whom, and what the core may not touch.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Source {
  file: string;
  text: string;
  /** What it imports: a path from the root, or a package's name. Types don't count where `withTypes` is false. */
  imports: { from: string; typeOnly: boolean }[];
}

function sources(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => {
      const file = join(folder, name);
      const text = readFileSync(join(root, file), 'utf8');
      const found = text.matchAll(
        /(?:^|\n)(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|\nimport\s+'([^']+)'/g,
      );
      const imports = [...found].map(([, type, from, lazy, bare]) => ({
        from: resolve(file, from ?? lazy ?? bare ?? ''),
        typeOnly: type !== undefined,
      }));
      return { file, text, imports };
    });
}

function resolve(file: string, from: string): string {
  return from.startsWith('.') ? relative(root, join(root, dirname(file), from)) : from;
}

const shared = sources('src/shared');
const server = sources('src/server');
const tui = sources('src/tui');
const page = sources('public');
const bin = sources('bin');
const importersOf = (name: string) =>
  [...shared, ...server, ...tui, ...page, ...bin]
    .filter(({ imports }) => imports.some(({ from }) => from === name))
    .map(({ file }) => file);

describe('walls', () => {
  it('finds the sources and their imports', () => {
    for (const part of [shared, server, tui, page, bin]) expect(part.length).toBeGreaterThan(2);
    expect(importersOf('valibot')).toContain('src/shared/protocol/messages.ts');
  });

  it('shared imports only itself and the schema library: no Node module, since it runs in a browser', () => {
    for (const { file, imports } of shared) {
      for (const { from } of imports) expect(from, file).toMatch(/^(src\/shared\/|valibot$)/);
    }
  });

  it('the page uses shared and itself', () => {
    for (const { file, imports } of page) {
      for (const { from } of imports) expect(from, file).toMatch(/^(src\/shared\/|public\/)/);
    }
  });

  it('server and terminal never meet', () => {
    for (const { file, imports } of server)
      for (const { from } of imports) expect(from, file).not.toMatch(/^(src\/tui|public|bin)/);
    for (const { file, imports } of tui)
      for (const { from } of imports) expect(from, file).not.toMatch(/^(src\/server|public|bin)/);
  });

  it('a command loads nothing of its own before it runs but options', () => {
    for (const { file, text } of bin) {
      const eager = [...text.matchAll(/^import (?!type)[^;]*from '([^']+)';$/gm)].map(([, from = '']) => from);
      for (const from of eager) {
        expect(from, file).toMatch(
          /^(node:\w+|commander|\.\/\w+\.js|\.\.\/package\.json|\.\.\/src\/(server|tui)\/options\.js|\.\.\/src\/server\/(access\/token-rule|access\/forwarded-header|telemetry\/log)\.js|\.\.\/src\/shared\/[\w/-]+\.js)$/,
        );
      }
    }
  });

  it.each([
    ['ws', ['src/server/ws/server-socket.ts', 'src/server/ws/websocket-endpoint.ts', 'src/tui/network/connector.ts']],
    ['better-sqlite3', ['src/server/db/sqlite.ts']],
    ['pino', ['src/server/telemetry/logger.ts']],
    ['workerpool', ['src/server/fibonacci/fibonacci-worker.ts', 'src/server/fibonacci/threads.ts']],
  ])('%s is imported by %j alone', (name, files) => {
    expect(importersOf(name)).toEqual(files);
  });

  it('the core is given its clock, its randomness and its log', () => {
    const edges = new Set(['src/shared/system-clock.ts']);
    const core = [
      ...shared.filter(({ file }) => !edges.has(file)),
      ...server.filter(({ file }) =>
        /\/(hub|session|ticker|presence|client-registry|table-sync|keepalive|resumption|broadcaster|fibonacci|fair-queue|error-reporter|counters|language|texts|health|scheduler|chat|frame-reader|frame-writer|memory-budget|memory-release|log-limiter|shared-scrape|client-address|admission|client-info)\.ts$/.test(
          file,
        ),
      ),
    ];
    expect(core.length).toBeGreaterThan(15);
    for (const { file, text } of core) {
      const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      expect(code, file).not.toMatch(
        /\b(Date\.now|new Date\(\)|setTimeout|setInterval|Math\.random|process\.|console\.|performance\.)/,
      );
    }
  });
});
