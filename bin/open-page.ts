// OpenPage: opens an address in the default browser of this desktop, without a shell.
import { spawn } from 'node:child_process';

/** Programs that pass an address to the default browser. */
const OPENERS: Partial<Record<NodeJS.Platform, [program: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};
const XDG_OPEN: [string] = ['xdg-open'];

/**
 * @param url an address of ours
 * @param failed called with the reason, in words, if no browser could be opened
 */
export function openPage(url: string, failed: (reason: string) => void): void {
  const { platform, env } = process;
  const [program, ...args] = OPENERS[platform] ?? XDG_OPEN;
  if (program === 'xdg-open' && !env.DISPLAY && !env.WAYLAND_DISPLAY) {
    // xdg-open would start a browser for text terminals over our log.
    failed('this session has no display');
    return;
  }
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  child.once('error', () => failed(`${program} is not installed`));
  child.once('exit', (code) => {
    if (code !== 0) failed(`${program} found no browser`);
  });
  child.unref(); // the browser outlives the server
}
