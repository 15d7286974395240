// Builds the package of clients/typescript into its dist/: as an ES module and as CommonJS, each with its declarations.
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';
import { ROOT, run } from '../ready.mjs';

const PACKAGE = join(ROOT, 'clients', 'typescript');
const TARGET = join(PACKAGE, 'dist');
/** Formats, and how their files end. */
const FORMATS = { esm: 'mjs', cjs: 'cjs' };

export async function buildClient() {
  await rm(TARGET, { recursive: true, force: true });
  for (const [format, ending] of Object.entries(FORMATS)) await bundle(format, ending);
  const folder = await mkdtemp(join(tmpdir(), 'dakkio-client-'));
  try {
    run(process.execPath, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), ...declarationsIn(folder)]);
    await writeDeclarations(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await copyFile(join(ROOT, 'LICENSE'), join(PACKAGE, 'LICENSE'));
}

async function bundle(format, ending) {
  await build({
    entryPoints: [join(PACKAGE, 'src', 'index.ts')],
    outfile: join(TARGET, `index.${ending}`),
    bundle: true,
    format,
    platform: 'neutral',
    target: ['es2022', 'node20.19'],
    legalComments: 'none',
    logLevel: 'warning',
  });
}

function declarationsIn(folder) {
  const emit = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', folder];
  return ['-p', join(PACKAGE, 'tsconfig.json'), ...emit];
}

/** The types of the API are only types, which both formats can import from one file. The other files exist for each format. */
async function writeDeclarations(folder) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.d.ts'));
  for (const name of names) {
    const text = await readFile(join(folder, name), 'utf8');
    const path = join(TARGET, name);
    await mkdir(dirname(path), { recursive: true });
    if (name.endsWith('schema.d.ts')) await writeFile(path, text);
    else
      for (const ending of Object.values(FORMATS))
        await writeFile(path.replace(/ts$/, ending.replace('js', 'ts')), withEndings(text, ending));
  }
}

function withEndings(text, ending) {
  return text.replace(/(from |import\()(['"])(\.{1,2}\/[^'"]+)\2/g, (_, before, quote, path) => {
    const file = path.endsWith('/schema') ? `${path}.js` : `${path}.${ending}`;
    return `${before}${quote}${file}${quote}`;
  });
}
