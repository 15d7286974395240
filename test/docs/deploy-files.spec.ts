import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SETTINGS } from '../../src/common/config/settings';

const ROOT = join(__dirname, '..', '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
/** The parser that @nestjs/swagger writes YAML with. */
const { load } = createRequire(require.resolve('@nestjs/swagger'))('js-yaml') as { load: (text: string) => any };
const yaml = (path: string) => load(read(path));

/** Whether a program is there: what needs it is left out elsewhere. */
const has = (program: string, ...args: string[]) => spawnSync(program, args).error === undefined;
const itWith = (program: string, ...args: string[]) => (has(program, ...args) ? it : it.skip);

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
