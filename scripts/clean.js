// Clean: removes the last build. Not by tsup's `clean`: its builds run in parallel, and one would delete what another has written.
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
