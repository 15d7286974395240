import type { Browser } from 'playwright-core';
import { DocsPage, findBrowser, openBrowser, OTHER_HOST } from '../support/docs-browser';
import { openProxy } from '../support/proxy';
import { ABSENT_ID, refused, seen } from '../support/refusals';
import { IS_WHOLE_RUN } from '../support/repetitions';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

const BROWSER = findBrowser();
const NO_BROWSER = 'No Chromium, Chrome or Edge was found, so /docs was not tried in one. CHROME_PATH may name it.';
/** The page renders slowly. What it does with one call, `npm run test:all` tries with many. */
const itAtLength = IS_WHOLE_RUN ? it : it.skip;
const IS_CI = ['true', '1'].includes(process.env.CI ?? '');

let server: TestApp;
beforeAll(async () => (server = await startApp({ HOST: '0.0.0.0' })));
afterAll(() => server.stop());

describe('GET /docs, /docs-json and /docs-yaml', () => {
  it.each([
    ['/docs', 'text/html', '<title>Dakkio API</title>'],
    ['/docs/errors', 'text/html', '<h3 id="unauthorized">unauthorized</h3>'],
    ['/docs-json', 'application/json', '"openapi": "3.0.0"'],
    ['/docs-yaml', 'text/yaml', 'openapi: 3.0.0'],
  ])('serves %s', async (path, type, part) => {
    const { status, headers, body } = await server.call('GET', path);
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining(type)]);
    expect(typeof body === 'string' ? body : JSON.stringify(body, null, 1)).toContain(part);
  });

  it('are not there with DAKKIO_DOCS=off', async () => {
    const silent = await startApp({ DAKKIO_DOCS: 'off' });
    for (const path of ['/docs', '/docs/', '/docs/errors', '/docs/swagger-ui.css', '/docs-json', '/docs-yaml'])
      expect(seen(await silent.call('GET', path))).toEqual(refused(404, 'Not Found', `Route not found: GET ${path}`));
    await silent.stop();
  });
});

