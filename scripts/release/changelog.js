// Changelog: the sections of CHANGELOG.md. Each begins with `## Unreleased` or `## VERSION - YYYY-MM-DD`.

/**
 * The entries of one section, without its heading.
 * @param {string} changelog
 * @param {string} name `Unreleased`, or a version
 * @returns {{ date: string | undefined, entries: string } | undefined} undefined if there is no such section
 */
export function findSection(changelog, name) {
  for (const section of changelog.split(/^## /m).slice(1)) {
    const [heading = '', ...lines] = section.split('\n');
    const [title, date] = heading.split(' - ');
    if (title?.trim() === name) return { date: date?.trim(), entries: lines.join('\n').trim() };
  }
  return undefined;
}

/**
 * The changelog with the unreleased entries under a version, below an empty section for the next ones.
 * @param {string} changelog
 * @param {string} version
 * @param {string} date YYYY-MM-DD
 */
export function releaseEntries(changelog, version, date) {
  return changelog.replace(/^## Unreleased$/m, `## Unreleased\n\n## ${version} - ${date}`);
}
