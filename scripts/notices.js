// Notices: the licences of the packages that are bundled, as one text; and which packages such a text names.

const RULE = '-'.repeat(80);
const INTRODUCTION = 'wsdemo contains these packages.';

/** @param {{ name: string, version: string, license: string, text: string }[]} packages the text: of the licence */
export function formatNotices(packages) {
  const notices = packages.map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}\n`);
  return `${INTRODUCTION}\n\n${notices.join(`\n${RULE}\n\n`)}`;
}

/**
 * @param {string} notices as `formatNotices` returns them
 * @returns {string[]} the packages, as `name@version`
 * @throws {Error} if a notice does not begin with a package
 */
export function readNotices(notices) {
  return notices
    .slice(INTRODUCTION.length)
    .split(`\n${RULE}\n`)
    .map((notice) => {
      const [, name, version] = /^(\S+) (\d\S*) \(.+\)\n/.exec(notice.trim()) ?? [];
      if (!name) throw new Error(`not a notice of a package: ${notice.trim().slice(0, 60)}`);
      return `${name}@${version}`;
    });
}
