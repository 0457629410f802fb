// Program: the `wsdemo` command line. Loads a command's code only when that command runs.
import { Command, CommanderError } from 'commander';
import { version } from '../package.json';
import { checkCommand } from './check.js';
import { completionCommand } from './completion.js';
import { connectCommand } from './connect.js';
import { demoCommand } from './demo.js';
import { serveCommand } from './serve.js';

/** @param argv as in `process.argv`; the process ends itself, with 2 for a usage error */
export async function run(argv: string[]): Promise<void> {
  forgetEmptyVariables();
  // `--help | head` closes the pipe early, which is fine.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const program = createProgram();
  for (const command of [program, ...program.commands]) command.exitOverride();
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  }
}

/** All commands, without running one. */
export function createProgram(): Command {
  const program = new Command('wsdemo')
    .description('A known-good WebSocket endpoint, and the terminal client to watch it with.')
    .version(version)
    .showSuggestionAfterError()
    .helpCommand(false)
    .addCommand(serveCommand())
    .addCommand(connectCommand())
    .addCommand(checkCommand())
    .addCommand(demoCommand());
  return program.addCommand(completionCommand(program)).addCommand(helpCommand(program));
}

/** commander's own `help` answers an unknown name with the help of the whole program, and no error. */
function helpCommand(program: Command): Command {
  return new Command('help')
    .description('display help for a command')
    .argument('[command]')
    .action(async (name: string | undefined) => {
      if (name === undefined) program.help();
      const found = program.commands.find((each) => each.name() === name);
      if (found) found.help();
      await program.parseAsync([name as string], { from: 'user' }); // says that the command is unknown, and suggests one
    });
}

const SECRETS = new Set(['WSDEMO_TOKEN', 'WSDEMO_TOKEN_FILE']);

/**
 * Compose files pass unset variables as empty texts, so an empty text means: not set. An empty token is an error instead, so that
 * it does not silently let everyone in.
 */
function forgetEmptyVariables(): void {
  for (const [name, value] of Object.entries(process.env)) {
    if (name.startsWith('WSDEMO_') && !SECRETS.has(name) && value === '') delete process.env[name];
  }
}
