// BillOfMaterials (SBOM): what a package contains and what it needs, made from what npm says about the whole tree.

/** @typedef {{ 'bom-ref': string, name: string, version: string, scope?: string,
 *   properties?: { name: string, value: string }[] }} Component */
/** @typedef {{ serialNumber: string, metadata: { timestamp: string, component: Component }, components: Component[],
 *   dependencies: { ref: string, dependsOn: string[] }[] }} Bill as CycloneDX describes it, as far as it is used here */

/**
 * npm takes what is bundled for a mere tool of development, since it is installed as one. Here it is a part of the package; the
 * other tools are left out. The same input gives the same bill, whenever and wherever it is made.
 * @param {Bill} tree what `npm sbom` says about the whole package-lock.json
 * @param {Bill} needed what `npm sbom --omit dev` says: what an install of the package brings along
 * @param {{ name: string, bundled: string[], date: string, serial: string }} release the package's name; what it bundles, as
 *   `name@version`; the day as YYYY-MM-DD; a UUID
 * @returns {Bill}
 * @throws {Error} if the lock lacks a bundled package
 */
export function describeRelease(tree, needed, { name, bundled, date, serial }) {
  const locked = new Map(tree.components.map((component) => [`${component.name}@${component.version}`, component]));
  const parts = bundled.map((id) => {
    const component = locked.get(id);
    if (!component) throw new Error(`${id} is bundled, but package-lock.json does not list it; run npm ci`);
    return { ...component, scope: 'required', properties: [{ name: 'cdx:npm:package:bundled', value: 'true' }] };
  });
  const own = { ...tree.metadata.component, name };
  const components = [...parts, ...needed.components.filter((component) => !bundled.includes(idOf(component)))].sort(
    (a, b) => (idOf(a) < idOf(b) ? -1 : 1),
  );
  const refs = new Set(components.map((component) => component['bom-ref']));
  const direct = needed.dependencies.find(({ ref }) => ref === own['bom-ref'])?.dependsOn ?? [];
  return {
    ...tree,
    serialNumber: `urn:uuid:${serial}`,
    metadata: { ...tree.metadata, timestamp: `${date}T00:00:00.000Z`, component: own },
    components,
    dependencies: [
      { ref: own['bom-ref'], dependsOn: [...new Set([...direct, ...parts.map((part) => part['bom-ref'])])].sort() },
      ...tree.dependencies
        .filter(({ ref }) => refs.has(ref))
        .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) })),
    ],
  };
}

/** @param {Component} component */
function idOf({ name, version }) {
  return `${name}@${version}`;
}
