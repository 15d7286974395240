// Bundles the server and its commands into one file. Packages with binaries or files of their own stay outside.
import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { ROOT } from '../ready.mjs';
import { transform } from './transform.mjs';

/** better-sqlite3 has a binary; Swagger UI is served from the files of its package. */
const OUTSIDE = ['better-sqlite3', 'swagger-ui-dist'];

/** Drivers of databases that the server does not support. TypeORM loads them all; they are a fifth of the bundle. */
const OTHER_DRIVERS =
  /^\.\/(aurora-mysql|aurora-postgres|capacitor|cockroachdb|cordova|expo|mongodb|mysql|nativescript|oracle|react-native|sap|spanner|sqljs|sqlserver)\//;

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
      /typeorm[\\/]driver[\\/]DriverFactory\.js$/.test(importer) ? { path, namespace: 'other-driver' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'other-driver' }, () => ({ contents: 'module.exports = {};' }));

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
