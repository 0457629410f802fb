// Builds once before the tests, which use the threads, the page and the command as shipped. `npm test` has built already.
import { execFileSync } from 'node:child_process';

export default function setup(): void {
  if (process.env.WSDEMO_BUILT) return;
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
}
