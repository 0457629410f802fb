// Manifests: Kubernetes' objects in a YAML file, and what its API would refuse in them.
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  [field: string]: unknown;
}

export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    for (const error of document.errors) throw error;
    return document.toJS() as Manifest;
  });
}

/**
 * Checks objects against the types that are made from Kubernetes' API description: unknown, missing and wrong fields.
 * @returns a sentence for each fault
 */
export function faultsOf(manifests: readonly Manifest[]): string[] {
  const file = `${process.cwd()}/manifests.ts`;
  const source = manifests.map(typed).join('\n');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    types: [],
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    module: ts.ModuleKind.ESNext,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, languageVersion) =>
    name === file ? ts.createSourceFile(name, source, languageVersion) : getSourceFile(name, languageVersion);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

/** The object as TypeScript, of the type that its version and kind name: `networking.k8s.io/v1` is in `networking/v1`. */
function typed(manifest: Manifest, index: number): string {
  const { apiVersion, kind } = manifest;
  const [version, group = 'core'] = apiVersion.split('/').reverse();
  const module = `kubernetes-types/${group.split('.')[0]}/${version}`;
  return `export const object${index}: import('${module}').${kind} = ${JSON.stringify(manifest, undefined, 1)};`;
}
