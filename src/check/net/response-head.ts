// ResponseHead: the status line and headers of an HTTP/1 response, read from raw bytes.

export interface ResponseHead {
  /** Such as `1.1`; empty where the bytes are not HTTP. */
  version: string;
  /** 0 where the bytes are not HTTP. */
  status: number;
  reason: string;
  /** Names in lower case; values of repeated headers in their order. */
  headers: Map<string, string[]>;
}

/** The longest head that is read, in bytes. */
export const MAX_HEAD_BYTES = 64 * 1024;

/** Splits at the first empty line; undefined while there is none. */
export function splitHead(bytes: Buffer): { head: string; rest: Buffer } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  return { head: bytes.subarray(0, end).toString('latin1'), rest: bytes.subarray(end + 4) };
}

export function parseHead(head: string): ResponseHead {
  const [statusLine = '', ...lines] = head.split('\r\n');
  const [, version = '', status = '0', reason = ''] = /^HTTP\/(\d\.\d) (\d{3}) ?(.*)$/.exec(statusLine) ?? [];
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon === -1) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return { version, status: Number(status), reason, headers };
}

/** All values of a header as one list; empty where it was not sent. */
export function headerOf({ headers }: Pick<ResponseHead, 'headers'>, name: string): string {
  return (headers.get(name.toLowerCase()) ?? []).join(', ');
}

/** Whether a comma-separated header such as Connection has a token, in any case. */
export function hasToken(head: ResponseHead, name: string, token: string): boolean {
  return headerOf(head, name)
    .split(',')
    .some((part) => part.trim().toLowerCase() === token);
}
