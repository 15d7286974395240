// npm test leaves this out: whole files in a browser. ingest/csv-upload stores such files.
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser';
import { ConsolePage } from '../support/console';
import { makeHome, type Home } from '../support/console-data';
import { makeBucket, makeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';

let server: TestApp;
let home: Home;
beforeAll(async () => {
  server = await startApp({ HOST: '0.0.0.0' });
  home = await makeHome(server);
});
afterAll(() => server.stop());

async function choose(page: Page, name: string, content: string | Buffer): Promise<void> {
  const buffer = Buffer.from(content);
  await page.getByLabel('Drop a CSV file here, or choose one').setInputFiles({ name, mimeType: 'text/csv', buffer });
}

interface StoredPoint {
  readonly timestamp: string;
  readonly values: object;
  readonly metadata: unknown;
}

async function sourcesOf(bucketId: string) {
  const { body } = await server.call('GET', `/api/sources?bucketId=${bucketId}&include=stats`, {
    key: server.adminKey,
  });
  return body.dataSources as { _id: string; name: string; schema: object; stats: { dataPointCount: number } }[];
}

async function pointsOf(bucketId: string, name: string): Promise<StoredPoint[]> {
  const source = (await sourcesOf(bucketId)).find((one) => one.name === name);
  const filters = { dataSourceId: source?._id, limit: 10, sort: 'asc' };
  const call = { key: server.adminKey, body: { bucketId, filters, downsampling: false } };
  const { body } = await server.call('POST', '/api/data/query', call);
  return (body.data as StoredPoint[]).map(({ timestamp, values, metadata }) => ({ timestamp, values, metadata }));
}

describeInBrowser('Import CSV', (browser) => {
  it('recognizes a file, shows its rows as they will be stored, and stores them as history', async () => {
    const bucketId = await makeBucket(server, 'Cellar');
    const console = await ConsolePage.open(browser, server);
    const { page } = console;
    await console.signIn();
    await console.visit(`/buckets/${bucketId}`);
    await page.getByRole('link', { name: 'Import CSV' }).click();
    await console.expectAccessible();
    const lines = [
      'Zeit;Temperatur (°C);Tür offen;Raum',
      '25.10.2026 02:30;21,5;ja;Keller',
      '25.10.2026 02:45;21,25;on;Keller',
      '25.10.2026 02:15;;off;Keller',
      '31.02.2026 10:00;3;off;Keller',
      '25.10.2026 03:00;warm;off;Dach',
      '25.10.2026 03:15;"-4,75";off;Dach',
    ];
    await choose(page, 'Messwerte 2026.csv', Buffer.from(lines.join('\r\n'), 'latin1'));

    await page.getByText('as they will be stored').waitFor();
    expect(await page.getByLabel('Separator').inputValue()).toBe(';');
    expect(await page.getByLabel('Decimal sign').inputValue()).toBe(',');
    expect(await page.getByLabel('Encoding').inputValue()).toBe('windows-1252');
    expect(await page.getByLabel('Form of the times').inputValue()).toBe('dmy');
    await page.getByLabel('Time zone of the times').selectOption('Europe/Berlin');
    expect(await page.getByLabel('Name of Temperatur (°C)').inputValue()).toBe('Temperatur');
    expect(await page.getByLabel('Unit of Temperatur (°C)').inputValue()).toBe('°C');
    await page.getByLabel('Type of Tür offen').selectOption('boolean');
    await page.getByText('“ja” is not true or false').waitFor();
    await page.getByText('“31.02.2026 10:00” is not a time with the day first').waitFor();
    await console.expectAccessible();

    // A row is read when its cells are: this one as text.
    await page.getByLabel('Type of Tür offen').selectOption('string');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('4 rows stored, 2 left out.').waitFor();
    await page.getByText('“warm” is not a number').waitFor();
    await console.expectAccessible();
    expect(await pointsOf(bucketId, 'Keller')).toEqual([
      { timestamp: '2026-10-25T00:30:00.000Z', values: { Temperatur: 21.5, Tur_offen: 'ja' }, metadata: null },
      { timestamp: '2026-10-25T00:45:00.000Z', values: { Temperatur: 21.25, Tur_offen: 'on' }, metadata: null },
      // The clock was set back.
      { timestamp: '2026-10-25T01:15:00.000Z', values: { Tur_offen: 'off' }, metadata: null },
    ]);
    expect(await pointsOf(bucketId, 'Dach')).toEqual([
      { timestamp: '2026-10-25T02:15:00.000Z', values: { Temperatur: -4.75, Tur_offen: 'off' }, metadata: null },
    ]);

    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();
    expect((await download).suggestedFilename()).toBe('Messwerte 2026.csv - left out.csv');
    await page.getByRole('link', { name: 'Keller' }).click();
    await page.locator('.chart canvas').waitFor();
    expect(page.url()).toContain(`from=${Date.UTC(2026, 9, 25, 0, 30)}`);
    console.expectNoComplaints();
    await console.close();
  });

  it('stores into the fields of a series, whatever they are called', async () => {
    const bucketId = await makeBucket(server, 'Machines');
    const headers = { 'X-API-Key': server.adminKey };
    const line = String.raw`host,name=a CPU\ load\ (%)=7,größe=1 1700000000000000000`;
    await fetch(`${server.url}/api/v2/write?bucket=${bucketId}`, { method: 'POST', headers, body: line });
    const [series] = await sourcesOf(bucketId);
    const console = await ConsolePage.open(browser, server);
    const { page } = console;
    await console.signIn();
    await console.visit(`/import?bucket=${bucketId}&source=${series?._id}`);
    await choose(page, 'load.csv', 'time,CPU load (%),Größe\n2026-01-01T00:00:00Z,50,2\n');
    expect(await page.getByLabel('Name of CPU load (%)').inputValue()).toBe('CPU load (%)');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('All rows are stored.').waitFor();
    expect((await pointsOf(bucketId, 'host,name=a')).at(-1)?.values).toEqual({ 'CPU load (%)': 50, größe: 2 });
    console.expectNoComplaints();
    await console.close();
  });

  it('goes on where it stopped after the page was loaded again, and stores no row twice', async () => {
    const bucketId = await makeBucket(server, 'Archive');
    const console = await ConsolePage.open(browser, server);
    const { page } = console;
    page.on('dialog', (dialog) => void dialog.accept());
    await console.signIn();
    await console.visit(`/import?bucket=${bucketId}`);
    const start = Date.UTC(2020, 0);
    const rows = Array.from({ length: 20_000 }, (_, index) =>
      index === 15_000 ? 'broken,1' : `${start / 1000 + index * 60},${index % 100}`,
    );
    const file = gzipSync(`time,level\n${rows.join('\n')}\n`);

    // From the eighth request on, the server does not answer.
    let batches = 0;
    const batchUrl = '**/api/data/batch*';
    await page.route(batchUrl, (route) => (++batches > 7 ? undefined : route.continue()));
    await choose(page, 'levels.csv.gz', file);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('7,000 rows').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('paused', { exact: true }).waitFor();
    await console.expectAccessible();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('stopped', { exact: true }).waitFor();
    await page.unroute(batchUrl);
    await page.reload();
    await page.getByText('7,000 rows done').waitFor();
    await console.expectAccessible();

    await choose(page, 'levels.csv.gz', file);
    await page.getByText('7,000 rows of this file were imported').waitFor();
    const sent: number[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/api/data/batch'))
        sent.push((request.postDataJSON() as { dataPoints: unknown[] }).dataPoints.length);
    });
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('19,999 rows stored, 1 left out').waitFor();
    expect(sent.reduce((sum, count) => sum + count)).toBe(12_999);
    await page.getByRole('cell', { name: '15,002' }).waitFor();
    const [source] = await sourcesOf(bucketId);
    expect(source).toMatchObject({ name: 'levels', schema: { level: { type: 'number' } } });
    expect(source?.stats.dataPointCount).toBe(19_999);
    expect(await console.run(`localStorage.getItem('dakkio:imports')`)).toBeNull();

    // The same file again: nothing changes.
    await page.getByRole('button', { name: 'Another file' }).click();
    await choose(page, 'levels.csv.gz', file);
    await page.getByText('There is a data source of this name').waitFor();
    await page.getByLabel('Data source', { exact: true }).selectOption('levels');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('19,999 of them were there before').waitFor();
    console.expectNoComplaints();
    await console.close();
  });

  it('imports with a Write key into its bucket, asks what a date means, and waits as the server asks', async () => {
    const console = await ConsolePage.open(browser, server);
    const { page } = console;
    await console.signIn(home.writeKey);
    await console.visit(`/buckets/${home.bucketId}/sources/${home.climateId}`);
    await page.getByRole('link', { name: 'Import CSV' }).click();
    await choose(page, 'old.xlsx', 'PK\x03\x04…');
    await page.getByText('This is a workbook or a zip archive').waitFor();
    // Beside its place: `dispatchEvent` says whether the browser would open the file.
    expect(
      await console.run(`document.body.dispatchEvent(new DragEvent('drop', { cancelable: true, bubbles: true }))`),
    ).toBe(false);
    const csv = 'Date,Time,Temperature,Humidity\n01/02/2026,10:00 AM,20,40\n01/03/2026,10:00 PM,21,41\n';
    await console.run(`(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([${JSON.stringify(csv)}], 'old.csv'));
      const drop = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
      document.querySelector('.import-drop').dispatchEvent(drop);
    })()`);
    await page.getByText('Alert rules can fire').waitFor();
    expect(await page.getByLabel('Name of Temperature').inputValue()).toBe('temperature');
    expect(await page.getByLabel('Type of Temperature').isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true);
    await console.expectAccessible();
    await page.getByLabel('Form of the times').selectOption('mdy');
    await page.getByLabel('Time zone of the times').selectOption('UTC');

    console.allow(/429|413|ERR_CONNECTION_REFUSED/);
    let requests = 0;
    await page.route('**/api/data/batch*', (route) => {
      const status = [0, 429, 413][requests++];
      if (status === 0) return route.abort('connectionrefused');
      if (status === undefined) return route.continue();
      return route.fulfill({ status, headers: { 'Retry-After': '3' }, json: { message: 'Too many requests' } });
    });
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText(/Too many requests\. Going on in \d\ss/).waitFor();
    await page.getByText('All rows are stored.').waitFor();
    // Not reached, then refused, then too large for a proxy, then in two halves.
    expect(requests).toBe(5);
    expect(await pointsOf(home.bucketId, 'Living room')).toEqual(
      expect.arrayContaining([
        { timestamp: '2026-01-02T10:00:00.000Z', values: { temperature: 20, humidity: 40 }, metadata: null },
        { timestamp: '2026-01-03T22:00:00.000Z', values: { temperature: 21, humidity: 41 }, metadata: null },
      ]),
    );
    console.expectNoComplaints();
    await console.close();
  });

  it('is not for keys that cannot read, or are restricted to a data source', async () => {
    const restricted = [{ writeOnly: true }, { dataSourceId: home.climateId }];
    for (const restriction of restricted) {
      const { key } = await makeKey(server, home.bucketId, 'write', restriction);
      const console = await ConsolePage.open(browser, server);
      await console.signIn(key);
      await console.visit('/import');
      await console.page.getByText('This key cannot import files').waitFor();
      console.expectNoComplaints();
      await console.close();
    }
  });
});
