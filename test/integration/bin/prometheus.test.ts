// The examples for Prometheus and Grafana, with a real Prometheus that scrapes real servers.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Command, serveCommand } from '../../support/command.js';
import { readDocument } from '../../support/document.js';
import { Prometheus } from '../../support/prometheus.js';
import { promtool, Scrape } from '../../support/scrape.js';
import { refused, socketClient } from '../../support/socket-client.js';
import type { TestClient } from '../../support/test-client.js';

const TOKEN = 'a-secret-of-16-characters';
const FILES = ['prometheus.yml', 'alerts.yml', 'alerts.test.yml'];

interface Panel {
  title: string;
  targets?: { expr: string }[];
}
const dashboard = JSON.parse(readDocument('examples/grafana/wsdemo.json')) as { panels: Panel[] };
const panels = dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
const metricsIn = (expression: string) => expression.match(/\b(wsdemo|nodejs|process)_\w+/g) ?? [];

let folder: string;
let command: Command;
let url: string;
let prometheus: Prometheus;
let client: TestClient;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wsdemo-prometheus-'));
  for (const file of FILES) copyFileSync(join('examples/prometheus', file), join(folder, file));
  writeFileSync(join(folder, 'wsdemo-token'), TOKEN);
  mkdirSync(join(folder, 'data'));
  const started = await serveCommand(['--db', ':memory:', '--workers', '2'], { env: { WSDEMO_TOKEN: TOKEN } });
  ({ command, url } = started);
  const authorization = { Authorization: `Bearer ${TOKEN}` };
  // Series of these labels begin with their first event.
  await refused(`${started.wsUrl}?topics=`);
  const leaving = await socketClient(`${started.wsUrl}?topics=`, authorization);
  leaving.close();
  await leaving.closed;
  client = await socketClient(`${started.wsUrl}?topics=time,tick,presence,chat,room`, authorization);
  for (const input of [10, 50_000]) await client.ask({ type: 'fibonacci', input });

  // As in the example, but with this server's address, and in a hurry.
  const config = readFileSync(join(folder, 'prometheus.yml'), 'utf8')
    .replace('127.0.0.1:8000', new URL(url).host)
    .replaceAll('15s', '1s');
  writeFileSync(join(folder, 'here.yml'), config);
  prometheus = await Prometheus.start(join(folder, 'here.yml'), folder);
});
afterAll(async () => {
  command?.kill('SIGKILL');
  await Promise.all([prometheus?.stop(), command?.ended]);
  rmSync(folder, { recursive: true, force: true });
});

it('accepts the configuration and the alerts', () => {
  expect(promtool(['check', 'config', join(folder, 'prometheus.yml')])).toBe('');
  expect(promtool(['check', 'rules', join(folder, 'alerts.yml')])).toBe('');
});

it('raises each alert in its trouble and none on a healthy server', () => {
  expect(promtool(['test', 'rules', join(folder, 'alerts.test.yml')])).toBe('');
  const names = (text: string) => [...new Set(text.match(/\bWsdemo\w+/g))].sort();
  expect(names(readDocument('examples/prometheus/alerts.test.yml'))).toEqual(
    names(readDocument('examples/prometheus/alerts.yml')),
  );
});

it('uses metrics in the dashboard and in the alerts that the server has', async () => {
  const { names } = await Scrape.of(url, { Authorization: `Bearer ${TOKEN}` });
  const used = new Set([
    ...panels.flatMap(({ expr }) => metricsIn(expr)),
    ...metricsIn(readDocument('examples/prometheus/alerts.yml')),
  ]);
  expect(used.size).toBeGreaterThan(35);
  expect([...used].filter((name) => !names.has(name))).toEqual([]);
});

it('scrapes the server with its token, and every panel of the dashboard has data', async () => {
  // A rate needs several scrapes, and these panels show only what happens.
  await expect
    .poll(
      async () => {
        await client.ask({ type: 'fibonacci', input: 1_000_000_000 });
        return Number((await prometheus.query('count_over_time(up[1m])'))[0]?.value[1]);
      },
      { interval: 500 },
    )
    .toBeGreaterThanOrEqual(4);
  expect((await prometheus.query('up')).map(({ value }) => value[1])).toEqual(['1']);
  const here = (expression: string) =>
    expression.replaceAll('$__rate_interval', '1m').replaceAll('$job', 'wsdemo').replaceAll('$instance', '.*');
  const found = await Promise.all(
    panels.map(async ({ title, expr }) => ({ title, expr, series: await prometheus.query(here(expr)) })),
  );
  expect(found.length).toBeGreaterThan(35);
  const empty = found.filter(({ series }) => series.length === 0);
  expect(empty.map(({ title, expr }) => `${title}: ${expr}`)).toEqual([]);
  const shown = (title: string) => found.find((panel) => panel.title === title)?.series[0]?.value[1];
  expect(shown('Users online')).toBe('1');
  expect(shown('Servers ready')).toBe('1');
  expect(Number(shown('Lateness of a second'))).toBeGreaterThan(0);

  const rules = await prometheus.rules();
  expect(rules.length).toBeGreaterThan(5);
  for (const rule of rules) expect(rule, rule.lastError).toMatchObject({ health: 'ok' });
});
