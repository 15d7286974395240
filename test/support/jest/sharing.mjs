/**
 * Whether a test file takes the server's sources from those that its worker has loaded already. A unit test loads its own, since what a
 * module remembers may be what it tests.
 */
export function sharesSources(testPath, { collectCoverage, watch, watchAll }) {
  return testPath.endsWith('.e2e-spec.ts') && !collectCoverage && !watch && !watchAll;
}

/** Where packages keep what the decorators of the sources say. */
const STORES = ['typeormMetadataArgsStorage', 'classValidatorMetadataStorage'];

/** Takes the stores of the shared sources away from a file that loads its own. Returns a function that puts them back. */
export function takeStores() {
  const kept = STORES.map((name) => [name, globalThis[name]]);
  for (const name of STORES) Reflect.deleteProperty(globalThis, name);
  return () => Object.assign(globalThis, Object.fromEntries(kept.filter(([, store]) => store)));
}

/** Whether a global belongs to the shared sources, and stays when a file has ended that uses them. */
export const isStore = (name) => STORES.includes(name);
