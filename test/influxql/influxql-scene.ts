import { KeyVerifier } from '../../src/auth/key-verifier';
import { IMMEDIATE_YIELD } from '../../src/common/http/yield';
import { InfluxQLError } from '../../src/influxql/influxql-error';
import { InfluxQLService } from '../../src/influxql/influxql.service';
import { parseStatements } from '../../src/influxql/parse';
import type { StatementContext } from '../../src/influxql/statement-context';
import { makeBucket, makeKey } from '../support/make';
import type { TestApp } from '../support/test-app';

/** A bucket `tt` that statements ask about. */
export interface InfluxQLScene {
  readonly bucketId: string;
  /** A Write key of the bucket. */
  readonly key: string;
  /** Stores lines with times in milliseconds. */
  write(lines: string): Promise<void>;
  /** The series of a statement, or what is wrong with it, as InfluxDB shows them. */
  ask(statement: string, options?: { readonly key?: string; readonly now?: number }): Promise<unknown>;
}

export async function makeInfluxQLScene(server: TestApp): Promise<InfluxQLScene> {
  const bucketId = await makeBucket(server, 'tt');
  const { key } = await makeKey(server, bucketId, 'write');
  const service = server.app.get(InfluxQLService, { strict: false });
  const verifier = server.app.get(KeyVerifier, { strict: false });
  const databases = {
    names: () => Promise.resolve(['tt']),
    bucketIdOf: (name?: string) =>
      name === 'tt' ? Promise.resolve(bucketId) : Promise.reject(new InfluxQLError(`database not found: ${name}`)),
  };
  return {
    ...{ bucketId, key },
    async write(lines) {
      const { status } = await server.call('POST', '/write?db=tt&precision=ms', { key, body: lines });
      expect(status).toBe(204);
    },
    async ask(text, { key: asked = key, now = Date.now() } = {}) {
      const verified = await verifier.verify(asked);
      if (!verified) throw new Error('This key is not valid');
      const context = { key: verified, database: 'tt', databases, now, yieldTurn: IMMEDIATE_YIELD };
      try {
        const [statement] = parseStatements(text);
        if (!statement) return [];
        return await seriesOf(service, statement, context);
      } catch (error) {
        if (error instanceof InfluxQLError) return error.message;
        throw error;
      }
    },
  };
}

async function seriesOf(
  service: InfluxQLService,
  statement: ReturnType<typeof parseStatements>[number],
  context: StatementContext,
): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const { name, tags, columns, pages } of service.run(statement, context)) {
    const values: unknown[] = [];
    for await (const page of pages) values.push(...page);
    all.push({ ...(name !== undefined && { name }), ...(tags && { tags }), columns, values });
  }
  return all;
}
