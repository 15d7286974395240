import { isWorthRetrying, retryWaitMillis } from '../../console/src/api/retries';
import { ApiProblem, problemOf } from '../../console/src/api/problem';
import { SseParser } from '../../clients/typescript/src/live/sse-parser';

describe('problems', () => {
  const headers = new Headers({ 'X-Error-Code': 'rate_limit_exceeded', 'X-Request-Id': 'r-1', 'Retry-After': '7' });

  it('have the sentence of the server, its code and what else it says', () => {
    const details = [{ path: ['body', 'name'], message: 'Name is required' }];
    const problem = problemOf({ status: 429, headers }, { error: 'Too Many Requests', message: 'Wait', details });
    expect(problem).toMatchObject({ status: 429, code: 'rate_limit_exceeded', requestId: 'r-1', retryAfterSeconds: 7 });
    expect([problem.message, problem.messageOf('name'), problem.messageOf('type')]).toEqual([
      'Wait',
      'Name is required',
      undefined,
    ]);
  });

  it('are in words also where a proxy answered', () => {
    expect(problemOf({ status: 502, headers: new Headers() }, '<html>').message).toBe(
      'The server answered with status 502',
    );
  });

  it.each([
    [0, true],
    [502, true],
    [503, true],
    [429, false],
    [500, false],
    [404, false],
  ])('with status %d are worth a retry: %s', (status, expected) => {
    const problem = new ApiProblem('x', { status });
    expect([isWorthRetrying(0, problem), isWorthRetrying(3, problem)]).toEqual([expected, false]);
  });

  it('are retried when the server asks for it, or ever later', () => {
    expect(retryWaitMillis(0, new ApiProblem('x', { status: 503, retryAfterSeconds: 2 }))).toBe(2000);
    const waits = [0, 1, 2, 9].map((failures) => retryWaitMillis(failures, new ApiProblem('x', { status: 0 })));
    expect(waits).toEqual([500, 1000, 2000, 10_000]);
    expect(isWorthRetrying(0, new TypeError('a mistake'))).toBe(false);
  });
});

describe('SseParser', () => {
  const text = ': hello\r\nretry: 1000\r\n\r\nevent: point\nid: 7\ndata: {"a":\ndata: 1}\n\ndata:x\n\n';
  const events = [
    { type: 'point', data: '{"a":\n1}', id: '7' },
    { type: 'message', data: 'x', id: '7' },
  ];

  it('reads events, however they are cut', () => {
    for (let size = 1; size <= text.length; size++) {
      const parser = new SseParser();
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      expect([size, pieces.flatMap((piece) => parser.read(piece))]).toEqual([size, events]);
    }
  });

  it('holds an event back until it is complete', () => {
    const parser = new SseParser();
    expect(parser.read('data: 1\n')).toEqual([]);
    expect(parser.read('\n')).toEqual([{ type: 'message', data: '1', id: undefined }]);
  });

  it('goes on from the last event that is complete, also from a heartbeat without data', () => {
    const parser = new SseParser();
    parser.read('id: 1\ndata: a\n\n: heartbeat\nid: 2\n\nid: 3\ndata: b\n');
    expect(parser.lastId).toBe('2');
    parser.read('\n');
    expect(parser.lastId).toBe('3');
  });
});
