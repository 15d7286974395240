// Compiles the TypeScript of src/ with swc, as the tests do: esbuild by itself writes no `design:type` metadata for decorators.
import { readdirSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import swc from '@swc/core';
import { ROOT } from '../ready.mjs';

const SOURCES = join(ROOT, 'src');

/**
 * The JavaScript of one file.
 *
 * @param format `es6` for a bundler, `commonjs` for Node
 */
export async function transform(path, format) {
  const { code } = await swc.transformFile(path, {
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: format },
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      keepClassNames: true,
    },
  });
  return code;
}

/** Writes every file of src/ as a module of its own, for benchmarks and scripts that call parts of the server. */
export async function writeModules(folder) {
  await rm(folder, { recursive: true, force: true });
  const paths = readdirSync(SOURCES, { recursive: true }).filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'),
  );
  await Promise.all(
    paths.map(async (path) => {
      const source = join(SOURCES, path);
      const target = join(folder, relative(SOURCES, source).replace(/\.ts$/, '.js'));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, await transform(source, 'commonjs'));
    }),
  );
}
