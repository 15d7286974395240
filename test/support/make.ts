import { DataSource } from 'typeorm';
import { AdminKeys } from '../../src/setup/admin-keys';
import { OrganizationsService } from '../../src/organizations/organizations.service';
import type { TestApp } from './test-app';

/** Creates a bucket through the API. Returns its id. */
export async function makeBucket({ call, adminKey }: TestApp, name = 'Greenhouse', key = adminKey): Promise<string> {
  const { status, body } = await call('POST', '/api/buckets', { key, body: { name } });
  if (status !== 201) throw new Error(`No bucket was made: ${JSON.stringify(body)}`);
  return body.bucket._id as string;
}

export interface MadeKey {
  readonly _id: string;
  readonly key: string;
}

/** Creates a data source with a number field `t` through the API. Returns its id. */
export async function makeSource(
  { call, adminKey }: TestApp,
  bucketId: string,
  name = 'Climate',
  schema: object = { t: 'number' },
): Promise<string> {
  const path = `/api/buckets/${bucketId}/sources`;
  const { status, body } = await call('POST', path, { key: adminKey, body: { name, schema } });
  if (status !== 201) throw new Error(`No data source was made: ${JSON.stringify(body)}`);
  return body.dataSource._id as string;
}

/** Creates a key of a bucket through the API. */
export async function makeKey(
  { call, adminKey }: TestApp,
  bucketId: string,
  type: 'write' | 'read',
  more: object = {},
): Promise<MadeKey> {
  const { status, body } = await call('POST', `/api/buckets/${bucketId}/keys`, {
    key: adminKey,
    body: { name: 'Living Room Sensor', type, ...more },
  });
  if (status !== 201) throw new Error(`No key was made: ${JSON.stringify(body)}`);
  return body.apiKey as MadeKey;
}

const OPERATOR = { kind: 'command line', user: 'tests' } as const;

/** Creates another organization on the same server. Returns its Admin key. */
export async function makeOrganization({ app }: TestApp, name = 'Another organization'): Promise<string> {
  return (await app.get(AdminKeys).addOrganization(OPERATOR, name)).created.key;
}

/** Creates another Admin key of the first organization. */
export async function makeAdminKey({ app }: TestApp, name = 'One more'): Promise<string> {
  const first = await app.get(OrganizationsService).findFirst(app.get(DataSource).manager);
  return (await app.get(AdminKeys).add(OPERATOR, { name }, first?.id)).key;
}
