import { describe, expect, it } from 'vitest';
import { formatNotices, readNotices } from '../../../scripts/notices.js';
import { describeRelease } from '../../../scripts/release/bill-of-materials.js';

const RELEASE = { name: 'wsdemo', bundled: ['ink@7.0.0', 'ws@8.0.0'], date: '2026-03-04', serial: 'a-uuid' };

function component(name: string, version: string, scope = 'optional') {
  return { 'bom-ref': `${name}@${version}`, name, version, scope };
}

function bill(components: ReturnType<typeof component>[], dependencies: Record<string, string[]>) {
  return {
    serialNumber: 'of this run',
    metadata: { timestamp: 'now', component: component('some-folder', '1.0.0', 'required') },
    components,
    dependencies: Object.entries(dependencies).map(([ref, dependsOn]) => ({ ref, dependsOn })),
  };
}

const sqlite = component('sqlite', '1.0.0', 'required');
const TREE = bill(
  [component('ws', '7.0.0'), component('ws', '8.0.0'), component('ink', '7.0.0'), component('vitest', '4.0.0'), sqlite],
  { 'some-folder@1.0.0': ['ink@7.0.0', 'vitest@4.0.0', 'sqlite@1.0.0'], 'ink@7.0.0': ['ws@8.0.0', 'vitest@4.0.0'] },
);
const NEEDED = bill([sqlite], { 'some-folder@1.0.0': ['sqlite@1.0.0'] });

describe('the bill of materials', () => {
  it('lists what is bundled and what an install brings along, and no tool', () => {
    const { metadata, components, dependencies } = describeRelease(TREE, NEEDED, RELEASE);
    const properties = [{ name: 'cdx:npm:package:bundled', value: 'true' }];
    expect(components).toEqual([
      { ...component('ink', '7.0.0', 'required'), properties },
      sqlite,
      { ...component('ws', '8.0.0', 'required'), properties },
    ]);
    expect(metadata.component.name).toBe('wsdemo');
    expect(dependencies).toEqual([
      { ref: 'some-folder@1.0.0', dependsOn: ['ink@7.0.0', 'sqlite@1.0.0', 'ws@8.0.0'] },
      { ref: 'ink@7.0.0', dependsOn: ['ws@8.0.0'] },
    ]);
  });

  it('says nothing of when or by which run it was made', () => {
    const { serialNumber, metadata } = describeRelease(TREE, NEEDED, RELEASE);
    expect([serialNumber, metadata.timestamp]).toEqual(['urn:uuid:a-uuid', '2026-03-04T00:00:00.000Z']);
  });

  it('is refused if the lock lacks a bundled package', () => {
    expect(() => describeRelease(TREE, NEEDED, { ...RELEASE, bundled: ['react@19.0.0'] })).toThrow(
      'react@19.0.0 is bundled, but package-lock.json does not list it; run npm ci',
    );
  });
});

describe('the notices', () => {
  it('name the packages again that they were made of', () => {
    const notices = formatNotices([
      { name: '@scope/a', version: '1.2.3', license: 'MIT', text: 'Do\n\nwhat you like (1.0).' },
      { name: 'b', version: '2.0.0-rc.1', license: '(MIT OR CC0-1.0)', text: `${'-'.repeat(20)}\nas well` },
    ]);
    expect(readNotices(notices)).toEqual(['@scope/a@1.2.3', 'b@2.0.0-rc.1']);
    expect(() => readNotices(`${notices}\n${'-'.repeat(80)}\n\na line\n`)).toThrow('not a notice of a package: a line');
  });
});
