import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const FOLDER = join(ROOT, 'docs', 'images', 'console');
const MAX_BYTES = 1_500_000;
const page = readFileSync(join(ROOT, 'docs', 'console.md'), 'utf8');
const pictures = readdirSync(FOLDER).sort();

describe('The pictures of the console', () => {
  it('are of screens that docs:screenshots knows, each in light and dark', () => {
    const text = readFileSync(join(ROOT, 'scripts', 'screenshots', 'screens.mjs'), 'utf8');
    const known = new Set([...text.matchAll(/\bname: '([a-z-]+)',\s*(?:path|isSignedOut)/g)].map(([, name]) => name));
    const themesOf = (name: string) => ['dark', 'light'].map((theme) => `${name}-${theme}.webp`);
    const taken = [...known].filter((name) => themesOf(name ?? '').some((picture) => pictures.includes(picture)));
    expect(taken.length).toBeGreaterThan(10);
    expect(pictures.filter((name) => !name.endsWith('-phone.webp'))).toEqual(
      taken.flatMap((name) => themesOf(name ?? '')).sort(),
    );
  });

  it('are all shown in docs/console.md, and described', () => {
    const shown = [...page.matchAll(/!\[([^\]]+)\]\(images\/console\/([\w-]+\.webp)\)/g)];
    expect(shown.map(([, , name]) => name).sort()).toEqual(pictures);
    for (const [, alt = ''] of shown) expect(alt.length).toBeGreaterThan(15);
  });

  it('are small', () => {
    const bytes = pictures.map((name) => statSync(join(FOLDER, name)).size);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_BYTES);
  });
});
