import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/require-key-type.decorator';
import { ApiError } from '../common/errors';
import { VERSION } from '../common/installation';
import { Documented } from '../common/openapi/openapi';
import { secondsOf } from './clock';
import { HealthReply, ReadinessQuery, ReadinessReply } from './health.dto';
import { NOT_READY } from './health.errors';
import { Readiness, type Condition, type State } from './readiness';
import { LONGEST_PROBE_MILLIS, LONGEST_WAIT_MILLIS } from './shared-probe';

const RETRY_AFTER_SECONDS = 5;

const PROBLEMS: Readonly<Record<Exclude<State, 'ok'>, string>> = {
  busy: 'another program has locked the database',
  full: 'the disk of the database is full',
  damaged: 'the database is damaged',
  gone: 'the database file was deleted, moved or replaced',
  outdated: 'another version of the server has changed the database',
  unavailable: 'the database cannot be used',
  read_only: 'the database takes no writes',
  timeout: 'the database does not answer',
  failed: 'the database cannot be used',
};

/** Liveness and readiness, for supervisors and load balancers. */
@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @Documented({ id: 'getLiveness', summary: 'Say that the process runs', status: 200, answer: HealthReply })
  @Public()
  live(): HealthReply {
    return { status: 'ok' };
  }

  @Get('ready')
  @Documented({
    id: 'getReadiness',
    summary: 'Say whether the server can serve',
    description:
      'Reads from the database, and lets an empty transaction take its turn among the writes. Callers share the result of ' +
      `the last second. The answer comes within ${LONGEST_WAIT_MILLIS / 1000} seconds: where the database takes longer, ` +
      `the result before counts for up to ${LONGEST_PROBE_MILLIS / 1000} seconds.`,
    status: 200,
    answer: ReadinessReply,
    example: { status: 'ok', version: '0.1.0' },
    refusals: [NOT_READY],
  })
  @Public()
  async ready(@Query() { for: purpose = 'write' }: ReadinessQuery): Promise<ReadinessReply> {
    const { clockOffset, ...checks } = await this.readiness.condition(purpose);
    const problem = problemOf(checks, purpose);
    const { rescueFile } = this.readiness;
    const rescue = rescueFile !== undefined && { rescueFile };
    const clock = clockOffset !== undefined && { clockOffsetSeconds: secondsOf(clockOffset) };
    if (problem === 'ok') {
      const isWell = Object.values(checks).every((state) => state === 'ok');
      return { status: 'ok', version: VERSION, ...(!isWell && { checks, ...rescue }), ...clock };
    }
    throw new ApiError(NOT_READY, {
      words: { problem: PROBLEMS[problem] },
      headers: { 'Retry-After': String(RETRY_AFTER_SECONDS) },
      body: { status: 'unavailable', checks, ...rescue, ...clock },
    });
  }
}

function problemOf({ read, write, data }: Omit<Condition, 'clockOffset'>, purpose: 'read' | 'write'): State {
  const needed = purpose === 'read' ? [read] : [read, write, data];
  return needed.find((state) => state !== 'ok') ?? 'ok';
}
