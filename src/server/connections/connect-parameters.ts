// ConnectParameters: what an upgrade of /ws asks for in its query and headers.
import type { IncomingMessage } from 'node:http';
import type { Language } from '../../shared/protocol/messages.js';
import { chooseLanguage } from './language.js';

export interface ConnectParameters {
  language: Language;
  /** As the client wrote them; undefined where it named none. */
  topics: string[] | undefined;
  /** The token of the session to resume. */
  resume: string | null;
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
  return { language, topics, resume: query.get('resume') };
}

export function queryOf({ url }: IncomingMessage): URLSearchParams {
  return new URLSearchParams(url?.split('?')[1]);
}
