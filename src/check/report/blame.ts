// Blame: whose fault a finding is, as far as the evidence goes, and which settings mend it.
import type { ServerFacts } from '../context.js';
import { isSeen } from '../evidence.js';
import type { Setting } from '../hints/setting.js';
import { HINTS } from '../hints.js';
import type { CheckLanguage, Sentence } from '../texts/texts.js';
import { sentence } from '../texts/texts.js';
import { linesOf, type Result, type ResultLine } from './result.js';

/** A wsdemo does these right, so that a fault in them comes from elsewhere. */
const RIGHT_IN_WSDEMO = /^(data|close|time)\.|^handshake\.(accept|headers)$/;
/** What they say names the cause by itself. */
const SELF_EVIDENT = /^(net|tls|drain)$|^tls\.|^route\.|^handshake\.(origin|subprotocol)$/;
/** Products to name where nothing tells them apart. */
const EXAMPLES = 3;
/** Of these, so many fit into a sentence. */
const IN_SENTENCE = 2;

/** Who is to blame; undefined where the finding says it, or nothing does. */
export function blameOf(line: ResultLine, { lines, facts, direct, url }: Result): Sentence | undefined {
  const { id, finding } = line;
  const [product] = seenProducts(finding.hint ? HINTS[finding.hint] : [], facts);
  if (direct !== undefined) {
    const there = linesOf({ lines }, 'direct').find((other) => other.id === id)?.finding.verdict;
    if (there === 'fail' || there === 'warn') return { id: 'blameServer' };
    if (there === 'pass') return product ? { id: 'blameProduct', values: { product } } : { id: 'blameWay' };
  }
  const isAsked = url.includes('fault=');
  if (facts.wsdemo !== undefined && RIGHT_IN_WSDEMO.test(id) && finding.say.id !== 'lifeReload' && !isAsked) {
    return product ? { id: 'blameWsdemoProduct', values: { product } } : { id: 'blameWsdemo' };
  }
  if (SELF_EVIDENT.test(id)) return undefined;
  if (product) return { id: 'blameSeen', values: { product } };
  const likely = finding.likely ?? [];
  if (likely.length > 0) return { id: 'blameLikely', values: { products: likely.slice(0, EXAMPLES).join(', ') } };
  return { id: 'blameOpen' };
}

/** The settings that mend a finding: of the products that show themselves, else of those whose limit fits, else examples. */
export function settingsFor({ finding }: ResultLine, facts: ServerFacts): readonly Setting[] {
  const all: readonly Setting[] = finding.hint ? HINTS[finding.hint] : [];
  const seen = seenProducts(all, facts);
  const ofSeen = all.filter(({ product }) => seen[0] === product);
  if (ofSeen.length > 0) return ofSeen;
  const likely = finding.likely ?? [];
  const ofLikely = all.filter(({ product }) => likely.some((name) => name.split(' (')[0] === product));
  if (ofLikely.length > 0) return ofLikely.slice(0, EXAMPLES);
  const ours = all.filter(({ product }) => product === 'wsdemo' && facts.wsdemo !== undefined);
  return [...ours, ...all.filter((setting) => !ours.includes(setting))].slice(0, EXAMPLES);
}

function seenProducts(settings: readonly Setting[], { firstAnswer, answers }: ServerFacts): string[] {
  const heads = [...(firstAnswer ? [firstAnswer] : []), ...answers.values()];
  return settings.map(({ product }) => product).filter((product) => heads.some((head) => isSeen(product, head)));
}

/** The settings in words, such as `nginx: proxy_read_timeout 3600s`. */
export function mendingText(line: ResultLine, facts: ServerFacts, language: CheckLanguage): string | undefined {
  const settings = settingsFor(line, facts)
    .slice(0, IN_SENTENCE)
    .map(({ product, setting }) => `${product}: ${setting}`);
  return settings.length === 0
    ? undefined
    : sentence({ id: 'mends', values: { settings: settings.join(' | ') } }, language);
}
