import { Test, type TestingModule } from '@nestjs/testing';
import { MeterModule } from '../../src/api-keys/usage/meter.module';
import { Usage } from '../../src/api-keys/usage/usage.service';
import { readConfig } from '../../src/common/config/config';
import { ConfigModule } from '../../src/common/config/config.module';
import { newId } from '../../src/common/ids';
import { ServerLogger } from '../../src/common/logger';
import { DatabaseModule } from '../../src/database/database.module';
import { query } from '../../src/database/sql';
import { Writer } from '../../src/database/writer';
import { ENTITIES } from '../../src/entities';
import { NoAuditModule } from './no-audit';
import type { TestDatabase } from './test-app';

const ORGANIZATION = 'a'.repeat(24);

/** The counting part of one server instance. */
export interface MeterInstance {
  readonly module: TestingModule;
  readonly usage: Usage;
  readonly logs: readonly string[];
}

export async function startMeter(database: TestDatabase): Promise<MeterInstance> {
  const config = readConfig({ DATABASE_URL: database.url, DAKKIO_SECRET_KEY: 'c'.repeat(64) });
  const logs: string[] = [];
  const module = await Test.createTestingModule({
    imports: [ConfigModule.forRoot(config), DatabaseModule.forRoot(ENTITIES), NoAuditModule, MeterModule],
  }).compile();
  module.useLogger(new ServerLogger('warn', { isTTY: false, write: (line) => logs.push(line) }));
  await module.init();
  return { module, usage: module.get(Usage), logs };
}

/** Runs a statement in the writer of an instance. */
export const changeIn = ({ module }: MeterInstance, sql: string, values: (string | number)[] = []) =>
  module.get(Writer).write((manager) => query(manager, sql, values));

/** Stores the organization of the keys of `storeKey`. */
export const storeOrganization = (instance: MeterInstance) =>
  changeIn(instance, 'INSERT INTO organizations (id, name, created_at) VALUES (?, ?, ?)', [ORGANIZATION, 'Ours', 0]);

/** Stores a key without rights that anyone could use. Returns its id. */
export async function storeKey(instance: MeterInstance, id = newId()): Promise<string> {
  await changeIn(
    instance,
    'INSERT INTO api_keys (id, organization_id, name, type, hash, hint, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    [id, ORGANIZATION, 'Sensor', 'read', id, 'abcd', 0],
  );
  return id;
}
