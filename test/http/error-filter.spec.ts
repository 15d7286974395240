import { readConfig } from '../../src/common/config/config';
import { Controller, Get, Module, NotFoundException, Param, Res, type LoggerService } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { databaseFailureOf } from '../../src/common/database-failure';
import { ErrorFilter } from '../../src/common/error.filter';
import { ApiError, refusal } from '../../src/common/errors';
import { LeanExpressAdapter } from '../../src/common/http/lean-express.adapter';
import { OutageLog } from '../../src/common/outage-log';
import type { LeanResponse } from '../../src/common/http/lean-messages';
import { caller, type Call } from '../support/call';

const SECRET = 'SELECT secret FROM /etc/passwd';
const failed = (code: string) => new QueryFailedError(SECRET, [], Object.assign(new Error(SECRET), { code }));

/** Errors of PostgreSQL and of the network that are transient. */
const PASSING_CODES = [
  ...[
    '08006',
    '08P01',
    '25006',
    '25P03',
    '25P04',
    '40001',
    '40P01',
    '53300',
    '53200',
    '55P03',
    '57014',
    '57P01',
    '57P03',
  ],
  ...['57P05', '28P01', '3D000', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE'],
];

const THROWN: Record<string, unknown> = {
  error: new Error(SECRET),
  text: SECRET,
  nothing: undefined,
  null: null,
  object: { status: 200, message: SECRET },
  'nest-404': new NotFoundException(SECRET),
  'hidden-400': Object.assign(new Error(SECRET), { status: 400, expose: false }),
  'exposed-404': Object.assign(new Error(SECRET), { status: 404, expose: true }),
  'exposed-502': Object.assign(new Error(SECRET), { status: 502, expose: true }),
  'exposed-200': Object.assign(new Error(SECRET), { status: 200, expose: true }),
  'unique-violation': failed('23505'),
  'sqlite-full': failed('SQLITE_FULL'),
  'sqlite-no-room-for-shm': failed('SQLITE_IOERR_SHMSIZE'),
  'over-quota': failed('SQLITE_IOERR_WRITE'),
  'no-room-for-a-file': Object.assign(new Error(SECRET), { code: 'ENOSPC' }),
  'sqlite-busy': failed('SQLITE_BUSY_SNAPSHOT'),
  'sqlite-corrupt': failed('SQLITE_CORRUPT_INDEX'),
  'not-a-database': failed('SQLITE_NOTADB'),
  'unreadable-disk': failed('SQLITE_IOERR_READ'),
  'sqlite-io': failed('SQLITE_IOERR_FSYNC'),
  'file-gone': failed('SQLITE_READONLY_DBMOVED'),
  'postgres-corrupt': failed('XX001'),
  'postgres-io': failed('58030'),
  'database-gone': Object.assign(new Error(SECRET), { code: 'ECONNREFUSED' }),
  'server-stops': failed('57P01'),
  'connection-lost': new QueryFailedError(SECRET, [], new Error('Connection terminated unexpectedly')),
  'pool-empty': new Error('timeout exceeded when trying to connect'),
  'disk-full': failed('53100'),
  'runner-lost': new QueryRunnerAlreadyReleasedError(),
  'provider-lost': new QueryRunnerProviderAlreadyReleasedError(),
  'client-lost': new QueryFailedError(SECRET, [], new Error('Client was closed and is not queryable')),
  ...Object.fromEntries(PASSING_CODES.map((code) => [code, failed(code)])),
  'own-refusal': new ApiError(refusal(409, 'already_processed', 'Taken by <who>'), {
    words: { who: '$& you' },
    headers: { 'Retry-After': '7' },
  }),
};

@Controller()
class Failing {
  @Get('throw/:what')
  throw(@Param('what') what: string) {
    throw THROWN[what];
  }

  @Get('reject/:what')
  reject(@Param('what') what: string) {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is what this is about
    return Promise.reject(THROWN[what]);
  }

  @Get('late')
  late(@Res() response: LeanResponse) {
    response.write('half');
    throw new Error(SECRET);
  }
}

const outages = { request: jest.fn((_what: string, cause: unknown) => databaseFailureOf(cause) !== undefined) };

@Module({
  controllers: [Failing],
  providers: [
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: OutageLog, useValue: outages },
  ],
})
class FailingModule {}

const logged: unknown[][] = [];
const log = (...words: unknown[]) => void logged.push(words);
const logger: LoggerService = { log: () => {}, warn: log, error: log };

