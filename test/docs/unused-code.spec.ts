import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** Where the server and its commands start. Nothing imports these. */
const ENTRIES = ['src/main.ts', 'src/cli.ts', 'src/sqlite-thread.ts'];

/** Packages that no file imports, each with what uses it. */
const USED_OTHERWISE: Record<string, string> = {
  rxjs: 'Nest needs it beside itself',
};

function filesIn(folder: string, pattern: RegExp): string[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => pattern.test(name)).map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

const code = ['src', 'test', 'bench', 'scripts'].flatMap((folder) => filesIn(folder, /\.(ts|mjs|cjs)$/));
const texts = new Map([...code, 'ormconfig.ts'].map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));
const all = [...texts.values()].join('\n');

/** How often each word occurs. */
const words = new Map<string, number>();
for (const [word] of all.matchAll(/[A-Za-z_$][\w$]*/g)) words.set(word, (words.get(word) ?? 0) + 1);

it('exports only names that something uses', () => {
  const declared =
    /^export (?:abstract |async )*(?:const|let|function\*?|class|interface|type|enum)\s+([A-Za-z_$][\w$]*)/gm;
  const unused = [...texts].flatMap(([file, text]) =>
    [...text.matchAll(declared)].filter(([, name = '']) => words.get(name) === 1).map(([, name]) => `${file} ${name}`),
  );
  expect(unused).toEqual([]);
});

it('has no file in src that nothing imports', () => {
  const imported = new Set(
    [...all.matchAll(/['"]\.{1,2}\/[^'"\n]*['"]/g)].map(([path]) => basename(path.slice(1, -1).replace(/\.js$/, ''))),
  );
  const unused = filesIn('src', /\.ts$/)
    .filter((file) => !/\.(spec|d)\.ts$/.test(file) && !ENTRIES.includes(file))
    .filter((file) => !imported.has(basename(file, '.ts')));
  expect(unused).toEqual([]);
});

it('depends only on packages that something imports', () => {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const unused = Object.keys(dependencies).filter((name) => !new RegExp(`['"]${name}(/[^'"]*)?['"]`).test(all));
  expect(unused.filter((name) => !(name in USED_OTHERWISE))).toEqual([]);
});
