// `wsdemo connect`: its options. The client is loaded only when it runs.
import { Command, InvalidArgumentError, Option } from 'commander';
import { LANGUAGES } from '../src/shared/protocol/messages.js';
import type { ConnectOptions } from '../src/tui/options.js';
import { option } from './values.js';

/** A flag overrides its environment variable, which overrides the default. */
export function connectCommand(): Command {
  const command = new Command('connect')
    .description('connect to any WebSocket server: a screen in a terminal, a pipe for scripts')
    .argument('[url]', 'ws(s)://, http(s):// or host:port (default: ws://localhost:8000/ws, or WSDEMO_URL)')
    .addHelpText('after', AFTER);
  for (const [heading, options] of Object.entries(groups())) {
    for (const each of options) command.addOption(each.helpGroup(heading));
  }
  return command.action(async (url: string | undefined, options: ConnectOptions) => {
    const { connect } = await import('../src/tui/connect.js');
    process.exitCode = await connect(url ?? process.env.WSDEMO_URL, options);
  });
}

function groups(): Record<string, Option[]> {
  return {
    'The connection:': [
      option('-H, --header <header>', "header of the handshake, 'Name: value'; may be repeated").argParser(list),
      option('--token <token>', 'sent as Authorization: Bearer'),
      option('--origin <origin>', 'sent as Origin, as a page of that site would'),
      option('-s, --subprotocol <name>', 'subprotocol to offer; may be repeated').argParser(list),
      option('--compression', 'offer permessage-deflate'),
      option(
        '--lang <language>',
        "language of the screen (default: by LC_ALL, LC_MESSAGES, LANG) and of the server's texts",
      ).argParser(language),
      option('--proxy <url>', 'HTTP proxy (default: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, less NO_PROXY)'),
      option('--ca <file>', 'PEM file of the authority to trust'),
      option('--cert <file>', 'PEM file of our own certificate'),
      option('--key <file>', "PEM file of that certificate's key"),
      option('--insecure', 'accept any certificate'),
    ],
    'With any server:': [
      new Option('--send <text>', 'send a text frame; may be repeated; stdin is not read').argParser(list),
      new Option('--send-file <file>', 'send a file as one frame; may be repeated').argParser(list),
      new Option(
        '--text',
        'send each line of stdin as a text frame at once, without finding out what the server speaks',
      ),
      new Option('--binary', 'send files, or all of stdin, as binary frames'),
      option(
        '--wait <seconds>',
        'wait so long for replies after the last frame (default: 2, less once there are as many)',
      ).argParser(seconds),
      new Option('-i, --include', 'print the handshake: headers, TLS, addresses, timings; secrets are hidden'),
    ],
    'With a wsdemo server:': [
      option('--fib <n>', 'print this Fibonacci number and exit; may be repeated')
        .argParser(numbers)
        .conflicts(['send', 'sendFile', 'text', 'binary']),
    ],
    'The output:': [
      option('--plain', 'plain lines instead of the screen'),
      option('--json', 'one JSON event a line').conflicts('raw'),
      option('--raw', 'every frame as it was received'),
      option('--quiet', 'nothing on stderr but errors'),
      option('--screen-reader', 'append-only lines; the clock only when asked for'),
      option('--ascii', 'draw the screen with ASCII characters'),
    ],
    'The end:': [
      option('--count <n>', 'exit after so many ticks, or frames of another server').argParser(whole(1)),
      option('--timeout <seconds>', 'exit after this time, with status 124').argParser(seconds),
      option(
        '--max-retries <n>',
        'retries after a lost connection (default: no limit; 5 for a pipe that never reached the server)',
      ).argParser(whole(0)),
      option('--once', 'do not reconnect'),
      new Option('--no-reconnect', 'the same as --once'),
    ],
  };
}

const AFTER = `
Exit status:
  0    connected, and done
  1    the server closed or refused the connection for good, rejected a request, or sent fewer frames than --count in time
  2    usage
  69   the server was never reached
  124  --timeout
  130  Ctrl+C; 143 SIGTERM; 129 SIGHUP

Examples, with any server:
  wsdemo connect wss://example.org/socket       lines are text frames; /help lists commands
  echo hello | wsdemo connect ws://host/echo    sends a frame, prints the replies
  wsdemo connect ws://host/ --send '{"a":1}' --count 1 --wait 5
  wsdemo connect ws://host/ --send-file picture.png --binary > reply.png
  wsdemo connect ws://host/ -i --send ping      with headers, TLS and timings

Examples, with a wsdemo server:
  echo 90 | wsdemo connect                      prints 2880067194370816120
  wsdemo connect --count 3 --json               three ticks, as JSON
`;

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
