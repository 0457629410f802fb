// ConnectParameters: what an upgrade of /ws asks for in its query and headers.
import type { IncomingMessage } from 'node:http';
import type { Language } from '../../shared/protocol/messages.js';
import { offeredIn, resumeTokenAmong } from '../../shared/protocol/token-subprotocol.js';
import { chooseLanguage } from './language.js';

export interface ConnectParameters {
  language: Language;
  /** As the client wrote them; undefined where it named none. */
  topics: string[] | undefined;
  /** The token of the session to resume; undefined if none was sent. */
  resume: string | undefined;
}

/** @param defaultLanguage for clients that ask for none */
export function readConnectParameters(request: IncomingMessage, defaultLanguage: Language): ConnectParameters {
  const query = queryOf(request);
  const topics = query
    .get('topics')
    ?.split(',')
    .map((topic) => topic.trim())
    .filter(Boolean);
  const language = chooseLanguage(query.get('lang'), request.headers['accept-language'], defaultLanguage);
  return { language, topics, resume: resumeTokenIn(request, query) };
}

/** The token of the session to resume: among the subprotocols, or in the query as older clients send it. */
export function resumeTokenIn(request: IncomingMessage, query?: URLSearchParams): string | undefined {
  const offered = offeredIn(request.headers['sec-websocket-protocol']);
  return resumeTokenAmong(offered) ?? (query ?? queryOf(request)).get('resume') ?? undefined;
}

export function queryOf({ url }: IncomingMessage): URLSearchParams {
  return new URLSearchParams(url?.split('?')[1]);
}
