// `wsdemo connect`: its options. The client is loaded only when it runs.
import { Command, InvalidArgumentError, Option } from 'commander';
import { LANGUAGES } from '../src/shared/protocol/messages.js';
import type { ConnectOptions } from '../src/tui/options.js';

/** A flag overrides its environment variable, which overrides the default. */
export function connectCommand(): Command {
  return new Command('connect')
    .description('connect to a server: a screen in a terminal, a pipe for scripts')
    .argument('[url]', 'ws(s)://, http(s):// or host:port (default: ws://localhost:8000/ws, or WSDEMO_URL)')
    .addOption(
      option('-H, --header <header>', "header of the handshake, 'Name: value'; may be repeated").argParser(list),
    )
    .addOption(option('--token <token>', 'sent as Authorization: Bearer'))
    .addOption(option('--subprotocol <name>', 'subprotocol to offer; may be repeated').argParser(list))
    .addOption(option('--ca <file>', 'PEM file of the authority to trust'))
    .addOption(option('--cert <file>', 'PEM file of our own certificate'))
    .addOption(option('--key <file>', "PEM file of that certificate's key"))
    .addOption(option('--insecure', 'accept any certificate'))
    .addOption(option('--proxy <url>', 'HTTP proxy (default: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, less NO_PROXY)'))
    .addOption(
      option(
        '--lang <language>',
        "language of the screen (default: by LC_ALL, LC_MESSAGES, LANG) and of the server's texts",
      ).argParser(language),
    )
    .addOption(option('--plain', 'plain lines instead of the screen'))
    .addOption(option('--json', 'one JSON event a line').conflicts('raw'))
    .addOption(option('--raw', 'every frame as it was received'))
    .addOption(option('--quiet', 'nothing on stderr but errors'))
    .addOption(option('--screen-reader', 'append-only lines; the clock only when asked for'))
    .addOption(option('--ascii', 'draw the screen with ASCII characters'))
    .addOption(option('--fib <n>', 'print this Fibonacci number and exit; may be repeated').argParser(numbers))
    .addOption(option('--count <n>', 'exit after this many ticks').argParser(whole(1)))
    .addOption(option('--timeout <seconds>', 'exit after this time, with status 124').argParser(seconds))
    .addOption(
      option(
        '--max-retries <n>',
        'retries after a lost connection (default: no limit; 5 for a pipe that never reached the server)',
      ).argParser(whole(0)),
    )
    .addOption(option('--once', 'do not reconnect'))
    .addOption(new Option('--no-reconnect', 'the same as --once'))
    .addHelpText('after', EXITS)
    .action(async (url: string | undefined, options: ConnectOptions) => {
      const { connect } = await import('../src/tui/connect.js');
      process.exitCode = await connect(url ?? process.env.WSDEMO_URL, options);
    });
}

const EXITS = `
Exit status:
  0    connected, and done
  1    the server closed or refused the connection for good, or rejected a request
  2    usage
  69   the server was never reached
  124  --timeout
  130  Ctrl+C; 143 SIGTERM; 129 SIGHUP

Examples:
  echo 90 | wsdemo connect             prints 2880067194370816120
  wsdemo connect --fib 10 --fib 78     prints both numbers
  wsdemo connect --count 3 --json      three ticks, as JSON
  wsdemo connect wss://example.org/ws  another server
`;

function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  return made.env(`WSDEMO_${made.name().replaceAll('-', '_').toUpperCase()}`);
}

/** The tag of a language, which `pt` is short for. */
function language(text: string): string {
  const tags: readonly string[] = LANGUAGES;
  const tag = text === 'pt' ? 'pt-BR' : text;
  if (!tags.includes(tag)) throw new InvalidArgumentError(`It must be one of: ${tags.join(', ')}, pt.`);
  return tag;
}

function list(text: string, before: string[] = []): string[] {
  return [...before, text];
}

function whole(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
      throw new InvalidArgumentError(`It must be a whole number, ${min} or more.`);
    }
    return value;
  };
}

/** Several values: repeated options, or separated by commas. */
function numbers(text: string, before: number[] = []): number[] {
  return [...before, ...text.split(',').map((part) => whole(0)(part.trim()))];
}

function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > 2_000_000) {
    throw new InvalidArgumentError('It must be a number of seconds above 0.');
  }
  return value;
}
