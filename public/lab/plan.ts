// Plan: puts the text of a plan together, and the address that asks for it.

export interface Draft {
  fault: string;
  /** As typed, such as `1011:bye`. */
  arguments: string;
  /** As typed, with or without its `@`. */
  moment: string;
  /** As typed, with or without its `~`. */
  probability: string;
}

/** Adds a fault to the last step of a plan. */
export function withFault(plan: string, draft: Draft): string {
  const part = (mark: string, text: string) => {
    const bare = text.trim().replace(new RegExp(`^\\${mark}`), '');
    return bare === '' ? '' : mark + bare;
  };
  const fault = draft.fault + part(':', draft.arguments) + part('@', draft.moment) + part('~', draft.probability);
  const steps = plan.trim().split('/');
  const last = steps.pop() ?? '';
  return [...steps, last === '' || last === 'ok' ? fault : `${last},${fault}`].join('/');
}

/** Adds a step for the next attempt. */
export function withStep(plan: string): string {
  return `${plan.trim() || 'ok'}/ok`;
}

export interface Asked {
  endpoint: string;
  plan: string;
  caseId: string;
  seed: string;
}

/** The address of the socket. @param page the address of this page */
export function labUrl(page: string, { endpoint, plan, caseId, seed }: Asked): string {
  const url = new URL(endpoint, page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const query = Object.entries({ case: caseId, seed, fault: plan })
    .filter(([, value]) => value.trim() !== '')
    // The grammar's characters may stand in a query as they are, which is easier to read.
    .map(
      ([name, value]) =>
        `${name}=${encodeURIComponent(value.trim()).replace(/%(3A|2C|2F|40|7E)/g, decodeURIComponent)}`,
    );
  return url.href + (query.length > 0 ? `?${query.join('&')}` : '');
}