describe('Swagger UI in a browser', () => {
  // The page is the same on every database, and slow to use.
  if (ON_POSTGRES) return;

  if (!BROWSER) {
    const test = IS_CI ? it : it.skip;
    test(NO_BROWSER, () => {
      throw new Error(NO_BROWSER);
    });
    return;
  }

  let browser: Browser;
  beforeAll(async () => (browser = await openBrowser(BROWSER)));
  afterAll(() => browser.close());

  it('makes a bucket and keys that work, also with what it fills in, by another name than localhost', async () => {
    const operations = ['createBucket', 'createApiKey', 'updateBucket', 'createAdminKey', 'listAdminKeys'];
    const docs = await DocsPage.open(browser, `http://${OTHER_HOST}:${server.port}`, { operations });
    await docs.authorize(server.adminKey);

    const bucket = await docs.execute('createBucket');
    expect(bucket).toMatchObject({ status: 201, body: { bucket: { name: 'Greenhouse', retentionDays: 90 } } });
    const parameters = { bucketId: bucket.body.bucket._id as string };

    const write = await docs.execute('createApiKey', { parameters, body: { name: 'By hand', type: 'write' } });
    expect(write).toMatchObject({ status: 201, body: { apiKey: { name: 'By hand', type: 'write', ...parameters } } });
    const read = await docs.execute('createApiKey', { parameters, example: 'Create Read Key' });
    expect(read).toMatchObject({ status: 201, body: { apiKey: { name: 'Dashboard Reader', type: 'read' } } });

    for (const { apiKey } of [write.body, read.body]) {
      const { key, ...shown } = apiKey as Record<string, string>;
      const self = await server.call('GET', '/api/keys/self', { key });
      expect(self).toMatchObject({ status: 200, body: { apiKey: shown } });
    }
    expect((await docs.execute('updateBucket', { parameters })).status).toBe(200);
    expect((await docs.execute('createAdminKey')).status).toBe(201);
    expect((await docs.execute('listAdminKeys')).status).toBe(200);
    expect(docs.complaints).toEqual([]);
    await docs.page.close();
  });

  itAtLength('sends points, and queries aggregates', async () => {
    const docs = await DocsPage.open(browser, server.url, {
      operations: [
        ...['createBucket', 'createDataSource', 'ingestPoint', 'ingestBatch', 'queryData', 'getLatestData'],
        ...['getBucketAnalytics', 'getOverview', 'deleteData'],
      ],
    });
    await docs.authorize(server.adminKey);
    const { bucket } = (await docs.execute('createBucket')).body;
    const bucketId = bucket._id as string;
    const made = await docs.execute('createDataSource', { parameters: { bucketId } });
    expect(made.status).toBe(201);
    const dataSourceId = made.body.dataSource._id as string;
    // The bucket that the page makes keeps points for 90 days.
    const hour = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000).toISOString();
    const at = (minute: number) => new Date(Date.parse(hour) + minute * 60_000).toISOString();
    const point = { dataSourceId, values: { temperature: 21.5 }, timestamp: at(10) };
    const stored = await docs.execute('ingestPoint', { body: { bucketId, ...point } });
    expect(stored).toMatchObject({ status: 201, body: { dataPoint: { ...point, metadata: null } } });
    const more = [point, { ...point, timestamp: at(11), values: { temperature: 23.5 } }];
    const batch = await docs.execute('ingestBatch', { body: { bucketId, dataPoints: more } });
    expect(batch).toMatchObject({ status: 201, body: { inserted: 1, duplicates: 1 } });
    const asked = await docs.execute('queryData', { body: { bucketId, aggregation: 'avg', groupBy: 'hour' } });
    const row = { timestamp: hour, dataSourceId, values: { temperature: 22.5 }, count: 2 };
    expect(asked).toMatchObject({ status: 200, body: { data: [row] } });
    const latest = await docs.execute('getLatestData', { parameters: { bucketId } });
    expect(latest).toMatchObject({ status: 200, body: { data: [{ values: { temperature: 23.5 } }] } });
    const told = await docs.execute('getBucketAnalytics', { parameters: { bucketId } });
    expect(told).toMatchObject({ status: 200, body: { analytics: { summary: { totalDataPoints: 2 } } } });
    expect((await docs.execute('getOverview')).status).toBe(200);
    const range = { startTime: hour, endTime: at(60) };
    const removed = await docs.execute('deleteData', { body: { bucketId, ...range } });
    expect(removed).toMatchObject({ status: 200, body: { deletedCount: 2 } });
    expect(docs.complaints).toEqual([]);
    await docs.page.close();
  });

  itAtLength(
    'takes a key through its life with what the page fills in: bounds, a change, a rotation, its use, its end',
    async () => {
      const docs = await DocsPage.open(browser, server.url, {
        operations: [
          ...['createBucket', 'createApiKey', 'updateApiKey', 'rotateApiKey', 'getApiKey', 'createManyApiKeys'],
          ...['listApiKeys', 'getApiKeyUsage', 'deleteApiKey', 'listAuditEvents', 'rotateOwnApiKey'],
        ],
      });
      await docs.authorize(server.adminKey);
      const { bucket } = (await docs.execute('createBucket')).body;
      const bucketId = bucket._id as string;

      const parameters = { bucketId };
      const made = await docs.execute('createApiKey', { parameters, example: 'Create a restricted key' });
      expect([made.status, made.body.apiKey.rateLimit]).toEqual([201, { limit: 600, windowSeconds: 60 }]);
      const ofKey = { bucketId, keyId: made.body.apiKey._id as string };
      expect((await docs.execute('updateApiKey', { parameters: ofKey })).body.apiKey.enabled).toBe(false);
      const enabled = await docs.execute('updateApiKey', { parameters: ofKey, body: { enabled: true } });
      expect(enabled.body.apiKey.enabled).toBe(true);
      expect((await docs.execute('rotateApiKey', { parameters: ofKey })).body.replaces._id).toBe(ofKey.keyId);
      expect((await docs.execute('getApiKey', { parameters: ofKey })).body.apiKey).toHaveProperty('replacedBy');
      expect((await docs.execute('createManyApiKeys', { parameters })).body.apiKeys).toHaveLength(3);
      expect((await docs.execute('listApiKeys', { parameters })).body.apiKeys).toHaveLength(5);
      expect((await docs.execute('getApiKeyUsage', { parameters: ofKey })).body.usage.days).toHaveLength(30);
      expect((await docs.execute('deleteApiKey', { parameters: ofKey })).status).toBe(200);
      expect((await docs.execute('listAuditEvents')).body.auditEvents.length).toBeGreaterThan(8);
      expect((await docs.execute('rotateOwnApiKey')).status).toBe(201);
      expect(docs.complaints).toEqual([]);
      await docs.page.close();
    },
  );

  itAtLength('asks for one key, remembers it in this tab alone, and forgets it where that is asked for', async () => {
    const shown = { operations: ['listBuckets'] };
    const docs = await DocsPage.open(browser, server.url, shown);
    await docs.page.locator('.auth-wrapper > .authorize').click();
    await expect(docs.page.locator('.auth-container input').count()).resolves.toBe(1);
    await docs.page.getByRole('button', { name: 'Close' }).click();
    await docs.authorize(server.adminKey);
    const kept = () => docs.page.evaluate('[Object.values(sessionStorage), Object.values(localStorage)]');
    expect(await kept()).toEqual([[server.adminKey], []]);

    await docs.page.reload();
    expect((await docs.execute('listBuckets')).status).toBe(200);
    const other = await browser.newContext();
    const elsewhere = await DocsPage.open(other, server.url, shown);
    expect((await elsewhere.execute('listBuckets')).status).toBe(401);
    await other.close();

    await docs.page.locator('.auth-wrapper > .authorize').click();
    await docs.page.getByRole('button', { name: 'Remove authorization' }).click();
    await docs.page.getByRole('button', { name: 'Close' }).click();
    expect(await kept()).toEqual([[], []]);
    await docs.page.reload();
    expect((await docs.execute('listBuckets')).status).toBe(401);
    await docs.page.close();
  });

  itAtLength.each(['/docs', '/docs/'])('works behind a proxy that adds a prefix, at %s', async (path) => {
    const proxy = await openProxy(server.port, '/iot');
    const docs = await DocsPage.open(browser, `${proxy.url}/iot`, { path, operations: ['createBucket'] });
    await docs.authorize(server.adminKey);
    expect((await docs.execute('createBucket')).status).toBe(201);
    const page = await docs.page
      .getByRole('link', { name: 'page of errors' })
      .evaluate((link) => Reflect.get(link, 'href'));
    const { status, text } = await fetch(page as string).then(async (answer) => ({
      status: answer.status,
      text: await answer.text(),
    }));
    expect([status, text.includes('Invalid or missing API key')]).toEqual([200, true]);
    expect(docs.complaints).toEqual([]);
    await docs.page.close();
    await proxy.close();
  });

  itAtLength('fills in no id that belongs to nothing', async () => {
    const ids = ['createApiKey', 'ingestPoint', 'ingestBatch', 'queryData', 'previewAlertRule', 'revokeManyApiKeys'];
    const docs = await DocsPage.open(browser, server.url, { operations: ids });
    const filled: string[] = [];
    for (const id of ids) {
      const operation = docs.operation(id);
      await operation.locator('.opblock-summary-control').click();
      for (const field of await operation.locator('tr[data-param-name] input, textarea').all())
        filled.push(await field.inputValue());
    }
    expect(filled.length).toBeGreaterThan(ids.length);
    expect(filled.filter((text) => /\b[0-9a-f]{24}\b/.test(text))).toEqual([]);
    const point = filled.find((text) => text.includes('"values"')) ?? '{}';
    expect(JSON.parse(point)).toMatchObject({ bucketId: '<bucketId>', dataSourceId: '<dataSourceId>' });
    await docs.page.close();
  });

  it('shows every operation, and a refusal as the server says it', async () => {
    const docs = await DocsPage.open(browser, server.url);
    const { paths } = (await server.call('GET', '/docs-json')).body as { paths: Record<string, object> };
    const served = Object.values(paths).flatMap((path) => Object.keys(path));
    expect(await docs.page.locator('.opblock').count()).toBe(served.length);
    // Of examples that are not chosen too: no id that belongs to nothing.
    const given = await docs.page.evaluate('JSON.stringify(window.ui.specSelectors.specJson().get("paths"))');
    const operations = Object.values<Record<string, object>>(JSON.parse(given as string)).flatMap((path) =>
      Object.values(path),
    );
    const requests = operations.map((operation) => Reflect.get(operation, 'requestBody') as unknown);
    const parameters = operations.map((operation) => Reflect.get(operation, 'parameters') as unknown);
    expect(requests.filter(Boolean).length).toBeGreaterThan(20);
    expect(JSON.stringify([requests, parameters])).not.toMatch(/\b[0-9a-f]{24}\b/);
    await docs.authorize(server.adminKey);
    const answer = await docs.execute('getBucket', { parameters: { bucketId: ABSENT_ID } });
    expect(answer).toEqual(refused(404, 'Not Found', 'Bucket not found'));
    await docs.page.close();
  });
});
