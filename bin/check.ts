// `wsdemo check`: its options. The checks are loaded only when it runs.
import { Command, InvalidArgumentError, Option } from 'commander';
import type { CheckOptions } from '../src/check/options.js';
import { LANGUAGES } from '../src/shared/protocol/messages.js';
import { option } from './values.js';

/** The longest idle time that may be tried, in seconds: with all else it stays below 70 minutes. */
const MAX_IDLE = 4000;
/** The most connections of a rehearsal. */
const MAX_CLIENTS = 10_000;
const DAY = 86_400;

/** Only how to reach the server may stand in the environment, where the variables of a server of ours may stand too. */
export function checkCommand(): Command {
  const options = [
    new Option('--quick', 'ten seconds, without the time checks'),
    new Option('--long', 'up to 70 minutes: limits of up to 4000 s'),
    names('--only <ids>', 'only these checks or groups, such as data,time.idle'),
    names('--skip <ids>', 'all but these checks or groups'),
    seconds('--idle-max <seconds>', 'longest silence that is tried (default: 120; 4000 with --long)', 1, MAX_IDLE),
    seconds('--ping <seconds>', 'ping interval of your application (default: 30)', 1, DAY),
    new Option(
      '--origin <origin>',
      "origin of your pages, sent with each handshake (default: the address's own, tried once)",
    ),
    new Option('--subprotocol <name>', 'subprotocol that your application needs'),
    new Option('--sticky', 'your application needs one server for one client'),
    new Option('--direct <url>', 'the server past the proxy; only what differs is blamed on the proxy'),
    option('-H, --header <header>', "header of each handshake, 'Name: value'; may be repeated").argParser(list),
    option('--token <token>', 'sent as Authorization: Bearer'),
    option('--ca <file>', 'PEM file of the authority to trust'),
    option('--cert <file>', 'PEM file of our own certificate'),
    option('--key <file>', "PEM file of that certificate's key"),
    option('--insecure', 'go on with any certificate'),
    option('--proxy <url>', 'HTTP proxy (default: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, less NO_PROXY)'),
    whole('--drain <n>', 'rehearse a restart with so many connections', 1, MAX_CLIENTS),
    new Option('--drain-command <command>', 'what restarts the server (default: wait for Enter)'),
    new Option('--json', 'one JSON object a line on stdout'),
    new Option('--junit <file>', 'write the findings as JUnit'),
    new Option('--github', 'commands for a GitHub workflow, and its step summary'),
    new Option('--strict', 'a warning fails, and so does a check of --only that could not know'),
    seconds('--timeout <seconds>', 'end after this time, with status 124', 1, DAY),
    option('--lang <language>', 'language of the report (default: LC_ALL, LC_MESSAGES, LANG)').choices(LANGUAGES),
  ];
  const command = new Command('check')
    .description('say whether WebSockets work at an address, and if not, who is to blame and what mends it')
    .argument('<url>', 'ws(s)://, http(s):// or host:port')
    .addHelpText('after', EXITS);
  for (const each of options) command.addOption(each);
  return command.action(async (url: string, given: CheckOptions) => {
    const { check } = await import('../src/check/check.js');
    process.exitCode = await check(url, given);
    // A connection that does not end must not keep the process.
    setTimeout(() => process.exit(), LINGER_MS).unref();
  });
}

const LINGER_MS = 500;

const EXITS = `
Exit status:
  0    nothing is wrong
  1    a check failed; with --strict also if one warned
  2    usage
  69   the server was never reached
  70   a fault of wsdemo's own
  124  --timeout
  130  Ctrl+C; 143 SIGTERM; 129 SIGHUP

Examples:
  wsdemo check wss://example.org/ws
  wsdemo check wss://example.org/ws --direct ws://10.0.0.7:8000/ws
  wsdemo check wss://example.org/ws --quick --junit check.xml
  wsdemo check wss://example.org/ws --drain 100 --drain-command 'kubectl rollout restart deploy/app'
`;

function list(text: string, before: string[] = []): string[] {
  return [...before, text];
}

function names(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string, before: string[] = []) => [
    ...before,
    ...text.split(',').map((name) => name.trim()),
  ]);
}

function seconds(flags: string, description: string, min: number, max: number): Option {
  return new Option(flags, description).argParser((text) => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a number of seconds from ${min} to ${max}.`);
  });
}

function whole(flags: string, description: string, min: number, max: number): Option {
  return new Option(flags, description).argParser((text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  });
}
