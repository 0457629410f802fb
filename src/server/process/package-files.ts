// PackageFiles: finds this package's own files, from its sources and from its bundle.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    if (dirname(folder) === folder) throw new Error('the files of wsdemo are not where they were installed');
    folder = dirname(folder);
  }
  return folder;
}

/** The path of a built file: a thread's script, or the page. */
export function distFile(name: string): string {
  return join(findRoot(), 'dist', name);
}
