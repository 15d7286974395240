import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Defined only in the bundle (`scripts/build/bundle.mjs`). */
declare const DAKKIO_VERSION: string | undefined;

/** The folder that contains package.json and docs/. */
export const ROOT = rootAbove(__dirname);

/** The folder of the bundle, or undefined if the sources run as separate modules, as in tests. */
export const BUNDLE_FOLDER = typeof DAKKIO_VERSION === 'undefined' ? undefined : __dirname;

/** The version of package.json at the time of the build. */
export const VERSION = typeof DAKKIO_VERSION === 'undefined' ? packageVersion() : DAKKIO_VERSION;

function rootAbove(folder: string): string {
  const parent = dirname(folder);
  return parent === folder || existsSync(join(folder, 'package.json')) ? folder : rootAbove(parent);
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}
