import { Inject, Injectable } from '@nestjs/common';
import { WRITE_ONLY } from '../auth/access.errors';
import type { CurrentApiKey } from '../auth/current-key.decorator';
import { CONFIG, type Config } from '../common/config/config';
import { ApiError } from '../common/errors';
import type { LeanRequest, LeanResponse } from '../common/http/lean-messages';
import { SharedTurns } from '../common/http/shared-turns';
import { IMMEDIATE_YIELD, type YieldTurn } from '../common/http/yield';
import { InfluxQLError } from '../influxql/influxql-error';
import { InfluxQLService } from '../influxql/influxql.service';
import { parseStatements } from '../influxql/parse';
import type { Statement } from '../influxql/syntax';
import { callerOf, nameOfCaller } from '../scheduling/caller';
import { RequestWork } from '../scheduling/request-work';
import { chunkedResults } from './chunked-results';
import { csvResults } from './csv-results';
import { shownIn } from './epochs';
import { INFLUX_VERSION } from './influx-version';
import { CREATE_NEEDS_POST, DATABASE_REQUIRED, DATABASE_UNKNOWN, STATEMENTS_WRONG } from './influx.errors';
import { IndentedJson } from './indented-json';
import type { StatementQuery } from './influx.dto';
import { jsonResults } from './json-results';
import { KeyDatabases } from './key-databases';
import { NamedBuckets } from './named-bucket';
import { parametersOf, type QueryParameters } from './query-parameters';
import { sendResults } from './send-results';
import type { StatementResult } from './statement-results';

/** A statement of so many characters is read in less than a millisecond. */
const SHORT_TEXT = 4096;
const DATABASE = { missing: DATABASE_REQUIRED, unknown: DATABASE_UNKNOWN };

/** Runs the statements of a request, and answers it in the form of InfluxDB 1. */
@Injectable()
export class InfluxQueries {
  private readonly turns = new SharedTurns();

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'answerLimitBytes'>,
    private readonly buckets: NamedBuckets,
    private readonly influxql: InfluxQLService,
  ) {}

  async run(request: LeanRequest, response: LeanResponse, query: StatementQuery): Promise<void> {
    const key = request.caller as CurrentApiKey;
    response.setHeader('X-Influxdb-Version', INFLUX_VERSION);
    response.setHeader('Request-Id', request.requestId);
    // A form is read before the work is scheduled, so that a slow client does not hold a slot.
    const parameters = await parametersOf(request, query);
    const statements = await this.parse(key, parameters);
    await this.check(request, key, statements);
    const answer = (yieldTurn: YieldTurn) => this.send(response, key, parameters, statements, yieldTurn);
    if (statements.every(({ kind }) => kind === 'create')) return answer(IMMEDIATE_YIELD);
    return RequestWork.of(request).run(request, answer);
  }

  /**
   * Reading a long text takes a few milliseconds, and comes before the work is scheduled.
   *
   * @throws ApiError in the words of InfluxDB
   */
  private async parse(key: CurrentApiKey, parameters: QueryParameters): Promise<Statement[]> {
    if (parameters.text.length <= SHORT_TEXT) return parsed(parameters);
    return this.turns.run(nameOfCaller(callerOf(key)), () => parsed(parameters));
  }

  /** @throws ApiError for statements that the key may not run */
  private async check(request: LeanRequest, key: CurrentApiKey, statements: readonly Statement[]): Promise<void> {
    const databases = new Set<string>();
    for (const statement of statements) {
      if (statement.kind === 'create') {
        if (request.method !== 'POST') throw new ApiError(CREATE_NEEDS_POST);
        databases.add(statement.database);
      } else if (key.writeOnly) throw new ApiError(WRITE_ONLY);
    }
    for (const database of databases) {
      await this.buckets.idOf(key, database, DATABASE);
      await IMMEDIATE_YIELD();
    }
  }

  private send(
    response: LeanResponse,
    key: CurrentApiKey,
    { database, epoch, csvType, chunkRows, isPretty }: QueryParameters,
    statements: readonly Statement[],
    yieldTurn: YieldTurn,
  ): Promise<void> {
    const context = { key, database, databases: new KeyDatabases(this.buckets, key), now: Date.now(), yieldTurn };
    const results = statements.map((statement, id): StatementResult => {
      const zone = statement.kind === 'select' ? statement.timeZone : undefined;
      // Without a unit, InfluxDB's CSV has nanoseconds.
      const showTime = shownIn(epoch ?? (csvType && 'ns'), zone);
      return { id, series: this.influxql.run(statement, context), showTime };
    });
    if (csvType) return sendResults(response, csvResults(results), csvType, yieldTurn);
    const json =
      chunkRows === undefined ? jsonResults(results, this.config.answerLimitBytes) : chunkedResults(results, chunkRows);
    return sendResults(response, isPretty ? indented(json) : json, 'application/json', yieldTurn);
  }
}

/** @throws ApiError in the words of InfluxDB */
function parsed({ text, bound }: QueryParameters): Statement[] {
  try {
    return parseStatements(text, bound);
  } catch (cause) {
    if (!(cause instanceof InfluxQLError)) throw cause;
    throw new ApiError(STATEMENTS_WRONG, { words: { reason: cause.message } });
  }
}

async function* indented(json: AsyncIterable<string>): AsyncGenerator<string> {
  const indent = new IndentedJson();
  for await (const piece of json) yield indent.add(piece);
}
