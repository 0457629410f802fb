// NginxCluster: the example of an nginx in front of several servers, with the ports of a test.
import { readFileSync } from 'node:fs';
import { nginxAround } from './proxy-configs.js';
import type { Place } from './real-proxy.js';

const EXAMPLE = new URL('../../examples/cluster/nginx.conf', import.meta.url);

/** @param ports of the three servers, on this machine */
export function nginxCluster(place: Place, ports: readonly number[]): string {
  const [a, b, c] = ports.map((each) => `127.0.0.1:${each}`) as [string, string, string];
  const example = readFileSync(EXAMPLE, 'utf8')
    .replace('server a:8000', `server ${a}`)
    .replace('server b:8000', `server ${b}`)
    .replace('server c:8000', `server ${c}`)
    .replace('listen 8080;', `listen 127.0.0.1:${place.port} backlog=4096;`);
  return nginxAround(place, example, 10_000);
}
