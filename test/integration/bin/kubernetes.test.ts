// The server as examples/kubernetes/wsdemo.yaml starts it: its settings, its probes, and what Kubernetes would add.
import { readFileSync } from 'node:fs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { expect, it } from 'vitest';
import { Command, serveCommand } from '../../support/command.js';
import { parseManifests } from '../../support/manifests.js';

const MANIFEST = new URL('../../../examples/kubernetes/wsdemo.yaml', import.meta.url);
const [deployment] = parseManifests(readFileSync(MANIFEST, 'utf8')) as unknown as Deployment[];
const container = deployment?.spec?.template.spec?.containers[0];
const env = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));

it('starts with its settings, and answers its probes', async () => {
  const { command, url } = await serveCommand(['--db', ':memory:'], { env });
  const paths = [container?.livenessProbe, container?.readinessProbe].map((probe) => probe?.httpGet?.path ?? '');
  const statuses = await Promise.all(paths.map(async (path) => (await fetch(new URL(path, url))).status));
  command.kill('SIGTERM');
  expect(statuses).toEqual([200, 200]);
  expect((await command.ended).code).toBe(0);
});

it('would not start with the variable that Kubernetes sets for a Service of this name', async () => {
  const command = new Command(['serve', '--db', ':memory:'], { env: { ...env, WSDEMO_PORT: 'tcp://10.96.0.1:80' } });
  const { code, stderr } = await command.ended;
  expect([code, stderr]).toEqual([2, expect.stringContaining('WSDEMO_PORT')]);
});
