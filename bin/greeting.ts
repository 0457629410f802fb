// Greeting: what `wsdemo serve` prints once it listens: what to open, what to run next, and a code for phones.
import type { ServeOptions } from '../src/server/options.js';
import { terminalCode } from './terminal-code.js';

export type Greeted = Pick<ServeOptions, 'lab' | 'token' | 'tokenFile'>;

/** The terminal that the greeting is for. */
export interface Screen {
  /** Its width, in cells. */
  columns: number;
  hasColors: boolean;
}

/** The default address needs no argument. */
const DEFAULT_PAGE = 'http://localhost:8000/';

export interface Addresses {
  /** Addresses of the page that a browser can open, that of this machine first. */
  urls: string[];
  /** The one for other devices of the network, if they can reach the server. */
  networkUrl: string | undefined;
}

/**
 * @param screen undefined if the output is no terminal, or one that can't draw
 */
export function greeting(
  { urls: [own = '', ...network], networkUrl }: Addresses,
  { lab, token, tokenFile }: Greeted,
  screen: Screen | undefined,
): string {
  const page = own.replace('//127.0.0.1:', '//localhost:');
  const address = page === DEFAULT_PAGE ? '' : ` ${own.replace('http', 'ws')}ws`;
  const secret = token !== undefined || tokenFile !== undefined ? 'WSDEMO_TOKEN=… ' : '';
  const lines = [
    `page      ${own}`,
    ...network.map((each, i) => `${i === 0 ? 'network' : '       '}   ${each}`),
    `terminal  ${secret}npx wsdemo connect${address}`,
    ...(lab ? [`lab       ${own}lab`] : []),
  ];
  return `wsdemo is up; Ctrl+C stops it\n${lines.map((line) => `  ${line}\n`).join('')}\n${phoneCode(networkUrl, screen)}`;
}

/** The code of the network address; empty if there is none, or if it does not fit. */
function phoneCode(address: string | undefined, screen: Screen | undefined): string {
  const code = address && screen ? terminalCode(address, screen) : '';
  return code === '' ? '' : `  a phone in this network opens ${address} by this code\n${code}\n`;
}

/** The terminal on standard output, if there is one that shows block characters. */
export function screenOf(stdout: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Screen | undefined {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  if (!stdout.isTTY || env.TERM === 'dumb' || !(locale === '' || /utf-?8/i.test(locale))) return undefined;
  return { columns: stdout.columns, hasColors: !env.NO_COLOR && stdout.hasColors(256) };
}
