// The manifests in examples/kubernetes against Kubernetes' own schema, and what must hold in them and in docker-compose.yml.
import { readFileSync } from 'node:fs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { serveCommand } from '../../bin/serve.js';
import { DEFAULTS } from '../../src/server/options.js';
import { faultsOf, parseManifests } from '../support/manifests.js';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const FILES = ['examples/kubernetes/wsdemo.yaml', 'examples/kubernetes/cluster.yaml'];
const KNOWN = serveCommand().options.map(({ envVar }) => envVar);

it('the manifests fit the schema', () => {
  expect(faultsOf(FILES.flatMap((name) => parseManifests(read(name))))).toEqual([]);
});

it('the schema refuses what is wrong', () => {
  const wrong: [string, string][] = [
    ['readinessProbe:', 'readinesProbe:'],
    ['containerPort: 8000', 'containerPort: "8000"'],
    ['containerPort: 8000', 'hostPort: 8000'],
    ['kind: Ingress', 'kind: Ingres'],
    ['networking.k8s.io/v1', 'networking.k8s.io/v1beta1'],
  ];
  const text = read('examples/kubernetes/wsdemo.yaml');
  const faults = faultsOf(wrong.flatMap(([right, instead]) => parseManifests(text.replace(right, instead))));
  expect(faults).toEqual([
    expect.stringContaining(`'"readinesProbe"' does not exist in type 'Container'`),
    expect.stringContaining(`Type 'string' is not assignable to type 'number'`),
    expect.stringContaining(`Property 'containerPort' is missing`),
    expect.stringContaining(`has no exported member 'Ingres'`),
    expect.stringContaining(`Cannot find module 'kubernetes-types/networking/v1beta1'`),
  ]);
});

describe.each(FILES)('the server of %s', (name) => {
  const deployment = parseManifests(read(name)).find(({ metadata }) => metadata.name === 'wsdemo');
  const pod = (deployment as unknown as Deployment).spec?.template.spec;
  const container = pod?.containers[0];

  it('has the time that it needs to stop', () => {
    const pause = Number(container?.lifecycle?.preStop?.exec?.command?.[1]);
    const drain = Number(container?.env?.find((each) => each.name === 'WSDEMO_DRAIN')?.value ?? DEFAULTS.drainSeconds);
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(pause + drain + 2);
  });

  it('gets no variables of Services, of which WSDEMO_PORT would be one', () => {
    expect(pod?.enableServiceLinks).toBe(false);
  });

  it('gets only variables that it knows', () => {
    for (const each of container?.env ?? []) expect(KNOWN).toContain(each.name);
  });
});

it('docker-compose.yml hands the server only variables that it knows', () => {
  const { services } = parse(read('docker-compose.yml'), { merge: true });
  const servers = Object.values(services as Record<string, { image: string; environment: object }>).filter(
    ({ image }) => image === 'wsdemo',
  );
  expect(servers.length).toBeGreaterThan(1);
  for (const { environment } of servers) {
    for (const name of Object.keys(environment)) expect(KNOWN).toContain(name);
  }
});