let app: NestExpressApplication;
let call: Call;
beforeAll(async () => {
  const module = await Test.createTestingModule({ imports: [FailingModule] }).compile();
  app = module.createNestApplication<NestExpressApplication>(
    new LeanExpressAdapter({ ...readConfig({}), requestTimeoutSeconds: 30 }),
    {
      logger,
    },
  );
  app.useLogger(logger);
  await app.listen(0, '127.0.0.1');
  call = caller(await app.getUrl());
});
afterAll(() => app.close());
beforeEach(() => (logged.length = 0));

const INTERNAL = { error: 'Internal Server Error', message: 'Something went wrong on the server', requestId: 'r1' };
const UNAVAILABLE = {
  error: 'Service Unavailable',
  message: 'The database cannot be used right now. Please try again',
  requestId: 'r1',
};

const DAMAGED = {
  error: 'Internal Server Error',
  message: 'The database is damaged. The operator must restore it from a backup',
  requestId: 'r1',
};
const LOCKED = {
  error: 'Service Unavailable',
  message: 'Another program has locked the database. Please try again',
  requestId: 'r1',
};
const GONE = {
  error: 'Service Unavailable',
  message: 'The database file was deleted, moved or replaced. The operator must restart the server',
  requestId: 'r1',
};
const FULL = {
  error: 'Insufficient Storage',
  message: "The database's disk is full. Delete data, or ask the operator to make room",
  requestId: 'r1',
};

describe.each(['throw', 'reject'])('an error of a handler (%s)', (how) => {
  const fail = (what: string) => call('GET', `/${how}/${what}`, { headers: { 'X-Request-Id': 'r1' } });

  it.each([
    ...['error', 'text', 'nothing', 'null', 'object', 'nest-404', 'hidden-400', 'exposed-502', 'exposed-200'].map(
      (what) => [what, 500, INTERNAL] as const,
    ),
    ['unique-violation', 500, INTERNAL] as const,
  ])('%s is answered %i without detail, and logged with the id of the request', async (what, status, body) => {
    const answer = await fail(what);
    expect([answer.status, answer.body]).toEqual([status, body]);
    expect(logged).toEqual([[`GET /${how}/${what} failed, request r1`, expect.anything(), 'Errors']]);
  });

  it.each([
    ...[
      'sqlite-io',
      'database-gone',
      'server-stops',
      'connection-lost',
      'pool-empty',
      'runner-lost',
      'provider-lost',
      'client-lost',
      ...PASSING_CODES,
    ].map((what) => [what, 503, UNAVAILABLE] as const),
    ...['sqlite-full', 'sqlite-no-room-for-shm', 'over-quota', 'no-room-for-a-file', 'disk-full'].map(
      (what) => [what, 507, FULL] as const,
    ),
    ...['sqlite-corrupt', 'not-a-database', 'unreadable-disk', 'postgres-corrupt', 'postgres-io'].map(
      (what) => [what, 500, DAMAGED] as const,
    ),
    ['sqlite-busy', 503, LOCKED] as const,
    ['file-gone', 503, GONE] as const,
  ])('%s is answered %i without detail, and only the outage is logged', async (what, status, body) => {
    const answer = await fail(what);
    expect([answer.status, answer.body]).toEqual([status, body]);
    expect(logged).toEqual([]);
    expect(outages.request).toHaveBeenCalledWith(`GET /${how}/${what}`, THROWN[what]);
  });

  it.each([
    ['exposed-404', 404, { error: 'Not Found', message: 'Not Found' }],
    ['own-refusal', 409, { error: 'Conflict', message: 'Taken by $& you' }],
  ])('%s is answered %i, and not logged', async (what, status, body) => {
    const answer = await fail(what);
    expect([answer.status, answer.body, logged]).toEqual([status, body, []]);
  });

  it.each(['40P01', 'runner-lost', 'pool-empty'])('%s is transient, and the reply has Retry-After', async (what) => {
    expect((await fail(what)).headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  });

  it('sends the headers of a refusal', async () => {
    expect((await fail('own-refusal')).headers.get('retry-after')).toBe('7');
  });
});

it('aborts a reply that fails midway, so that clients see that it is incomplete', async () => {
  await expect(call('GET', '/late')).rejects.toThrow();
  expect(logged).toEqual([['GET /late failed while its answer was being sent', expect.anything(), 'Errors']]);
});
