// AccessToken: the access token that the user has entered, for this tab.

/**
 * Session storage outlives a reload, but not the tab, and no other tab or site reads it. Storage may be blocked by a setting or a
 * sandboxed frame; then the token is gone with the page.
 */
const STORED = 'wsdemo.token';

export class AccessToken {
  #token = readStored();

  /** Empty if there is none. */
  get value(): string {
    return this.#token;
  }

  set value(token: string) {
    this.#token = token;
    try {
      if (token === '') sessionStorage.removeItem(STORED);
      else sessionStorage.setItem(STORED, token);
    } catch {
      // See above.
    }
  }
}

function readStored(): string {
  try {
    return sessionStorage.getItem(STORED) ?? '';
  } catch {
    return '';
  }
}
