// Bundles the server and its commands into one file. Packages with binaries or files of their own stay outside.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../ready.mjs';
import { transform } from './transform.mjs';

/** better-sqlite3 has a binary; Swagger UI is served from the files of its package. */
const OUTSIDE = ['better-sqlite3', 'swagger-ui-dist'];

/** Drivers of databases that the server does not support. TypeORM loads them all; they are a fifth of the bundle. */
const OTHER_DRIVERS =
  /^\.\/(aurora-mysql|aurora-postgres|capacitor|cockroachdb|cordova|expo|mongodb|mysql|nativescript|oracle|react-native|sap|spanner|sqljs|sqlserver)\//;

/** The telephone numbers of all countries, which class-validator loads for a rule that the server does not use: half a megabyte. */
const TELEPHONE_NUMBERS = /^libphonenumber-js\//;

/** Each program is loaded when it is called: both are in the bundle, and share the rest of it. */
const ENTRY = `
exports.main = () => require('./src/main.ts');
exports.cli = () => require('./src/cli.ts');
`;

/** Writes the bundle and its source map. */
export async function bundle(outfile, version) {
  await build({
    stdin: { contents: ENTRY, resolveDir: ROOT, sourcefile: 'entry.js' },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    // TypeORM stores the names of migrations, and Nest finds providers by the names of classes.
    keepNames: true,
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    sourcemap: 'external',
    sourcesContent: false,
    define: { DAKKIO_VERSION: JSON.stringify(version) },
    external: OUTSIDE,
    // A script has no loader of its own for import().
    supported: { 'dynamic-import': false },
    // The loader compiles the file as this function.
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
    plugins: [sources, packages],
    logLevel: 'warning',
  });
  await writeFile(outfile, withNamesOfClassesAlone(await readFile(outfile, 'utf8')));
}

/** Writes the program of SQLite's worker threads: a small script, so that a thread starts soon. */
export async function bundleThread(outfile) {
  await build({
    entryPoints: [join(ROOT, 'src', 'sqlite-thread.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    minifyWhitespace: true,
    minifySyntax: true,
    external: OUTSIDE,
    logLevel: 'warning',
  });
}

const NAME_HELPER = '__name=(target,value)=>__defProp(target,"name",{value,configurable:!0})';
const CLASS_NAME_HELPER = '__Name=(t,v)=>__defProp(t,"name",{value:v,configurable:!0}),__name=t=>t';

/**
 * `keepNames` sets the name of every function each time that the function is created, which costs a key check a fifth of its time. Only
 * classes need theirs. Every replacement is as long as what it replaces, so that the source map still fits.
 */
function withNamesOfClassesAlone(code) {
  if (!code.includes(NAME_HELPER) || CLASS_NAME_HELPER.length > NAME_HELPER.length)
    throw new Error('esbuild sets names in another way than it did');
  return code
    .replace(NAME_HELPER, CLASS_NAME_HELPER.padEnd(NAME_HELPER.length))
    .replaceAll('static{__name(this,', 'static{__Name(this,');
}

const sources = {
  name: 'sources',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => ({
      contents: await transform(path, 'es6'),
      loader: 'js',
    }));
  },
};

const packages = {
  name: 'packages',
  setup({ onLoad, onResolve, resolve }) {
    onResolve({ filter: OTHER_DRIVERS }, ({ path, importer }) =>
      /typeorm[\\/]driver[\\/]DriverFactory\.js$/.test(importer) ? { path, namespace: 'unused' } : undefined,
    );
    onResolve({ filter: TELEPHONE_NUMBERS }, ({ path }) => ({ path, namespace: 'unused' }));
    onLoad({ filter: /./, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));

    // Nest and others try packages that may be absent; at run time they are absent too.
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, importer, pluginData }) => {
      if (pluginData === packages || kind === 'entry-point') return undefined;
      const found = await resolve(path, { kind, resolveDir, importer, pluginData: packages });
      return found.errors.length > 0 ? { path, external: true } : found;
    });

    // Else the map leads to sources that packages leave out.
    onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return { contents: text.replace(/^\/\/# sourceMappingURL=.*$/gm, ''), loader: 'js' };
    });
  },
};
