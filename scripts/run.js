// Run: starts a program of the tests' that is written in TypeScript, such as the soak: `node scripts/run.js FILE …`.
// By vite, which vitest runs the tests with.
import { runnerImport } from 'vite';

const [file = ''] = process.argv.splice(2, 1);
await runnerImport(file, { configFile: false, logLevel: 'error' });
