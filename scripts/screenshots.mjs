// `npm run docs:screenshots`: takes the pictures of docs/console.md again, with a server, a database and a clock of their own. With names:
// those alone, such as `npm run docs:screenshots -- keys audit`.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ensureBuilt, ROOT, say } from './ready.mjs';

ensureBuilt('development');
const { openConsole } = await import('./screenshots/browser.mjs');
const { startHome } = await import('./screenshots/home.mjs');
const { THEMES, SCREENS } = await import('./screenshots/screens.mjs');

const FOLDER = join(ROOT, 'docs', 'images', 'console');
const PHONE = { width: 390, height: 780 };
const DESK = { width: 1280, height: 800 };

const wanted = process.argv.slice(2);
const screens = SCREENS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
if (screens.length === 0) throw new Error(`There are: ${SCREENS.map(({ name }) => name).join(', ')}`);
mkdirSync(FOLDER, { recursive: true });
const home = await startHome();
const opened = await openConsole(home);
try {
  for (const theme of THEMES) await takeAll(await opened.signIn({ theme, size: DESK }), theme);
  const phone = await opened.signIn({ theme: 'light', size: PHONE, isTouch: true });
  await takeAll(phone, 'phone', ({ isPhoneToo }) => isPhoneToo);
} finally {
  await opened.close();
  await home.stop();
}

async function takeAll(page, kind, isWanted = () => true) {
  for (const screen of screens.filter(isWanted)) {
    const bytes = await page.take(screen, join(FOLDER, `${screen.name}-${kind}.webp`));
    say(`${screen.name}-${kind}.webp: ${Math.round(bytes / 1000)} kB`);
  }
}
