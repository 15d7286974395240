import { POSTGRES_START_FAILURES } from '../../src/database/postgres-start-failures';
import { SQLITE_START_FAILURES } from '../../src/database/sqlite-start-failures';
import { STATES } from '../../src/health/readiness';
import { FILE_FAILURES, LISTEN_FAILURES } from '../../src/start-failures';
import { Page } from '../support/page';

const page = new Page('docs/operate.md');

it('lists every start failure, and whether a start waits for it', () => {
  const failures = [POSTGRES_START_FAILURES, SQLITE_START_FAILURES, LISTEN_FAILURES, FILE_FAILURES].flat();
  const rows = failures.map(({ sentence, passes }) => `| \`${sentence}\` | ${passes ? 'yes' : 'no'} |`);
  const listed = page.text.split('\n').filter((line) => /^\| `.*` \| (yes|no) \|$/.test(line));
  expect(listed).toEqual(rows);
});

it('says what to do for every state of readiness', () => {
  const rows = page.text.split('\n').filter((line) => /^\| (`(read|write|data)`|any)/.test(line));
  const missing = STATES.filter((state) => state !== 'ok' && !rows.some((row) => row.includes(`\`${state}\``)));
  expect(missing).toEqual([]);
});

it('names only settings, scripts and files that exist', () => {
  expect(page.unknownNames()).toEqual([]);
});

it('links to sections that it has', () => {
  const anchors = [...page.text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  const links = [...page.text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
  expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
});
