// The documents that are made from tables of the source; `npm run documents` writes them.
import { expect, it } from 'vitest';
import { KEPT_MS, MAX_ATTEMPTS, MAX_CASES } from '../../../src/server/lab/cases.js';
import {
  describeFault,
  FAULT_NAMES,
  type FaultGroup,
  type FaultKind,
  MAX_DURATION_MS,
  MAX_SENT_BYTES,
  syntaxOf,
} from '../../../src/server/lab/faults.js';
import { MAX_LAB_CONNECTIONS } from '../../../src/server/lab/lab.js';
import { MAX_INFLATED } from '../../../src/server/lab/lab-socket.js';
import { MAX_FAULTS, MAX_STEPS } from '../../../src/server/lab/plan.js';
import { CLOSE_CODES } from '../../../src/shared/protocol/close-codes.js';
import { readDocument, table, withBlock } from '../../support/document.js';

const CLIENT = { retry: 'connect again', change: 'connect again only after a change', stop: 'do not connect again' };
const KINDS: Record<FaultKind, string> = {
  handshake: 'instead of the response to the upgrade, or in it',
  once: 'once, at its moment',
  holds: 'from its moment on',
  message: 'one message, the next one; with `~`, each is drawn',
  tick: 'one second, the next one; with `~`, each is drawn',
};
const GROUPS: Record<FaultGroup, string> = {
  handshake: 'The handshake',
  end: 'The end',
  time: 'Time',
  frames: 'Frames',
  ticks: 'Ticks, on `/ws` alone',
};

function faultTables(): string {
  const groups = Object.keys(GROUPS) as FaultGroup[];
  return groups
    .map((group) => {
      const rows = FAULT_NAMES.filter((name) => describeFault(name).group === group).map((name) => {
        const { kind, does, client } = describeFault(name);
        return [`\`${syntaxOf(name)}\``, does, KINDS[kind], client];
      });
      return `### ${GROUPS[group]}\n\n${table(['fault', 'the server …', 'acts', 'a good client …'], rows)}`;
    })
    .join('\n\n');
}

function limits(): string {
  return [
    `- ${MAX_STEPS} steps of ${MAX_FAULTS} faults`,
    `- ${MAX_SENT_BYTES / 2 ** 20} MiB sent and ${MAX_DURATION_MS / 3_600_000} hour on one connection; then it is dropped`,
    `- ${MAX_INFLATED / 1024} KiB for a compressed message of the client, once inflated; a longer one closes with 1009`,
    `- ${MAX_LAB_CONNECTIONS} lab connections at once; one more gets 503`,
    `- ${MAX_CASES.toLocaleString('en')} cases, of each the first ${MAX_ATTEMPTS} attempts, for ${KEPT_MS / 60_000} minutes after the last one`,
  ].join('\n');
}

it('docs/lab.md has the faults and limits of the source', async () => {
  const document = withBlock(withBlock(readDocument('docs/lab.md'), 'faults', faultTables()), 'limits', limits());
  await expect(document).toMatchFileSnapshot('../../../docs/lab.md');
});

it('PROTOCOL.md has the close codes of the source', async () => {
  const rows = CLOSE_CODES.map(({ code, name, sent_by, means, client, browsers }) => [
    String(code),
    name,
    sent_by,
    means,
    CLIENT[client],
    browsers,
  ]);
  const block = table(['code', 'name', 'sent by', 'means', 'a client should', 'browsers'], rows);
  await expect(withBlock(readDocument('PROTOCOL.md'), 'close codes', block)).toMatchFileSnapshot(
    '../../../PROTOCOL.md',
  );
});
