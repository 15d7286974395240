// test:all leaves PostgreSQL out: it is about SQLite alone.
import { DataSource } from 'typeorm';
import { WAITING } from '../../src/webhooks/outbox-bounds';
import { ON_POSTGRES, startApp, type TestApp } from '../support/test-app';

let server: TestApp;
beforeAll(async () => (server = await startApp()));
afterAll(() => server.stop());

// PostgreSQL's plans depend on its statistics.
(ON_POSTGRES ? it.skip : it)('finds the queued messages of a webhook without those of others', async () => {
  const plan = `EXPLAIN QUERY PLAN ${WAITING}`;
  const steps = await server.app.get(DataSource).query<{ detail: string }[]>(plan, ['a webhook', 1000]);
  expect(steps.map(({ detail }) => detail)).toEqual([
    expect.stringMatching(/SEARCH webhook_deliveries USING .*INDEX \w+ \(webhook_id=\? AND status=\?\)/),
  ]);
});
