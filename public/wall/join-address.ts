// JoinAddress: the address that the wall shows, so that others can open the page.

export interface JoinAddress {
  href: string;
  /** Other devices can't reach it. */
  isLocal: boolean;
  /** What `?wall=` named, if that is no address. */
  wrong?: string;
}

/** @param page the page's own address; `?wall=ADDRESS` names another one, such as that of a proxy */
export function joinAddress(page: string): JoinAddress {
  const own = new URL(page);
  const named = own.searchParams.get('wall') ?? '';
  own.search = own.hash = '';
  const isAddress = URL.canParse(named) && /^https?:$/.test(new URL(named).protocol);
  const { href, hostname } = isAddress ? new URL(named) : own;
  const isLocal = /^(127(\.\d+){3}|\[::1\]|(.*\.)?localhost)$/.test(hostname);
  return { href, isLocal, ...(named === '' || isAddress ? {} : { wrong: named }) };
}
