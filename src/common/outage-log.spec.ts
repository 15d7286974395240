import { OutageLog } from './outage-log';

const LOST = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
const FULL = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });

let lines: string[];
let log: OutageLog;
beforeEach(() => {
  jest.useFakeTimers();
  lines = [];
  const say = (level: string) => (line: string) => void lines.push(`${level} ${line}`);
  log = new OutageLog({ log: say('log'), warn: say('warn'), error: say('error') });
});
afterEach(() => jest.useRealTimers());

/** Lets time pass, a second at a time, in each of which background work fails and a request does. */
function failFor(seconds: number, cause: unknown): void {
  for (let second = 0; second < seconds; second += 1) {
    log.background('Alert rules could not be evaluated yet', cause);
    log.request('POST /api/data', cause);
    jest.advanceTimersByTime(1000);
  }
}

/** Lets time pass in which a write succeeds every five seconds. */
function workFor(seconds: number): void {
  for (let second = 0; second < seconds; second += 1) {
    if (second % 5 === 0) log.worked();
    jest.advanceTimersByTime(1000);
  }
}

it('says when an outage starts, once a minute that it lasts, and when it is over', () => {
  failFor(130, LOST);
  const why = 'it does not answer or is not reachable (connect ECONNREFUSED 127.0.0.1:5432)';
  const first = 'First failure: Alert rules could not be evaluated yet';
  const during = [
    `warn The database cannot be used: ${why}. ${first}`,
    `warn The database cannot be used for 1 min now: ${why}. 60 requests and 60 background steps failed so far`,
    `warn The database cannot be used for 2 min now: ${why}. 120 requests and 120 background steps failed so far`,
  ];
  expect(lines).toEqual(during);
  workFor(120);
  const over = 'log The database can be used again after 2 min 10 s: 130 requests and 130 background steps failed';
  expect(lines).toEqual([...during, over]);
});

it('has a line a minute even where nothing is asked meanwhile', () => {
  log.request('GET /api/buckets', LOST);
  jest.advanceTimersByTime(190_000);
  expect(lines).toHaveLength(4);
});

it('has no line of an outage that lasts when the server has stopped', async () => {
  log.request('GET /api/buckets', LOST);
  await log.onApplicationShutdown();
  log.background('Alert rules could not be evaluated yet', FULL);
  jest.advanceTimersByTime(190_000);
  expect(lines).toHaveLength(2);
});

it('names each cause, and ends each by itself', () => {
  log.background('The usage of 3 keys could not be written yet', FULL);
  log.request('GET /api/buckets', LOST);
  expect(lines).toEqual([
    'error The database cannot be used: its disk is full (database or disk is full). ' +
      'First failure: The usage of 3 keys could not be written yet',
    'warn The database cannot be used: it does not answer or is not reachable (connect ECONNREFUSED 127.0.0.1:5432). ' +
      'First failure: GET /api/buckets',
  ]);
  lines = [];
  for (let second = 0; second < 30; second += 1) {
    log.background('The usage of 3 keys could not be written yet', FULL);
    if (second % 5 === 0) log.worked();
    jest.advanceTimersByTime(1000);
  }
  expect(lines).toEqual(['log The database can be used again after 0 s: 1 request and 0 background steps failed']);
});

it.each([
  ['40P01', 'warn The database cannot be used: transactions wait for locks for too long, or for each other (no)'],
  ['55P03', 'warn The database cannot be used: transactions wait for locks for too long, or for each other (no)'],
  ['53300', 'warn The database cannot be used: it is short of connections or memory (no)'],
  ['25006', 'error The database cannot be used: it is read-only (no)'],
  ['28P01', "error The database cannot be used: it does not admit the server's user (no)"],
  ['57P01', 'warn The database cannot be used: it does not answer or is not reachable (no)'],
  ['XX001', 'error The database cannot be used: what is stored is damaged (no)'],
])('names the cause that %s stands for', (code, line) => {
  log.request('GET /', Object.assign(new Error('no'), { driverError: { code } }));
  expect(lines).toEqual([`${line}. First failure: GET /`]);
});

it('takes only a success after the last failure for the end', () => {
  failFor(3, LOST);
  jest.advanceTimersByTime(30_000);
  expect(lines).toHaveLength(1);
  log.worked();
  expect(lines).toHaveLength(2);
});

it('does not fill the log where the database comes and goes', () => {
  for (let round = 0; round < 60; round += 1) {
    failFor(1, LOST);
    workFor(9);
  }
  // Ten minutes: the first round has a start and an end of its own, then it is one outage with a line a minute.
  expect(lines.length).toBeGreaterThanOrEqual(10);
  expect(lines.length).toBeLessThanOrEqual(14);
});

it('leaves what is not the fault of the database to the one that failed', () => {
  expect(log.request('GET /api/buckets', new Error('a bug'))).toBe(false);
  expect(log.request('GET /api/buckets', undefined)).toBe(false);
  expect(lines).toEqual([]);
});

it('logs the same other error of background work once a minute, with how often it came', () => {
  const broken = new Error('Unexpected token in JSON');
  for (let second = 0; second < 125; second += 1) {
    log.background('The alert rules of data source 1 could not be evaluated yet', broken);
    if (second === 0) log.background('The alert rules of data source 2 could not be evaluated yet', broken);
    jest.advanceTimersByTime(1000);
  }
  const line = 'warn The alert rules of data source 1 could not be evaluated yet: Unexpected token in JSON';
  expect(lines).toEqual([
    line,
    'warn The alert rules of data source 2 could not be evaluated yet: Unexpected token in JSON',
    `${line} (59 more times since the last such line)`,
    `${line} (59 more times since the last such line)`,
  ]);
});
