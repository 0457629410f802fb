// LabTarget: the address of a fault that `wsdemo serve --lab` plays on one connection.
import type { Context } from './context.js';
import type { Target } from './net/dial.js';

/** @param plan such as `close:4321:bye@c1`; nothing in its grammar needs escaping */
export function labTarget({ facts, target }: Context, plan: string): Target {
  const { url, ...rest } = facts.echo ?? target;
  const faulty = new URL(url);
  faulty.searchParams.delete('fault');
  faulty.search = `${faulty.search}${faulty.search ? '&' : '?'}fault=${plan}`;
  return { ...rest, url: faulty };
}
