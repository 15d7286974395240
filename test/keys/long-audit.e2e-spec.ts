// npm test leaves this out: large tables that are sealed again.
import { DataSource } from 'typeorm';
import { AuditTotals } from '../../src/audit/audit-totals';
import { Writer } from '../../src/database/writer';
import { Organization } from '../../src/organizations/organization.entity';
import { startApp, ON_POSTGRES, type TestApp } from '../support/test-app';

/** More events than a filtered list counts. */
const ROWS = Number(process.env['AUDIT_ROWS'] ?? 130_000);
const RARE = 'b'.repeat(24);

/** Events of the command line, every 65,000th about another target. */
const FILL = `INSERT INTO audit_log (seq, id, at, organization_id, actor_kind, actor_id, action, target_type, target_id, link)
  SELECT seq, id, at, organization_id, actor_kind, actor_id, action, target_type, target_id, link FROM (
    SELECT n + 10 AS seq, ${ON_POSTGRES ? "lpad(to_hex(n), 24, '0')" : "printf('%024x', n)"} AS id, 1700000000000 + n AS at,
      (SELECT id FROM organizations LIMIT 1) AS organization_id, 'command line' AS actor_kind, 'root' AS actor_id,
      'data.imported' AS action, 'data source' AS target_type,
      CASE n % 65000 WHEN 1 THEN '${RARE}' ELSE '${'a'.repeat(24)}' END AS target_id, '' AS link
    FROM (${ON_POSTGRES ? `SELECT generate_series(1, ${ROWS}) AS n` : `WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${ROWS}) SELECT n FROM s`}) AS numbers
  ) AS filled`;

let server: TestApp;
beforeAll(async () => {
  server = await startApp();
  server.app.get(Writer).liftDeadlines();
  await server.app.get(Writer).write(async (manager) => {
    await manager.query(FILL);
    await manager.query(`UPDATE audit_head SET count = ${ROWS + 10}, link = ''`);
  });
  // Autovacuum does the same eventually.
  if (ON_POSTGRES) await server.app.get(DataSource).manager.query('ANALYZE audit_log');
});
afterAll(() => server.stop());

async function list(query: string) {
  const { status, body } = await server.call('GET', `/api/audit?limit=2&${query}`, { key: server.adminKey });
  expect(status).toBe(200);
  return body as {
    auditEvents: { _id: string }[];
    pagination: { total: number; hasMore: boolean; totalIsExact?: false };
  };
}

it('counts the whole list once, and later only new events', async () => {
  const first = await list('');
  expect(first.pagination).toEqual({ limit: 2, offset: 0, total: ROWS + 2, hasMore: true });
  // The count pauses after each slice.
  const pause = jest.fn(() => Promise.resolve());
  const { id } = await server.app.get(DataSource).manager.findOneByOrFail(Organization, {});
  expect(await server.app.get(AuditTotals).of(id, pause)).toBe(ROWS + 2);
  expect(pause).not.toHaveBeenCalled();
  const again = await list(`after=${first.auditEvents[1]?._id ?? ''}`);
  expect(again.pagination.total).toBe(ROWS + 2);
});

it('counts a filtered list up to 100,000 events, and marks the count as incomplete', async () => {
  const { auditEvents, pagination } = await list('action=data.imported');
  expect(auditEvents).toHaveLength(2);
  expect(pagination).toEqual({ limit: 2, offset: 0, total: 100_000, hasMore: true, totalIsExact: false });
  const next = await list(`action=data.imported&after=${auditEvents[1]?._id ?? ''}`);
  expect(next.pagination).toEqual(pagination);
});

it('finds rare events anywhere in the log', async () => {
  const { auditEvents, pagination } = await list(`targetId=${RARE}`);
  const [newest, oldest] = [65_001, 1].map((n) => n.toString(16).padStart(24, '0'));
  expect(auditEvents.map(({ _id }) => _id)).toEqual([newest, oldest]);
  expect(pagination).toEqual({ limit: 2, offset: 0, total: 2, hasMore: false });
  expect((await list(`targetId=${RARE}&offset=1`)).auditEvents.map(({ _id }) => _id)).toEqual([oldest]);
  expect((await list(`targetId=${RARE}&sort=asc&after=${oldest}`)).auditEvents.map(({ _id }) => _id)).toEqual([newest]);
});
