// LabRoutes: the lab over HTTP: /lab, /lab/case/ID, /lab/seen, and short paths such as /lab/close/1011.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { queryOf } from '../connections/connect-parameters.js';
import { servePage } from '../http/page.js';
import { type Handler, respond, respondJson } from '../http/responses.js';
import { pathBelow, pathOf, requireUpgrade } from '../http/routes.js';
import { type Cases, KEPT_MS, MAX_CASES } from './cases.js';
import { describeFault, FAULT_NAMES, MAX_DURATION_MS, MAX_SENT_BYTES, sampleOf, syntaxOf } from './faults.js';
import { MAX_FAULTS, MAX_STEPS } from './plan.js';
import { seenRequest } from './seen-request.js';

export interface LabRoutesOptions {
  cases: Cases;
  basePath: string;
  pageDir: string;
}

/** Names of short paths besides those of the faults. */
const OTHER_NAMES = new Map([
  ['silent', 'half'],
  ['reset', 'rst'],
]);

export class LabRoutes {
  readonly #options: LabRoutesOptions;
  readonly #page: Handler;

  constructor(options: LabRoutesOptions) {
    this.#options = options;
    this.#page = servePage(options.pageDir, () => '', 'lab.html');
  }

  /** Whether a path such as `lab/close/1011` stands for a plan on /echo. */
  isShortPath(path: string): boolean {
    return this.planOf(path) !== undefined;
  }

  /** The plan of a short path: `lab/close/1011` means `close:1011`. */
  planOf(path: string): string | undefined {
    const [lab, name = '', ...args] = path.split('/');
    const fault = OTHER_NAMES.get(name) ?? FAULT_NAMES.find((each) => each === name);
    if (lab !== 'lab' || fault === undefined) return undefined;
    // The grammar's own characters stay out: a short path is one fault.
    return [fault, ...args.map((arg) => decode(arg).replace(/[,/@~]/g, ' '))].join(':');
  }

  handlerOf(path: string): Handler | undefined {
    if (path === 'lab') return (request, response) => this.#serveLab(request, response);
    if (path === 'lab/seen') return (request, response) => respondJson(response, seenRequest(request), NOT_STORED);
    if (path.startsWith('lab/case/')) return (_, response) => this.#serveCase(path.slice('lab/case/'.length), response);
    return this.isShortPath(path) ? requireUpgrade : undefined;
  }

  /** The address of a request without its fault. */
  withoutFault(request: IncomingMessage): string {
    const query = queryOf(request);
    for (const name of ['fault', 'seed', 'case']) query.delete(name);
    const { basePath } = this.#options;
    const isShort = this.isShortPath(pathBelow(basePath, request) ?? '');
    const plain = isShort ? `${basePath}echo` : pathOf(request);
    return query.size > 0 ? `${plain}?${query}` : plain;
  }

  /** People get a page, programs JSON. */
  #serveLab(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('Vary', 'Accept, Accept-Encoding');
    if (String(request.headers.accept ?? '').includes('text/html')) this.#page(request, response);
    else respondJson(response, labDescription(), NOT_STORED);
  }

  #serveCase(id: string, response: ServerResponse): void {
    const report = this.#options.cases.report(id);
    if (report) respondJson(response, report, NOT_STORED);
    else
      respond(
        response,
        404,
        `there is no case ${JSON.stringify(id)}; it begins with the first upgrade that names case=ID`,
      );
  }
}

/** What the lab can do, for programs. */
export function labDescription(): object {
  return {
    endpoints: ['/ws?fault=PLAN', '/echo?fault=PLAN', '/lab/NAME/ARGUMENT'],
    grammar: {
      plan: 'step/step/…: for the attempts 1, 2, … of case=ID; the last one repeats',
      step: 'fault,fault,… or ok',
      fault: 'name:argument:…@moment~probability',
      moment: '@3s, @250ms, @n5 (before the server’s fifth message) or @c2 (after the client’s second)',
      probability: '~0.1; with seed=N the same each time',
    },
    limits: {
      steps: MAX_STEPS,
      faults_per_step: MAX_FAULTS,
      bytes_per_connection: MAX_SENT_BYTES,
      seconds_per_connection: MAX_DURATION_MS / 1000,
      cases: MAX_CASES,
      case_seconds: KEPT_MS / 1000,
    },
    faults: FAULT_NAMES.map((name) => {
      const { group, kind, does, client, arguments: args } = describeFault(name);
      return { name, group, kind, syntax: syntaxOf(name), sample: sampleOf(name), arguments: args, does, client };
    }),
  };
}

const NOT_STORED = { 'Cache-Control': 'no-store' };

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
