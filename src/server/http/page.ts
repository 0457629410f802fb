// Page: serves the page and its files from the build's folder. They are read once and kept in memory.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Handler } from './responses.js';
import { StaticContent } from './static-content.js';

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/**
 * Serves the page itself, which without JavaScript shows the time at which it was loaded. So its text, its ETag and its
 * compressed bytes are made at most once a second.
 *
 * @param time the server's time, to the second
 */
export function servePage(pageDir: string, time: () => string, file = 'index.html'): Handler {
  const template = readFileSync(join(pageDir, file), 'utf8');
  let shown: string | undefined;
  let content: StaticContent | undefined;
  return (request, response) => {
    const now = time();
    if (content === undefined || now !== shown) {
      shown = now;
      const html = Buffer.from(template.replace('<!--time-->', now));
      content = new StaticContent('text/html; charset=utf-8', { gzip: () => gzipSync(html), identity: () => html });
    }
    content.send(request, response);
  };
}

/** Finds the page's other files, which the build has compressed. */
export function serveFiles(pageDir: string): (name: string) => Handler | undefined {
  let files: Map<string, StaticContent> | undefined;
  const load = () => {
    files ??= readFiles(pageDir);
    return files;
  };
  // The start does not wait for them. But they are read before descriptors may run short.
  setImmediate(load);
  return (name) => {
    const file = load().get(name);
    return file && ((request, response) => file.send(request, response));
  };
}

function readFiles(pageDir: string): Map<string, StaticContent> {
  const files = new Map<string, StaticContent>();
  for (const name of readdirSync(pageDir)) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const [br, gzip, identity] = ['.br', '.gz', ''].map((end) => readFileSync(join(pageDir, name + end))) as [
      Buffer,
      Buffer,
      Buffer,
    ];
    files.set(name, new StaticContent(type, { br: () => br, gzip: () => gzip, identity: () => identity }));
  }
  return files;
}
