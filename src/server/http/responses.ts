// Responses: plain sentences as HTTP responses, to requests and to refused upgrades.
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Refusal } from '../access/refusal.js';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export function respond(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  response.end(`${text}\n`);
}

export function respondJson(response: ServerResponse, body: unknown, headers: Record<string, string> = {}): void {
  respond(response, 200, JSON.stringify(body, null, 2), { 'Content-Type': 'application/json', ...headers });
}

/** Responds with a refusal and ends the connection, so that a refused client can't repeat its request for free. */
export function respondRefusal(response: ServerResponse, refusal: Omit<Refusal, 'reason'>): void {
  const { status, text, retryAfter, challenge, location } = refusal;
  response.shouldKeepAlive = false;
  respond(response, status, text, {
    ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
    ...(challenge === undefined ? {} : { 'WWW-Authenticate': challenge }),
    ...(location === undefined ? {} : { Location: location }),
  });
}

/** Answers an upgrade with a refusal, and ends the connection. */
export function refuseUpgrade(socket: Socket, refusal: Omit<Refusal, 'reason'>): void {
  const request = { method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1 } as IncomingMessage;
  respondRefusal(responseOn(socket, request), refusal);
}

/** An HTTP response on the bare socket of an upgrade; the connection ends with it. */
export function responseOn(socket: Socket, request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on('finish', () => socket.destroySoon()); // end() alone would wait for the client's FIN
  return response;
}
