import { ApiProblem } from '../../console/src/api/problem';
import {
  fingerprintOf,
  readUnfinished,
  START,
  withUnfinished,
  type ImportSettings,
} from '../../console/src/screens/import/import-place';
import { passes, Patience, waitMillis, type Waiting } from '../../console/src/screens/import/patience';
import { NEW, READING } from '../support/csv-import';

describe('the place of an import', () => {
  const settings: ImportSettings = {
    ...{ bucketId: '1', target: NEW, hasHeader: true, reading: READING },
    rows: { encoding: 'utf-8', separator: ',', lineEnd: '\n', firstLine: 1 },
  };
  const unfinished = (file: string) => ({ file, name: 'a.csv', size: 1, savedAt: 1, settings, place: START });

  it('is read as it was written, without what was in the file', () => {
    const bad = Array.from({ length: 1200 }, (_, line) => ({ line, reason: 'wrong', cells: ['secret'] }));
    const all = withUnfinished([], { ...unfinished('a'), place: { ...START, rows: 5, bad } });
    const text = JSON.stringify(all);
    expect(text).not.toContain('secret');
    expect(readUnfinished(text)).toEqual(all);
    expect(all[0]?.place).toMatchObject({ rows: 5, lastTime: undefined });
    expect(all[0]?.place.bad).toHaveLength(1000);
  });

  it('is remembered of the last five imports', () => {
    const all = [...'abcdefb'].reduce<ReturnType<typeof readUnfinished>>(
      (known, file) => withUnfinished(known, unfinished(file)),
      [],
    );
    expect(all.map(({ file }) => file)).toEqual(['b', 'f', 'e', 'd', 'c']);
  });

  it.each([null, '', '{}', '[1]', '[{"file":"a"}]', 'null'])('is nothing where storage has %j', (text) => {
    expect(readUnfinished(text)).toEqual([]);
  });

  it('belongs to a file by its name, size and first bytes', () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    const one = fingerprintOf('a.csv', 3, bytes('a,b'));
    expect(fingerprintOf('a.csv', 3, bytes('a,b'))).toBe(one);
    const others = [
      fingerprintOf('b.csv', 3, bytes('a,b')),
      fingerprintOf('a.csv', 4, bytes('a,b')),
      fingerprintOf('a.csv', 3, bytes('a,c')),
      fingerprintOf('a.csv', 3, bytes('b,a')),
    ];
    expect(new Set([one, ...others]).size).toBe(5);
  });
});

describe('patience', () => {
  const problem = (status: number, retryAfterSeconds?: number) => new ApiProblem('Busy', { status, retryAfterSeconds });

  it('waits for what passes, as long as the server asks', () => {
    expect([0, 429, 503, 507].map((status) => passes(problem(status)))).toEqual([true, true, true, true]);
    expect([400, 401, 403, 404, 409, 413, 500].some((status) => passes(problem(status)))).toBe(false);
    // A quota of the month.
    expect(passes(problem(429, 86_400))).toBe(false);
    expect([0, 1, 3, 20].map((failures) => waitMillis(problem(0), failures))).toEqual([1000, 2000, 8000, 30_000]);
    expect(waitMillis(problem(429, 7), 3)).toBe(7000);
  });

  it('asks again until there is an answer, and says why it waits', async () => {
    const seen: (Waiting | undefined)[] = [];
    const patience = new Patience(new AbortController().signal, (waiting) => seen.push(waiting));
    const answers = [problem(503, 0), problem(0, 0), 'done'];
    const asked = await patience.until(() => {
      const next = answers.shift();
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    });
    expect(asked).toBe('done');
    expect(seen.map((waiting) => waiting?.reason)).toEqual([
      'Busy',
      undefined,
      'The server cannot be reached',
      undefined,
    ]);
  });

  it('ends at once when the import is stopped', async () => {
    const stopping = new AbortController();
    const patience = new Patience(stopping.signal, () => stopping.abort());
    const until = patience.until(() => Promise.reject(problem(503, 500)));
    await expect(until).rejects.toThrow(/abort/i);
    await expect(
      new Patience(new AbortController().signal, () => undefined).until(() => Promise.reject(problem(409))),
    ).rejects.toThrow('Busy');
  });
});
