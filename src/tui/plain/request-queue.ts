// Questions: the numbers asked for by a script, answered in the order in which they were asked, each one once.
import type { RequestId } from '../../shared/protocol/messages.js';

interface Question {
  readonly input: number;
  id: RequestId | undefined;
  /** The line to print; undefined while there is none, '' where the answer was an error. */
  answer: string | undefined;
}

/** So many are under way at once; the others wait here, so that no server is flooded. */
const AT_ONCE = 64;

export class RequestQueue {
  #questions: Question[] = [];
  readonly #ask: (input: number) => RequestId;

  constructor(ask: (input: number) => RequestId) {
    this.#ask = ask;
  }

  /** How many have no printed answer yet. */
  get size(): number {
    return this.#questions.length;
  }

  add(input: number): void {
    this.#questions.push({ input, id: undefined, answer: undefined });
    this.#askMore();
  }

  /** Takes an answer, or '' for an error; returns the lines that may be printed now. */
  answered(id: RequestId, answer: string): string[] {
    const question = this.#questions.find((one) => one.id === id);
    if (question) question.answer = answer;
    const firstOpen = this.#questions.findIndex((one) => one.answer === undefined);
    const done = firstOpen < 0 ? this.#questions : this.#questions.slice(0, firstOpen);
    this.#questions = this.#questions.slice(done.length);
    this.#askMore();
    return done.flatMap((one) => (one.answer ? [one.answer] : []));
  }

  /** The line broke before the answer; the question is asked again, which costs nothing but time. */
  interrupted(id: RequestId): void {
    const question = this.#questions.find((one) => one.id === id);
    if (question) question.id = undefined;
  }

  /** Asks what was interrupted; to be called once the connection is on its way again. */
  resume(): void {
    this.#askMore();
  }

  #askMore(): void {
    let underWay = this.#questions.filter((one) => one.id !== undefined && one.answer === undefined).length;
    for (const question of this.#questions) {
      if (underWay >= AT_ONCE) return;
      if (question.id !== undefined) continue;
      question.id = this.#ask(question.input);
      underWay += 1;
    }
  }
}
