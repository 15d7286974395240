import { execFileSync, spawnSync } from 'node:child_process';
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

/** Whether a program is there: what needs it is left out elsewhere. */
const has = (program: string, ...args: string[]) => spawnSync(program, args).error === undefined;
const itWith = (program: string, ...args: string[]) => (has(program, ...args) ? it : it.skip);

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

/** The instructions of a Dockerfile, with continued lines joined. */
function instructions(): { readonly name: string; readonly text: string }[] {
  const lines = read('Dockerfile')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [name = '', ...words] = line.trim().split(' ');
    return { name, text: words.join(' ') };
  });
}

describe('Dockerfile', () => {
  const all = instructions();
  const last = all.slice(all.findLastIndex(({ name }) => name === 'FROM'));
  const textOf = (name: string) => last.filter((one) => one.name === name).map(({ text }) => text);

  it('consists of instructions that Docker knows', () => {
    const known = ['ARG', 'FROM', 'WORKDIR', 'RUN', 'COPY', 'ENV', 'USER', 'VOLUME', 'EXPOSE', 'STOPSIGNAL'];
    const unknown = all.filter(({ name }) => ![...known, 'HEALTHCHECK', 'CMD'].includes(name));
    expect(unknown).toEqual([]);
  });

  it('builds in stages that are declared before they are used', () => {
    const declared = new Set<string>();
    for (const { name, text } of all) {
      if (name === 'COPY') {
        const from = /--from=(\S+)/.exec(text)?.[1];
        if (from !== undefined) expect(declared).toContain(from);
      }
      if (name !== 'FROM') continue;
      const [base = '', as, stage = ''] = text.split(' ');
      expect(as).toBe('AS');
      if (!base.startsWith('node:')) expect(declared).toContain(base);
      declared.add(stage);
    }
    expect([...declared]).toEqual(['base', 'tools', 'build', 'server']);
  });

  it('takes a version of Node that the server runs on, in a slim image', () => {
    const [version] = all.filter(({ name }) => name === 'ARG').map(({ text }) => text.split('=')[1]);
    expect(version).toBe(read('.nvmrc').trim());
    expect(all.find(({ name }) => name === 'FROM')?.text).toMatch(/^node:\$\{NODE_VERSION\}-\w+-slim /);
  });

  it('runs as an ordinary user with a data volume and a health check, by node itself', () => {
    expect(textOf('USER')).toEqual(['node']);
    expect(textOf('VOLUME')).toEqual(['/data']);
    expect(textOf('CMD').map((text) => JSON.parse(text) as unknown)).toEqual([['node', 'dist/main.js']]);
    expect(textOf('ENV').join()).toContain('DATABASE_URL=sqlite:/data/');
    const after = last.findIndex(({ name }) => name === 'USER');
    expect(last.slice(after).some(({ name }) => name === 'RUN')).toBe(false);
    const [check = ''] = textOf('HEALTHCHECK');
    const command = JSON.parse(check.slice(check.indexOf('['))) as string[];
    expect(command.slice(0, 2)).toEqual(['node', '-e']);
    expect(command[2]).toContain('/health/live');
    // Nothing listens on port 1: the check fails, and its code is valid.
    const { status, stderr } = spawnSync(process.execPath, command.slice(1), { env: { PORT: '1' } });
    expect([status, stderr.toString()]).toEqual([1, '']);
  });

  it('copies files that exist and that .dockerignore lets through', () => {
    const ignore = read('.dockerignore').trim().split('\n');
    expect(ignore[0]).toBe('*');
    const allowed = ignore.slice(1).map((line) => line.replace(/^!/, ''));
    const sources = all
      .filter(({ name, text }) => name === 'COPY' && !text.includes('--from='))
      .flatMap(({ text }) => text.split(' ').slice(0, -1));
    expect(sources.filter((path) => !allowed.includes(path) || !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('installs, in each stage that does, what the lock file and its scripts need', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    // `prepare` runs at the end of npm ci.
    expect(scripts.prepare).toContain('./scripts/ready.mjs');
    const tools = all.slice(
      all.findIndex(({ text }) => text.endsWith('AS tools')),
      all.findIndex(({ text }) => text.endsWith('AS build')),
    );
    const copied = tools.filter(({ name }) => name === 'COPY').map(({ text }) => text);
    expect(copied.join(' ')).toContain('package-lock.json');
    expect(copied).toContain('scripts ./scripts');
  });
});

describe('compose.yaml', () => {
  const { services, volumes } = yaml('compose.yaml');

  it('runs the server with a read-only root file system and its data in a volume', () => {
    const { dakkio } = services;
    expect(dakkio).toMatchObject({ build: '.', read_only: true, cap_drop: ['ALL'], volumes: ['data:/data'] });
    expect(dakkio.profiles).toBeUndefined();
    expect(dakkio.environment.DATABASE_URL).toBe('${COMPOSE_DATABASE_URL:-sqlite:/data/dakkio.db}');
    // The server itself needs ten seconds at most.
    expect(parseInt(dakkio.stop_grace_period as string)).toBeGreaterThan(10);
    const variables = Object.values(SETTINGS).map(({ variable }) => variable);
    expect(Object.keys(dakkio.environment as object).filter((name) => !variables.includes(name))).toEqual([]);
  });

  it('has PostgreSQL in a profile, and declares each volume', () => {
    expect(services.postgres.profiles).toEqual(['postgres']);
    const used = Object.values(services as Record<string, { volumes: string[] }>).flatMap((one) => one.volumes);
    expect(used.map((volume) => volume.split(':')[0]).sort()).toEqual(Object.keys(volumes as object).sort());
  });
});

describe('deploy', () => {
  const unit = read('deploy/dakkio.service');

  it('has a unit that gives the server time to stop, and settings that it knows', () => {
    const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(unit) ?? [];
    expect(Number(seconds)).toBeGreaterThan(10);
    const set = [...unit.matchAll(/^Environment=(\w+)=/gm)].map(([, name = '']) => name);
    const known = ['NODE_ENV', ...Object.values(SETTINGS).map(({ variable }) => variable)];
    expect(set.filter((name) => !known.includes(name))).toEqual([]);
    const [, state] = /^StateDirectory=(\w+)$/m.exec(unit) ?? [];
    expect(unit).toContain(`DATABASE_URL=sqlite:/var/lib/${state ?? ''}/`);
    expect(unit).not.toMatch(/^MemoryDenyWriteExecute=(yes|true|1)/m);
  });

  itWith('systemd-analyze', '--version')('has a unit that systemd accepts', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dakkio-unit-'));
    const path = join(folder, 'dakkio.service');
    // Where node is, and a user that exists: the machine that runs this test has neither /usr/bin/node nor the user.
    writeFileSync(path, unit.replace('/usr/bin/node', process.execPath).replace(/^(User|Group)=.*\n/gm, ''));
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(stderr.split('\n').filter((line) => line.includes('dakkio.service'))).toEqual([]);
  });

  itWith('caddy', 'version')('has a Caddyfile that Caddy accepts', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dakkio-caddy-'));
    const { status, stderr } = spawnSync(
      'caddy',
      ['validate', '--adapter', 'caddyfile', '--config', join(ROOT, 'deploy/Caddyfile')],
      { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: folder } },
    );
    rmSync(folder, { recursive: true });
    expect([status, stderr.includes('"level":"error"')]).toEqual([0, false]);
  });

  itWith('nginx', '-v')('has an nginx configuration that nginx accepts', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dakkio-nginx-'));
    const tls = join(ROOT, 'test/support/tls');
    const server = read('deploy/nginx.conf')
      .replace('/etc/ssl/dakkio/fullchain.pem', join(tls, 'cert.pem'))
      .replace('/etc/ssl/dakkio/privkey.pem', join(tls, 'key.pem'));
    writeFileSync(join(folder, 'nginx.conf'), `events {}\nhttp {\n${server}\n}\n`);
    const args = ['-t', '-q', '-p', folder, '-e', 'stderr', '-g', `pid ${folder}/pid;`, '-c', `${folder}/nginx.conf`];
    const { status, stderr } = spawnSync('nginx', args, { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect([status, stderr]).toEqual([0, '']);
  });

  it('has proxies that take bodies as large as the server does by default', () => {
    const bytes = Number(SETTINGS.bodyLimitBytes.defaultText);
    expect(read('deploy/nginx.conf')).toContain(`client_max_body_size ${bytes / 1024 / 1024}m;`);
    expect(read('deploy/Caddyfile')).toContain(`max_size ${bytes / 1024 / 1024}MiB`);
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
