import { AdminKeys } from '../../src/setup/admin-keys';
import { KeyService } from '../../src/api-keys/key.service';
import { OrganizationsService } from '../../src/organizations/organizations.service';
import { Writer } from '../../src/database/writer';
import type { TestApp } from './test-app';

/** A bucket, made through the API. Gives its id. */
export async function makeBucket({ call, adminKey }: TestApp, name = 'Greenhouse', key = adminKey): Promise<string> {
  const { status, body } = await call('POST', '/api/buckets', { key, body: { name } });
  if (status !== 201) throw new Error(`No bucket was made: ${JSON.stringify(body)}`);
  return body.bucket._id as string;
}

export interface MadeKey {
  readonly _id: string;
  readonly key: string;
}

/** A key in a bucket, made through the API. */
export async function makeKey(
  { call, adminKey }: TestApp,
  bucketId: string,
  type: 'write' | 'read',
  key = adminKey,
): Promise<MadeKey> {
  const { status, body } = await call('POST', `/api/buckets/${bucketId}/keys`, {
    key,
    body: { name: 'Living Room Sensor', type },
  });
  if (status !== 201) throw new Error(`No key was made: ${JSON.stringify(body)}`);
  return body.apiKey as MadeKey;
}

/** Another organization on the same server, with an Admin key of its own. */
export async function makeOrganization({ app }: TestApp, name = 'Another organization'): Promise<string> {
  const organization = await app.get(Writer).write((manager) => app.get(OrganizationsService).create(manager, name));
  const { key } = await app
    .get(KeyService)
    .create({ organizationId: organization.id, bucketId: null }, { name: 'Their Admin key', type: 'admin' });
  return key;
}

/** One more Admin key of the first organization. */
export async function makeAdminKey({ app }: TestApp, name = 'One more'): Promise<string> {
  return (await app.get(AdminKeys).add(name)).key;
}
