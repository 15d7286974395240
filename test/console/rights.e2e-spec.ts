// npm test leaves this out: a browser for each kind of key and screen. sign-in, start, source, keys and alerts use the console.
// Every screen with keys of every kind: who sees it, what it offers them, and that the keyboard reaches all of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeInBrowser } from '../support/browser';
import { ConsolePage } from '../support/console';
import { makeHome, type Home } from '../support/console-data';
import { makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

const SCREENS = join(__dirname, '..', '..', 'console', 'src', 'screens', 'screens.ts');
const UNKNOWN = 'f'.repeat(24);

/** Keys by a letter: Admin, Write, Read, and write-only. */
const KINDS = [
  { kind: 'a', name: 'Admin' },
  { kind: 'w', name: 'Write' },
  { kind: 'r', name: 'Read' },
  { kind: 'o', name: 'write-only' },
] as const;
type Kind = (typeof KINDS)[number]['kind'];

interface Case {
  /** As in `screens.ts`. */
  readonly screen: string;
  readonly heading: string;
  /** Who sees it. For others it does not exist. */
  readonly for: string;
  /** What is offered, and to whom. */
  readonly offers?: Readonly<Record<string, string>>;
}

const CASES: readonly Case[] = [
  { screen: '/overview', heading: 'Overview', for: 'a' },
  { screen: '/buckets', heading: 'Buckets', for: 'a', offers: { 'New bucket': 'a' } },
  {
    ...{ screen: '/buckets/:bucketId', heading: 'Home', for: 'awr' },
    offers: { 'Import CSV': 'aw', 'New data source': 'aw', 'Connect a device': 'a', Share: 'a' },
  },
  {
    ...{ screen: '/buckets/:bucketId/sources/:sourceId', heading: 'Living room', for: 'awr' },
    offers: { 'New alert': 'aw', 'Import CSV': 'aw', Share: 'a', 'Where my data is': 'awr', CSV: 'awr' },
  },
  { screen: '/start', heading: 'Get started', for: 'a', offers: { 'Create demo data': 'a' } },
  { screen: '/import', heading: 'Import CSV', for: 'awo' },
  { screen: '/keys', heading: 'Keys', for: 'a', offers: { 'New key': 'a', 'From CSV': 'a' } },
  { screen: '/keys/:keyId', heading: 'First Admin key', for: 'a', offers: { Edit: 'a' } },
  { screen: '/keys/:bucketId/:keyId', heading: 'Spare', for: 'a', offers: { Edit: 'a', Rotate: 'a' } },
  { screen: '/alerts', heading: 'Alerts', for: 'awr', offers: { 'New alert': 'aw', 'Failed deliveries': 'a' } },
  { screen: '/alerts/new', heading: 'New alert', for: 'aw', offers: { Create: 'aw' } },
  { screen: '/alerts/:alertId/edit', heading: 'Edit Too warm', for: 'aw', offers: { Save: 'aw' } },
  {
    ...{ screen: '/alerts/:alertId', heading: 'Too warm', for: 'awr' },
    offers: { Edit: 'aw', Pause: 'aw', Delete: 'aw' },
  },
  { screen: '/audit', heading: 'Audit log', for: 'a', offers: { Export: 'a' } },
  { screen: '/server', heading: 'Server', for: 'a' },
  { screen: '/key', heading: 'Your key', for: 'awro', offers: { Send: 'wo', 'New data source': 'wo' } },
];
const PLACES: Readonly<Record<Kind, readonly string[]>> = {
  a: ['Overview', 'Buckets', 'Keys', 'Alerts', 'Audit log', 'Server'],
  w: ['Home', 'Alerts'],
  r: ['Home', 'Alerts'],
  o: [],
};

let server: TestApp;
let home: Home;
let keys: Record<Kind, string>;
let ids: Record<string, string>;
beforeAll(async () => {
  server = await startApp({ HOST: '0.0.0.0' });
  home = await makeHome(server);
  const { bucketId, climateId, writeKey, readKey } = home;
  const { key: writeOnly } = await makeKey(server, bucketId, 'write', { writeOnly: true });
  const spare = await makeKey(server, bucketId, 'read', { name: 'Spare' });
  const call = (method: string, path: string, body?: object) =>
    server.call(method, path, { key: server.adminKey, ...(body && { body }) });
  const rule = { bucketId, dataSourceId: climateId, name: 'Too warm', condition: 'temperature > 90' };
  const made = await call('POST', '/api/alerts', rule);
  const self = await call('GET', '/api/keys/self');
  keys = { a: server.adminKey, w: writeKey, r: readKey, o: writeOnly };
  ids = {
    ...{ bucketId, sourceId: climateId, alertId: made.body.alertRule._id, spareId: spare._id },
    adminKeyId: self.body.apiKey._id,
  };
});
afterAll(() => server.stop());

function pathOf(screen: string): string {
  const keyId = (screen === '/keys/:keyId' ? ids.adminKeyId : ids.spareId) ?? '';
  const path = screen.replace(':keyId', keyId).replace(/:(\w+)/g, (_, name: string) => ids[name] ?? '');
  return screen === '/alerts/new' ? `${path}?bucket=${home.bucketId}&source=${home.climateId}` : path;
}

async function open(browser: Parameters<typeof ConsolePage.open>[0], kind: Kind): Promise<ConsolePage> {
  const console = await ConsolePage.open(browser, server);
  await console.signIn(keys[kind]);
  return console;
}

it('has a case for each screen', () => {
  const paths = [...readFileSync(SCREENS, 'utf8').matchAll(/'(\/[^']*)'/g)].map(([, path]) => path);
  expect(CASES.map(({ screen }) => screen).sort()).toEqual([...new Set(paths)].sort());
});

describeInBrowser('Every screen', (browser) => {
  it.each(KINDS)('shows a $name key what it may', async ({ kind }) => {
    const console = await open(browser, kind);
    const { page } = console;
    const places = await page.locator('.shell-side .navigation-link').allInnerTexts();
    expect(places.filter((place) => place !== 'API documentation')).toEqual(PLACES[kind]);
    for (const { screen, heading, for: kinds, offers = {} } of CASES) {
      await console.visit(pathOf(screen));
      const isFor = kinds.includes(kind);
      expect([screen, await console.heading().innerText()]).toEqual([screen, isFor ? heading : 'Not found']);
      if (!isFor) await page.getByText('your key has no access to it').waitFor();
      const main = page.locator('.shell-main');
      for (const [name, whom] of Object.entries(offers)) {
        const control = main.locator('button, a').filter({ hasText: new RegExp(`^${name}$`), visible: true });
        if (isFor && whom.includes(kind)) await control.first().waitFor();
        else expect([screen, name, await control.count()]).toEqual([screen, name, 0]);
      }
    }
    console.expectNoComplaints();
    await console.close();
  });

  it('says why a write-only key cannot import', async () => {
    const console = await open(browser, 'o');
    await console.visit('/import');
    await console.page.getByText('a Write key that can read').waitFor();
    console.expectNoComplaints();
    await console.close();
  });
});

describeInBrowser('For a person, every screen', (browser) => {
  let console: ConsolePage;
  beforeAll(async () => (console = await open(browser, 'a')));
  afterAll(() => console.close());
  afterEach(() => console.expectNoComplaints());

  it.each(CASES.map(({ screen }) => screen))(
    'is used by the keyboard alone, and follows the rules of WCAG: %s',
    async (screen) => {
      await console.visit(pathOf(screen));
      await console.expectReachable();
      await console.expectAccessible();
      await console.resize(1280);
    },
  );

  it.each([
    ['Bucket', `/buckets/${UNKNOWN}`],
    ['Data source', `/buckets/${UNKNOWN}/sources/${UNKNOWN}`],
    ['Key', `/keys/${UNKNOWN}/${UNKNOWN}`],
    ['Alert', `/alerts/${UNKNOWN}`],
    ['Edit alert', `/alerts/${UNKNOWN}/edit`],
  ])('says that there is no such thing: %s', async (heading, path) => {
    console.allow(/404/);
    await console.visit(path);
    expect(await console.heading().innerText()).toBe(heading);
    await console.page.getByRole('alert').first().waitFor();
  });
});
