// Refusal: what the HTTP status in the place of a 101 means.
import { printable } from '../../../shared/printable.js';
import type { Finding } from '../../finding.js';
import type { HintId } from '../../hints.js';
import { headerOf } from '../../net/response-head.js';
import type { UpgradeAnswer } from '../../net/upgrade.js';
import type { TextId } from '../../texts/texts.js';

const MEANINGS: Record<number, { id: TextId; hint: HintId }> = {
  400: { id: 'upgradeNotPassed', hint: 'upgradePassed' },
  401: { id: 'upgradeCredentials', hint: 'credentials' },
  403: { id: 'upgradeForbidden', hint: 'origin' },
  404: { id: 'upgradeNotFound', hint: 'prefix' },
  405: { id: 'upgradeNotPassed', hint: 'upgradePassed' },
  407: { id: 'upgradeCredentials', hint: 'credentials' },
  421: { id: 'upgradeNotFound', hint: 'prefix' },
  426: { id: 'upgradeNotPassed', hint: 'upgradePassed' },
  429: { id: 'upgradeTooMany', hint: 'tooMany' },
  502: { id: 'upgradeBehind', hint: 'behind' },
  503: { id: 'upgradeBehind', hint: 'behind' },
  504: { id: 'upgradeBehind', hint: 'behind' },
};

/** @param answer any but a 101 */
export function refusalFinding(answer: UpgradeAnswer): Finding {
  const { head } = answer;
  const { status } = head;
  const location = headerOf(head, 'location');
  const said = saidIn(answer);
  const measured = { status, ...(location ? { location: printable(location) } : {}), ...(said ? { said } : {}) };
  const values = { status, location: printable(location), said: said ? ` ("${said}")` : '' };
  return {
    verdict: 'fail',
    say: { id: meaningOf(status).id, values },
    measured,
    expected: '101',
    hint: meaningOf(status).hint,
  };
}

function meaningOf(status: number): { id: TextId; hint: HintId } {
  if (status >= 200 && status < 300) return { id: 'upgradeIgnored', hint: 'upgradePassed' };
  if (status >= 300 && status < 400) return { id: 'upgradeMoved', hint: 'moved' };
  return MEANINGS[status] ?? { id: 'upgradeRefused', hint: 'behind' };
}

/** The first line of a plain text, which often says why. */
function saidIn({ head, rest }: UpgradeAnswer): string {
  if (!headerOf(head, 'content-type').startsWith('text/plain')) return '';
  const isChunked = /chunked/i.test(headerOf(head, 'transfer-encoding'));
  const body = rest.toString('utf8').replace(isChunked ? /^[\da-f]+\r\n/i : '', '');
  return printable(body.split(/\r?\n/)[0] ?? '', 120);
}
