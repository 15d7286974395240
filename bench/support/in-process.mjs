// dakkio's own classes, for what is measured without HTTP or has to be told to the server from inside.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ensureModules } from '../../scripts/ready.mjs';

const require = createRequire(import.meta.url);
const { DataSource } = require('typeorm');

const modules = ensureModules();

export { DataSource };

/** Who does what the benchmarks do. */
export const SERVER = { kind: 'server' };

/** What a file of src/ exports. */
export function built(...path) {
  return require(join(modules, ...path));
}

/** The scope of keys in a new bucket of the first organization. */
export async function newBucket(application) {
  const { Organization } = built('organizations', 'organization.entity.js');
  const { BucketsService } = built('buckets', 'buckets.service.js');
  const [{ id: organizationId }] = await application.get(DataSource).getRepository(Organization).find();
  const bucket = { name: 'Greenhouse', description: '', retentionDays: null };
  const { id } = await application.get(BucketsService).create(SERVER, organizationId, bucket);
  return { organizationId, bucketId: id };
}
