// Every regular expression of the product takes linear time, however long its input is.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
// The pure JavaScript build: it needs no binary and no second thread.
import { checkSync } from 'recheck/lib/browser.js';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Pattern {
  /** File and pattern, as written in the source. */
  name: string;
  source: string;
  flags: string;
}

/** Patterns that are not linear, and why their inputs are short. */
const BOUNDED = new Map([
  [
    String.raw`src/tui/text/format.ts /\B(?=(\d{3})+$)/g`,
    'its input is a number as JavaScript writes it: 25 characters',
  ],
  [
    String.raw`public/views/frames-view.ts /("(?:\\.|[^"\\])*")/`,
    'its input is the shown beginning of a frame: 400 characters, each of them 10 at most',
  ],
]);

/** Unicode properties that the analyser does not know by their short names. */
const LONG_NAMES: Record<string, string> = { ExtPict: 'Extended_Pictographic', DI: 'Default_Ignorable_Code_Point' };

/** The patterns of one source file. A template expression is replaced by a word, or by the constant it names. */
function patternsIn(file: string, text: string): Pattern[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const constants = new Map<string, ts.Expression>();
  const found: Pattern[] = [];

  /** The text of an expression; undefined if it is only known at run time. */
  const textOf = (node: ts.Expression): string | undefined => {
    if (ts.isStringLiteralLike(node)) return node.text;
    if (ts.isIdentifier(node)) {
      const value = constants.get(node.text);
      return value && textOf(value);
    }
    if (ts.isTemplateExpression(node)) {
      return node.templateSpans.reduce(
        (sum, { expression, literal }) => sum + (textOf(expression) ?? 'word') + literal.text,
        node.head.text,
      );
    }
    // [...].join(separator)
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { expression: list, name } = node.expression;
      const [separator] = node.arguments;
      if (name.text !== 'join' || !separator || !ts.isArrayLiteralExpression(list)) return undefined;
      const parts = list.elements.map((element) => textOf(element));
      return parts.includes(undefined) ? undefined : parts.join(textOf(separator));
    }
    return undefined;
  };

  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) {
      constants.set(node.name.text, node.initializer);
    }
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      add(node.text.slice(1, end), node.text.slice(end + 1), node.text);
    } else if (
      (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === 'RegExp'
    ) {
      const [pattern, flags] = node.arguments ?? [];
      const value = pattern && textOf(pattern);
      if (value === undefined) throw new Error(`${file}: the pattern of ${node.getText()} can't be read by this test`);
      add(value, flags ? (textOf(flags) ?? '') : '', node.getText());
    }
    ts.forEachChild(node, visit);
  };
  const add = (pattern: string, flags: string, shown: string) =>
    found.push({ name: `${file} ${shown}`, source: pattern, flags });
  visit(source);
  return found;
}

function patternsOf(folder: string): Pattern[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .flatMap((name) => patternsIn(join(folder, name), readFileSync(join(root, folder, name), 'utf8')));
}

/** The complaint of the analyser about a pattern; undefined for a linear one. */
function faultOf({ source, flags }: Pick<Pattern, 'source' | 'flags'>): string | undefined {
  const known = source.replace(/\\p\{(\w+)\}/g, (_, name: string) => `\\p{${LONG_NAMES[name] ?? name}}`);
  const result = checkSync(known, flags, { timeout: 10_000 });
  if (result.status === 'safe') return undefined;
  if (result.status === 'unknown') return `not analysed: ${JSON.stringify(result.error)}`;
  return `${result.complexity.summary}, as with ${result.attack.pattern}`;
}

const patterns = ['src', 'bin', 'public'].flatMap(patternsOf);

describe('patterns', () => {
  it('are found as literals, as new RegExp and in templates', () => {
    const text = `const WORD = 'a+'; [/x/g, new RegExp(\`(\${WORD})\${other}\`, 'u'), RegExp('y')];`;
    expect(patternsIn('it.ts', text).map(({ source, flags }) => `${source} ${flags}`)).toEqual([
      'x g',
      '(a+)word u',
      'y ',
    ]);
    expect(patterns.length).toBeGreaterThan(50);
  });

  it.each([
    [String.raw`^Bearer +(\S.*?) *$`, 'i'],
    [String.raw`\S*\s*$`, ''],
    [String.raw`\d+$`, ''],
    [String.raw`^(\w+\s?)*$`, ''],
  ])('are reported if slow: /%s/%s', (source, flags) => {
    expect(faultOf({ source, flags })).toMatch(/polynomial|exponential/);
  });

  it('are linear, or get only short inputs', () => {
    const faults = patterns.flatMap((pattern) => {
      const fault = BOUNDED.has(pattern.name) ? undefined : faultOf(pattern);
      return fault === undefined ? [] : [`${pattern.name}: ${fault}`];
    });
    expect(faults).toEqual([]);
  });

  it('have exceptions only while they exist and are slow', () => {
    for (const name of BOUNDED.keys()) {
      const pattern = patterns.find((one) => one.name === name);
      expect(pattern && faultOf(pattern), name).toBeDefined();
    }
  });
});
