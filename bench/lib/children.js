// Children: the processes that the bench starts; none of them outlives it.

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();

process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));

/** @template {import('node:child_process').ChildProcess} T @param {T} child */
export function adopt(child) {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}
