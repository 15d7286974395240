// npm test leaves this out: many statements, compared with another server. answers and execution cover the language.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeBucket, makeKey } from '../../support/make';
import { HAS_INFLUXD, startInfluxd, type Influxd } from '../../support/influxd';
import { startApp, type TestApp } from '../../support/test-app';
import { lines } from './points';
import { statementsByKind } from './statements';

const DATABASE = 'lab';
/** Statements that this server does not run. */
const REFUSED = 'refused here';

/** Why answers differ from InfluxDB's, for the statements that match a pattern. */
interface KnownDifference {
  readonly statements: string;
  readonly reason: string;
}
const KNOWN = (JSON.parse(readFileSync(join(__dirname, 'known-differences.json'), 'utf8')) as KnownDifference[]).map(
  ({ statements }) => new RegExp(statements),
);

let server: TestApp;
let influxd: Influxd;
let key: string;

/** Points of one time come in the order of their series here, and in an order that changes from time to time in InfluxDB. */
function withoutOrderOfTies(body: any, statement: string): unknown {
  for (const { series = [] } of body.results ?? [])
    for (const one of series) {
      const values: unknown[][] = one.values;
      // LIMIT and OFFSET can divide the points of one time: their number is compared then.
      const isCut = (at: unknown) =>
        (/\bLIMIT/.test(statement) && at === values.at(-1)?.[0]) ||
        (/\bOFFSET/.test(statement) && at === values[0]?.[0]);
      const times = values.map(([at]) => at);
      const isTied = new Set(times).size < times.length;
      if (!isTied) continue;
      const whole = values.filter(([at]) => !isCut(at)).map((row) => JSON.stringify(row));
      one.values = [times, whole.sort()];
    }
  return body;
}

/** The status and the body of an answer, with its numbers to 12 digits: sums are added up in another order. */
async function answerOf(url: string, statement: string, headers: Record<string, string> = {}) {
  const query = new URLSearchParams({ db: DATABASE, epoch: 'ms', q: statement });
  const response = await fetch(`${url}/query?${query.toString()}`, { headers });
  const rounded = (_name: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(12)) : value;
  const body: unknown = JSON.parse(await response.text(), rounded);
  return { status: response.status, body: withoutOrderOfTies(body, statement) };
}
const ours = (statement: string) => answerOf(server.url, statement, { 'X-API-Key': key });

(HAS_INFLUXD ? describe : describe.skip)('InfluxQL, compared with InfluxDB 1', () => {
  beforeAll(async () => {
    [server, influxd] = await Promise.all([startApp(), startInfluxd(DATABASE)]);
    const bucketId = await makeBucket(server, DATABASE);
    key = (await makeKey(server, bucketId, 'write')).key;
    for (const [url, headers] of [[server.url, { 'X-API-Key': key }] as const, [influxd.url, {}] as const]) {
      const body = lines().join('\n');
      const { status } = await fetch(`${url}/write?db=${DATABASE}&precision=s`, { method: 'POST', body, headers });
      expect(status).toBe(204);
    }
  });
  afterAll(() => Promise.all([server.stop(), influxd.stop()]));

  const kinds = statementsByKind();

  it('has hundreds of statements', () =>
    expect(kinds.flatMap(([, statements]) => statements).length).toBeGreaterThan(1500));

  for (const [kind, statements] of kinds.filter(([name]) => name !== REFUSED)) {
    const isListed = (one: string) => KNOWN.some((pattern) => pattern.test(one));
    const same = statements.filter((one) => !isListed(one));
    describe(kind, () => {
      it.each(same)('%s', async (statement) =>
        expect(await ours(statement)).toEqual(await answerOf(influxd.url, statement)),
      );
    });
  }

  it.each(KNOWN)('differs where the list says so: %s', async (pattern) => {
    const [statement = ''] = kinds.flatMap(([, statements]) => statements).filter((one) => pattern.test(one));
    expect(await ours(statement)).not.toEqual(await answerOf(influxd.url, statement));
  });

  it.each(kinds.flatMap(([name, statements]) => (name === REFUSED ? statements : [])))(
    'refuses by name: %s',
    async (statement) =>
      expect(JSON.stringify(await ours(statement))).toMatch(/"error":"[^"]*(not supported|must be sent with POST)/),
  );
});
