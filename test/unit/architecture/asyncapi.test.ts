import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { asyncApi } from '../../../scripts/asyncapi.js';
import { protocolReference } from '../../../scripts/protocol-reference.js';
import { ERROR_CODES, REQUEST_TYPES, Request, ServerMessage, TOPICS } from '../../../src/shared/protocol/messages.js';

const protocolPage = readFileSync(new URL('../../../PROTOCOL.md', import.meta.url), 'utf8');

it('asyncapi.json matches the schema (npm run documents updates it)', async () => {
  await expect(asyncApi()).toMatchFileSnapshot('../../../asyncapi.json');
});

it('docs/protocol-reference.md is asyncapi.json for people', async () => {
  await expect(protocolReference(asyncApi())).toMatchFileSnapshot('../../../docs/protocol-reference.md');
});

it('PROTOCOL.md lists every error code, request type and topic', () => {
  for (const code of ERROR_CODES) expect(protocolPage).toContain(`| \`${code}\` |`);
  for (const type of REQUEST_TYPES) expect(protocolPage).toContain(`"type":"${type}"`);
  for (const topic of TOPICS) expect(protocolPage).toMatch(new RegExp(`\\| \`${topic}\``));
});

it('the list of request types matches the schema', () => {
  expect(Request.options.map((option) => option.entries.type.literal)).toEqual(REQUEST_TYPES);
});

it('asyncapi.json has every request and every server message of the schema', () => {
  const types = [...asyncApi().matchAll(/"type":\s*\{\s*"const":\s*"(\w+)"/g)].map(([, type]) => type);
  const expected = [...REQUEST_TYPES, ...ServerMessage.options.map(({ entries }) => entries.type.literal)];
  expect(types.sort()).toEqual(expected.sort());
});
