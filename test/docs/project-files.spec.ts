import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SETTINGS } from '../../src/common/config/settings';

const ROOT = join(__dirname, '..', '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
/** The parser that @nestjs/swagger writes YAML with. */
const { load } = createRequire(require.resolve('@nestjs/swagger'))('js-yaml') as { load: (text: string) => any };
const yaml = (path: string) => load(read(path));

const { engines, license } = JSON.parse(read('package.json')) as { engines: { node: string }; license: string };

describe('.env.example', () => {
  it('has every setting with its meaning and its default, and sets none', () => {
    const expected = Object.values(SETTINGS).map(
      ({ variable, defaultText, about }) => `# ${about}\n# ${variable}=${defaultText ?? ''}\n`,
    );
    const [head = '', ...rows] = read('.env.example').split('\n\n');
    expect(`${rows.join('\n\n')}`).toBe(expected.join('\n'));
    expect(head).toMatch(/^# /);
    expect(read('.env.example')).not.toMatch(/^[^#\n]/m);
  });
});

describe('the license', () => {
  it('is MIT, in package.json too', () => {
    expect(read('LICENSE')).toMatch(/^MIT License\n\nCopyright \(c\) \d{4} the Dakkio contributors\n/);
    expect(license).toBe('MIT');
  });
});

describe('documents for contributors', () => {
  it.each(['CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'deploy/README.md', '.github/pull_request_template.md'])(
    '%s names files, folders and scripts that are there',
    (path) => {
      const text = read(path);
      const links = [...text.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, link = '']) => link);
      const named = [...text.matchAll(/`((?:src|test|docs|deploy|\.ci)\/[\w./-]*)`/g)].map(([, name = '']) => name);
      expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).toEqual([]);
      expect(named.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
      const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
      const run = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
      expect(run.filter((name) => !(name in scripts))).toEqual([]);
    },
  );

  it('gives an editor the width that prettier has', () => {
    const { printWidth } = JSON.parse(read('.prettierrc')) as { printWidth: number };
    expect(read('.editorconfig')).toContain(`max_line_length = ${printWidth}\n`);
  });

  it('names a version of Node that package.json accepts', () => {
    const least = Number(/^>=(\d+)/.exec(engines.node)?.[1]);
    expect(Number(read('.nvmrc'))).toBeGreaterThanOrEqual(least);
  });
});

describe('.github', () => {
  it('runs .ci/run on Node 20, 22 and 24, and checks signatures', () => {
    const { jobs, permissions } = yaml('.github/workflows/ci.yml');
    expect(permissions).toEqual({ contents: 'read' });
    expect(jobs.test.strategy.matrix.node).toEqual([20, 22, 24]);
    const runs = (job: { steps: { run?: string }[] }) => job.steps.flatMap(({ run }) => run ?? []);
    expect(runs(jobs.test)).toEqual(['bash .ci/run']);
    expect(runs(jobs.signatures)).toContain('npm audit signatures');
    expect(existsSync(join(ROOT, '.ci/run'))).toBe(true);
  });

  it('analyzes the code with CodeQL', () => {
    const { jobs } = yaml('.github/workflows/codeql.yml');
    expect(jobs.analyze.permissions).toEqual({ contents: 'read', 'security-events': 'write' });
    const uses = (jobs.analyze.steps as { uses: string }[]).map(({ uses }) => uses.split('@')[0]);
    expect(uses).toEqual(['actions/checkout', 'github/codeql-action/init', 'github/codeql-action/analyze']);
  });

  it('has issue forms with a name, a description and fields of distinct ids', () => {
    const files = readdirSync(join(ROOT, '.github/ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml');
    expect(files.sort()).toEqual(['bug.yml', 'feature.yml']);
    for (const file of files) {
      const { name, description, body } = yaml(`.github/ISSUE_TEMPLATE/${file}`);
      expect([typeof name, typeof description]).toEqual(['string', 'string']);
      const ids = (body as { type: string; id?: string }[]).flatMap(({ type, id }) => (type === 'markdown' ? [] : id));
      expect(ids).not.toContain(undefined);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});

describe('.env', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dakkio-env-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const module = JSON.stringify(join(ROOT, 'scripts/env-file.mjs'));

  /** What comes of a file: a sentence, or the variables A, B and C. */
  const loaded = (text: string | null, environment: Record<string, string> = {}) => {
    const path = join(folder, `${Math.random()}.env`);
    if (text !== null) writeFileSync(path, text);
    const code = `import(${module}).then(({ loadEnvFile }) => {
      const fault = loadEnvFile(${JSON.stringify(path)});
      const { A, B, C } = process.env;
      console.log(JSON.stringify({ fault: fault?.replace(${JSON.stringify(path)}, 'FILE'), A, B, C }));
    })`;
    return JSON.parse(execFileSync(process.execPath, ['-e', code], { env: environment, encoding: 'utf8' })) as object;
  };

  it.each<[string, string | null, object]>([
    ['no file', null, {}],
    ['an empty file', '', {}],
    [
      'comments and assignments',
      '# x\n\nA=1\n# y\nB = two words # why\nexport C="#3"\n',
      { A: '1', B: 'two words', C: '#3' },
    ],
    ['quotes over several lines', 'A="one\ntwo"\nB=2\n', { A: 'one\ntwo', B: '2' }],
    ['an empty value', 'A=\n', { A: '' }],
  ])('takes %s', (_what, text, expected) => {
    expect(loaded(text)).toEqual(expected);
  });

  it('leaves variables alone that are set already', () => {
    expect(loaded('A=1\nB=2\n', { A: 'set' })).toEqual({ A: 'set', B: '2' });
  });

  it.each([
    ['a line that is no assignment', 'A=1\nPORT 3000\n', 2],
    ['YAML', 'A: 1\n', 1],
    ['a quote that is left open', 'A=1\nB="2\nC=3\n', 2],
    ['a name with a dash', 'a-b=1\n', 1],
    ['an indented comment', 'A=1\n  # x\nB=2\n', 2],
    ['an indented assignment', 'A=1\n  B=2\n', 2],
    ['a byte order mark', '\uFEFFA=1\n', 1],
  ])('refuses %s in one sentence, and loads nothing', (_what, text, line) => {
    const fault = `FILE: line ${line} must begin with NAME=value, or with # for a comment`;
    expect(loaded(text)).toEqual({ fault });
  });

  it('is what npm start reads, and nothing else does', () => {
    const scripts = readdirSync(join(ROOT, 'scripts')).filter(
      (name) => name.endsWith('.mjs') && read(`scripts/${name}`).includes('env-file'),
    );
    expect(scripts).toEqual(['start.mjs']);
    expect(read('scripts/start.mjs')).toContain("loadEnvFile(join(ROOT, '.env'))");
    expect(read('.gitignore').split('\n')).toContain('.env');
  });
});
