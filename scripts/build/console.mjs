// Builds the console into dist/console/: hashed files, each also compressed, and a manifest that is written last.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build, context } from 'esbuild';
import { ROOT, say } from '../ready.mjs';

const SOURCES = join(ROOT, 'console', 'src');
const TARGET = join(ROOT, 'dist', 'console');
/** Files that `index.html` names as `{{main.js}}`, and what each is made from. */
const ENTRIES = { main: join(SOURCES, 'main.tsx'), theme: join(SOURCES, 'shell', 'apply-theme.ts'), styles: 'styles' };
/** Less than this is not worth compressing. */
const LEAST_COMPRESSED_BYTES = 1024;
const ENCODINGS = {
  br: (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  gz: (bytes) => promisify(gzip)(bytes, { level: 9 }),
};

/** Leaves no console behind if it fails: the server then shows a page of links. */
export async function buildConsole() {
  await rm(TARGET, { recursive: true, force: true });
  const { outputFiles, metafile } = await build(options({ isFinal: true }));
  await writeConsole(outputFiles, metafile);
}

/** Builds again at each change, until the process ends. */
export async function watchConsole() {
  const rebuilt = {
    name: 'rebuilt',
    setup({ onEnd }) {
      onEnd(async ({ errors, outputFiles, metafile }) => {
        if (errors.length > 0) return;
        await rm(TARGET, { recursive: true, force: true });
        await writeConsole(outputFiles, metafile);
        say('The console is built. Reload the page to see it.');
      });
    },
  };
  const watched = await context({ ...options({ isFinal: false }), plugins: [stylesheet, shared, rebuilt] });
  await watched.watch();
}

function options({ isFinal }) {
  return {
    entryPoints: ENTRIES,
    outdir: TARGET,
    write: false,
    metafile: true,
    bundle: true,
    // Screens are loaded when they are opened.
    splitting: true,
    format: 'esm',
    target: ['chrome111', 'firefox114', 'safari16.4'],
    jsx: 'automatic',
    minify: isFinal,
    sourcemap: isFinal ? false : 'inline',
    legalComments: 'none',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    define: { 'process.env.NODE_ENV': isFinal ? '"production"' : '"development"' },
    plugins: [stylesheet, shared],
    logLevel: 'warning',
  };
}

/** One stylesheet of every `.css` file below console/src. The files name their cascade layers, so that their order does not matter. */
const stylesheet = {
  name: 'stylesheet',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^styles$/ }, () => ({ path: 'styles', namespace: 'stylesheet' }));
    onLoad({ filter: /./, namespace: 'stylesheet' }, async () => {
      const names = (await readdir(SOURCES, { recursive: true })).filter((name) => name.endsWith('.css')).sort();
      // The order of layers is declared first.
      const ordered = names.sort((one, other) => Number(isLayers(other)) - Number(isLayers(one)));
      const contents = ordered.map((name) => `@import ${JSON.stringify(`./${name.split(sep).join('/')}`)};`).join('\n');
      return {
        contents,
        loader: 'css',
        resolveDir: SOURCES,
        watchDirs: [SOURCES],
        watchFiles: names.map((name) => join(SOURCES, name)),
      };
    });
  },
};

/** What screens share: it is part of the first load. */
const SHARED_FOLDERS = ['components', 'api', 'lib', 'session', 'shell'];
/** An entry of its own, and code for few screens that the first one does without. */
const UNSHARED =
  /apply-theme|components\/table|components\/tabs|code-text|create-dialog|filters|meter|once-dialog|page-error|qr-code|sparkline|\.css$/;

/**
 * Makes one file of what screens share. esbuild makes a file of its own for each set of screens that use a module, which would be thirty
 * requests before the first screen; here every screen uses all of it.
 */
