// npm test leaves this out: large tables that are sealed again.
import { makeBucket, makeKey, type MadeKey } from '../support/make';
import { startApp, type TestApp } from '../support/test-app';
import { writeBehind } from '../support/write-behind';

let server: TestApp;
let bucketId: string;
beforeAll(async () => {
  server = await startApp();
  bucketId = await makeBucket(server);
});
afterAll(() => server.stop());

const asAdmin = (method: string, path: string, body?: object) =>
  server.call(method, path, { key: server.adminKey, ...(body && { body }) });
const pathOf = ({ _id }: { _id: string }) => `/api/buckets/${bucketId}/keys/${_id}`;
const fresh = (more: object = {}) => makeKey(server, bucketId, 'write', more);
const rotate = async (key: { _id: string }, wish: object = {}) => asAdmin('POST', `${pathOf(key)}/rotate`, wish);

describe('a line of 6,000 keys', () => {
  const LENGTH = 6000;
  const idAt = (first: string, place: number) => `${first.slice(12)}${place.toString(16).padStart(12, '0')}`;

  /** The state after 6,000 rotations: only the first key is active, since the newest one was deleted. */
  async function longLine(): Promise<MadeKey> {
    const first = await fresh();
    const rows = Array.from({ length: LENGTH }, (_, place) => {
      const id = idAt(first._id, place);
      const replaces = place === 0 ? first._id : idAt(first._id, place - 1);
      const replacedBy = place === LENGTH - 1 ? 'NULL' : `'${idAt(first._id, place + 1)}'`;
      return `('${id}', '${replaces}', ${replacedBy})`;
    });
    const copied = 'organization_id, bucket_id, name, type, hint, created_at, line_id';
    const ofFirst = copied.replaceAll(/\w+/g, 'k.$&');
    await writeBehind(
      server,
      `WITH made (id, replaces, replaced_by) AS (VALUES ${rows.join(', ')})
        INSERT INTO api_keys (id, hash, replaces, replaced_by, deleted_at, ${copied})
        SELECT made.id, made.id, made.replaces, made.replaced_by, 1, ${ofFirst} FROM api_keys k, made WHERE k.id = '${first._id}'`,
    );
    const newest = idAt(first._id, LENGTH - 1);
    await writeBehind(
      server,
      `UPDATE api_keys SET newest_id = '${newest}', replaced_by = '${idAt(first._id, 0)}' WHERE id = '${first._id}'`,
    );
    return first;
  }

  async function timed(work: () => Promise<{ status: number }>): Promise<number> {
    const startedAt = performance.now();
    expect((await work()).status).toBe(201);
    return performance.now() - startedAt;
  }

  it('is rotated as fast as a line of one key', async () => {
    const [first, alone] = [await longLine(), await fresh()];
    await timed(() => rotate(alone, { retireOnFirstUse: true }));
    const control = await timed(() => rotate(alone, { retireOnFirstUse: true }));
    expect(await timed(() => rotate(first))).toBeLessThan(10 * control + 100);
  });

  it('is searched to its end for the descendants of a key', async () => {
    const first = await longLine();
    const newest = idAt(first._id, LENGTH - 1);
    const second = idAt(first._id, 0);
    await writeBehind(server, `UPDATE api_keys SET deleted_at = NULL WHERE id IN ('${newest}', '${second}')`);
    const described = { _id: newest, name: 'Living Room Sensor', madeBy: 'admin' };
    expect((await asAdmin('DELETE', pathOf({ _id: second }))).body.descendants).toEqual([described]);
    expect((await asAdmin('DELETE', `${pathOf(first)}?line=true`)).body.descendants).toEqual([described]);
    expect((await asAdmin('GET', pathOf({ _id: newest }))).status).toBe(404);
  });
});
