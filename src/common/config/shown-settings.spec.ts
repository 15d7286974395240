import { readConfig } from './config';
import { SETTINGS, type Setting } from './settings';
import { shownSettings } from './shown-settings';

const ALL = Object.values<Setting<unknown>>(SETTINGS);
/** A text that every kind of secret accepts. */
const planted = (index: number) => `planted-secret-${index}-${'x'.repeat(32)}`;

function valueOf(variable: string, text?: string) {
  return shownSettings((name) => (name === variable ? text : undefined)).find(({ name }) => name === variable);
}

it('lists every setting once, in the order of the documentation', () => {
  expect(readConfig({}).settings.map(({ name }) => name)).toEqual(ALL.map(({ variable }) => variable));
});

it('never shows what a secret, or a URL with credentials, was set to', () => {
  const secrets: string[] = [];
  const texts = new Map(
    ALL.map(({ variable, kind, defaultText }, index) => {
      if (kind === undefined) return [variable, defaultText];
      secrets.push(planted(index));
      const text =
        kind === 'url'
          ? `postgres://${planted(index)}:${planted(index)}@db.example/name?password=${planted(index)}#${planted(index)}`
          : planted(index);
      return [variable, text];
    }),
  );
  const shown = JSON.stringify(shownSettings((name) => texts.get(name)));
  for (const secret of secrets) expect(shown).not.toContain(secret);
  expect(secrets.length).toBeGreaterThanOrEqual(6);
  expect(shown).toContain('postgres://db.example/name');
});

it('declares every setting as secret whose name says that it is', () => {
  const named = ALL.filter(({ variable }) => /(_KEY|SECRET|PEPPER|PASSWORD|TOKEN|PREVIOUS|URL)$/.test(variable));
  expect(named.filter(({ kind }) => kind === undefined)).toEqual([]);
  expect(named.length).toBeGreaterThanOrEqual(6);
});

it('shortens an API key in any other setting', () => {
  const key = `dakkio_a_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
  for (const { variable, kind } of ALL.filter((one) => one.kind !== 'secret')) {
    const text = kind === 'url' ? `sqlite:${key}/x.db` : key;
    expect([variable, valueOf(variable, text)?.value]).toEqual([variable, expect.not.stringContaining(key)]);
  }
});

it.each([
  ['sqlite:data/dakkio.db', 'sqlite:data/dakkio.db'],
  ['sqlite:///var/lib/dakkio.db', 'sqlite:///var/lib/dakkio.db'],
  ['postgres://dakkio:geheim@db.example:5432/points?sslmode=require', 'postgres://db.example:5432/points'],
  ['postgresql://dakkio@db.example/points', 'postgresql://db.example/points'],
  ['postgres://dakkio:ge/heim@db.example/points', 'postgres://…'],
])('shows DATABASE_URL %s as %s', (text, shown) => {
  expect(valueOf('DATABASE_URL', text)).toEqual({
    ...{ name: 'DATABASE_URL', value: shown, default: 'sqlite:data/dakkio.db' },
    ...{ source: 'environment', isSecret: false, about: expect.stringMatching(/^`sqlite:/) },
  });
});

it('says where a value comes from, and has neither value nor default for what is not set', () => {
  expect(valueOf('PORT')).toEqual({
    ...{ name: 'PORT', value: '3000', default: '3000', source: 'default', isSecret: false },
    about: expect.stringContaining('TCP port'),
  });
  expect(valueOf('PORT', '8080')).toMatchObject({ value: '8080', default: '3000', source: 'environment' });
  expect(valueOf('DAKKIO_SECRET_KEY', 's'.repeat(32))).toEqual({
    ...{ name: 'DAKKIO_SECRET_KEY', value: null, default: null },
    ...{ source: 'environment', isSecret: true, about: expect.stringContaining('audit log') },
  });
  expect(valueOf('DAKKIO_SECRET_KEY')).toMatchObject({ value: null, source: 'default' });
});
