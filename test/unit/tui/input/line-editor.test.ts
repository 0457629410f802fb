import { describe, expect, it } from 'vitest';
import {
  accept,
  type Edit,
  type EditedLine,
  edit,
  emptyPrompt,
  insert,
  MAX_LINE,
} from '../../../../src/tui/input/line-editor.js';

/** Types text and runs edits, written in angle brackets. The result shows the cursor as a bar. */
function play(script: string, start: EditedLine = emptyPrompt()): string {
  let prompt = start;
  for (const [, name, text] of script.matchAll(/<([a-z-]+)>|([^<]+)/g)) {
    prompt = name ? edit(prompt, name as Edit) : insert(prompt, text ?? '');
  }
  return `${prompt.text.slice(0, prompt.cursor)}|${prompt.text.slice(prompt.cursor)}`;
}

describe('Prompt', () => {
  it.each([
    ['12<left>3', '13|2'],
    ['12<home>3', '3|12'],
    ['12<home><end>3', '123|'],
    ['123<left><backspace>', '1|3'],
    ['123<home><delete>', '|23'],
    ['<backspace><delete><left><right>', '|'],
    ['one two three<word-left>', 'one two |three'],
    ['one two  <word-left>', 'one |two  '],
    ['one two<home><word-right>', 'one| two'],
    ['one two<kill-word>', 'one |'],
    ['one two<home><kill-word-right>', '| two'],
    ['one two<word-left><kill-to-end>', 'one |'],
    ['one two<word-left><kill-to-start>', '|two'],
    ['one two<kill-word><home><yank>', 'two|one '],
    ['a👩‍👩‍👧b<left><backspace>', 'a|b'],
    ['é<left>', '|é'],
  ])('%s gives %s', (script, result) => {
    expect(play(script)).toBe(result);
  });

  it('goes through its history and back to the unfinished line', () => {
    const before = emptyPrompt(['10', '20']);
    expect(play('3<up>', before)).toBe('20|');
    expect(play('3<up><up><up>', before)).toBe('10|');
    expect(play('3<up><up><down><down><down>', before)).toBe('3|');
    expect(play('3<up>4', before)).toBe('204|');
  });

  it('keeps an accepted line once, and starts an empty one', () => {
    const twice = accept(insert(accept(insert(emptyPrompt(), '7')), '7'));
    expect(twice).toMatchObject({ text: '', cursor: 0, history: ['7'], at: 1 });
    expect(accept(emptyPrompt(['7'])).history).toEqual(['7']);
  });

  it('limits the length of a line', () => {
    expect(insert(emptyPrompt(), '1'.repeat(5000)).text).toHaveLength(MAX_LINE);
    expect(insert(emptyPrompt(), `x${'😀'.repeat(1000)}`).text).toBe(`x${'😀'.repeat(499)}`);
  });
});