const shared = {
  name: 'shared',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^shared$/ }, () => ({ path: 'shared', namespace: 'shared' }));
    onLoad({ filter: /./, namespace: 'shared' }, async () => {
      const files = await Promise.all(SHARED_FOLDERS.map(filesOf));
      const names = files.flat().filter((name) => /\.tsx?$/.test(name) && !UNSHARED.test(name));
      return {
        contents: names.map((name) => `import ${JSON.stringify(`./${name}`)};`).join('\n'),
        resolveDir: SOURCES,
      };
    });
    onLoad({ filter: /[\\/]src[\\/]screens[\\/].*\.tsx$/ }, async ({ path }) => ({
      contents: `import 'shared';${await readFile(path, 'utf8')}`,
      loader: 'tsx',
    }));
  },
};

async function filesOf(folder) {
  const names = await readdir(join(SOURCES, folder), { recursive: true });
  return names.map((name) => `${folder}/${name.split(sep).join('/')}`).sort();
}

function isLayers(name) {
  return basename(name) === 'layers.css';
}

async function writeConsole(outputFiles, metafile) {
  await mkdir(TARGET, { recursive: true });
  const files = outputFiles.map(({ path, contents }) => ({ name: basename(path), bytes: contents }));
  const icon = await readFile(join(SOURCES, 'icon.svg'));
  const hash = createHash('sha256').update(icon).digest('hex').slice(0, 8).toUpperCase();
  files.push({ name: `icon-${hash}.svg`, bytes: icon });
  const written = await Promise.all(files.map(writeFileAndVariants));
  const first = firstLoad(metafile);
  await writeFile(join(TARGET, 'index.html'), await pageOf(namesOfEntries(metafile), first, `icon-${hash}.svg`));
  const manifest = { first, files: Object.fromEntries(written) };
  await writeFile(join(TARGET, 'manifest.json'), JSON.stringify(manifest, null, 1));
}

async function writeFileAndVariants({ name, bytes }) {
  await writeFile(join(TARGET, name), bytes);
  const sizes = { bytes: bytes.length };
  if (bytes.length < LEAST_COMPRESSED_BYTES) return [name, sizes];
  for (const [encoding, compress] of Object.entries(ENCODINGS)) {
    const compressed = await compress(bytes);
    if (compressed.length >= bytes.length) continue;
    await writeFile(join(TARGET, `${name}.${encoding}`), compressed);
    sizes[encoding] = compressed.length;
  }
  return [name, sizes];
}

/** The hashed name of each entry, by the name that `index.html` uses for it. */
function namesOfEntries({ outputs }) {
  const named = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint !== undefined);
  return new Map(named.map(([path]) => [basename(path).replace(/-[A-Z0-9]{8}(?=\.)/, ''), basename(path)]));
}

/** @param first the files of the first load: the browser fetches its chunks together with the entry that imports them */
async function pageOf(names, first, icon) {
  const text = await readFile(join(SOURCES, 'index.html'), 'utf8');
  const page = text.replace(/\{\{([\w.]+)\}\}/g, (_, name) => {
    const found = name === 'icon.svg' ? icon : names.get(name);
    if (found === undefined) throw new Error(`console/src/index.html names ${name}, which the build does not make`);
    return found;
  });
  const chunks = first.filter((name) => name.startsWith('chunk-'));
  const links = chunks.map((name) => `    <link rel="modulepreload" href="console/${name}" />\n`);
  return page.replace('  </head>', `${links.join('')}  </head>`);
}

/** What a browser loads before any screen: the entries, and the chunks that they import statically. */
function firstLoad({ outputs }) {
  const byName = new Map(Object.entries(outputs).map(([path, output]) => [relative('', path), output]));
  const found = new Set();
  const visit = (path) => {
    if (found.has(path)) return;
    found.add(path);
    const { imports = [] } = byName.get(path) ?? {};
    for (const { path: next, kind } of imports) if (kind === 'import-statement') visit(relative('', next));
  };
  for (const [path, { entryPoint }] of byName) if (entryPoint !== undefined && isEntry(path)) visit(path);
  return [...found].map((path) => basename(path)).sort();
}

function isEntry(path) {
  const name = basename(path, extname(path)).replace(/-[A-Z0-9]{8}$/, '');
  return name in ENTRIES;
}
