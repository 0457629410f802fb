// The workflows of GitHub, by GitHub's own parser: it knows each key, each trigger and the expressions.
import { readdirSync, readFileSync } from 'node:fs';
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { describe, expect, it } from 'vitest';
import { scripts } from '../../../package.json';

const FOLDER = '.github/workflows';
const readWorkflow = (name: string) => readFileSync(`${FOLDER}/${name}`, 'utf8');

async function errorsOf(name: string, content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  if (value) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}

describe('the workflows', () => {
  it.each(readdirSync(FOLDER))('%s is what GitHub expects', async (name) => {
    expect(await errorsOf(name, readWorkflow(name))).toEqual([]);
  });

  it.each([
    ['an unknown key', 'timeout-minutes', 'time-out'],
    ['an unknown permission', 'id-token: write', 'id-tokens: write'],
    ['an unknown expression', 'github.token', 'gitlab.token'],
    ['a step that does nothing', '- run: npm ci --ignore-scripts', '- name: install'],
  ])('are found wrong with %s', async (_what, right, wrong) => {
    const text = readWorkflow('publish.yml');
    expect(text).toContain(right);
    expect(await errorsOf('publish.yml', text.replace(right, wrong))).not.toEqual([]);
  });

  it('run only scripts that package.json has', () => {
    const names = readdirSync(FOLDER).flatMap((name) => [
      ...readWorkflow(name).matchAll(/npm run (?:--silent )?([\w:]+)/g),
    ]);
    expect(names).not.toEqual([]);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(names.map(([, name]) => name)));
  });

  it('publish with provenance, and let nothing else sign', () => {
    const text = readWorkflow('publish.yml');
    expect(text).toMatch(/npm publish \S+\.tgz --provenance --access public$/m);
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
    expect(text.match(/: write/g)).toHaveLength(2);
  });
});
