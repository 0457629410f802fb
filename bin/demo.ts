// `wsdemo demo`: a server on a free port of this machine, and the client on it, until the client ends.
import { Command } from 'commander';
import { DEFAULTS } from '../src/server/options.js';

/** Time to close the client's connection when the demo ends. */
const DRAIN_SECONDS = 1;
/** Nothing should keep the process once both have ended. */
const LINGER_MS = 500;

const ignore = () => {};

export function demoCommand(): Command {
  return new Command('demo')
    .description('ten seconds of wsdemo: a server on a free port, in memory, and the screen on it')
    .addHelpText('after', '\nIn a pipe it prints what `wsdemo connect` prints: echo 90 | wsdemo demo\n')
    .action(async () => {
      const [{ serve }, { connect }] = await Promise.all([
        import('../src/server/serve.js'),
        import('../src/tui/connect.js'),
      ]);
      // The screen says what happens, so the server keeps no log.
      const log = { debug: ignore, info: ignore, warn: ignore, error: ignore, isLevelEnabled: () => false };
      const server = await serve({
        ...DEFAULTS,
        host: '127.0.0.1',
        port: 0,
        db: ':memory:',
        lang: process.env.LANG?.startsWith('pt') ? 'pt-BR' : 'en',
        drainSeconds: DRAIN_SECONDS,
        log,
      });
      process.exitCode = await connect(`${server.url.replace('http', 'ws')}ws`, {});
      await server.close();
      setTimeout(() => process.exit(), LINGER_MS).unref();
    });
}
