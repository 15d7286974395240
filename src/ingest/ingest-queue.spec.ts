import type { IngestRequest } from './ingest-request';
import { MAX_NEW_TEXTS, MAX_NEW_TEXTS_ALONE } from '../points/metadata-numbering';
import { IngestQueue } from './ingest-queue';
import type { FieldType } from '../sources/schema';
import type { SentPoint } from './point-check';
import { packRows, type SentBlock } from './sent-block';

const LONG_MILLIS = 1000;

function requestOf(
  line: string,
  lengths: readonly number[] = [],
  types: readonly FieldType[] = ['number'],
): IngestRequest {
  const key = { organizationId: 'o', bucketId: 'b', dataSourceId: null, writeOnly: false };
  const rowsOf = (length: number) => ({
    ...{ names: ['t'], types, metadata: null, length, isAscending: true },
    atOf: (index: number) => index,
    valueOf: () => (types[0] === 'string' ? 'one' : 1),
  });
  const all = lengths.map(rowsOf);
  const packed = packRows(all);
  const blocks = all.map((rows, place): SentBlock => ({ index: 0, dataSourceId: 's', rows, packed: packed[place] }));
  return { key, bucketId: 'b', line, points: [], blocks, pathOf: () => [], partial: true };
}

/** Points with metadata of their own. */
function pointsOf(count: number): SentPoint[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ index, dataSourceId: 's', values: {}, at: index, metadata: `${index}` },
  }));
}

function queueOf(...requests: readonly IngestRequest[]) {
  const queue = new IngestQueue<{ readonly request: IngestRequest }>();
  for (const request of requests) queue.add({ request });
  return queue;
}

/** A queue in which requests of the line `slow` are known to take long. */
function queueAfterSlow(slow: IngestRequest) {
  const queue = queueOf(slow);
  queue.takeForCommit();
  queue.noteCommit(LONG_MILLIS, false);
  return queue;
}

it('gives requests that take long commits of their own only while other lines wait', () => {
  const slow = { ...requestOf('slow'), points: pointsOf(1) };
  const queue = queueAfterSlow(slow);
  for (let index = 0; index < 3; index++) queue.add({ request: slow });
  expect(queue.takeForCommit()).toHaveLength(3);

  for (const request of [slow, slow, requestOf('quick')]) queue.add({ request });
  expect(queue.takeForCommit().map(({ request }) => request.line)).toEqual(['quick']);
  queue.add({ request: requestOf('quick') });
  expect(queue.takeForCommit().map(({ request }) => request.line)).toEqual(['slow']);
});

it('takes a line that sent little with one that sent much for quick', () => {
  const [much, little] = [1000, 1].map((count) => ({ ...requestOf(`line ${count}`), points: pointsOf(count) }));
  const queue = queueOf(much as IngestRequest, little as IngestRequest);
  expect(queue.takeForCommit()).toHaveLength(2);
  queue.noteCommit(LONG_MILLIS, false);
  for (const request of [much, little]) queue.add({ request: request as IngestRequest });
  expect(queue.takeForCommit().map(({ request }) => request.line)).toEqual(['line 1']);
});

it('takes the request of another line next after a long commit of the only one that waited', () => {
  const slow = { ...requestOf('slow'), points: pointsOf(5000) };
  const queue = queueAfterSlow(slow);
  for (let index = 0; index < 3; index++) queue.add({ request: slow });
  expect(queue.takeForCommit()).toHaveLength(1);

  queue.add({ request: requestOf('quick') });
  expect(queue.takeForCommit().map(({ request }) => request.line)).toEqual(['quick']);
  expect(queue.takeForCommit().map(({ request }) => request.line)).toEqual(['slow']);
});

it('gives slow requests commits of their own even if no other line waits, while others have sent lately', () => {
  const slow = { ...requestOf('slow'), points: pointsOf(1) };
  const queue = queueAfterSlow(slow);
  queue.add({ request: requestOf('quick') });
  queue.takeForCommit();
  for (let index = 0; index < 3; index++) queue.add({ request: slow });
  expect(queue.takeForCommit()).toHaveLength(1);
});

it('puts requests back that take long, so that quick ones of other lines come first', () => {
  const slow = { ...requestOf('slow'), points: pointsOf(1) };
  const queue = queueOf(slow);
  const taken = queue.takeForCommit();
  expect(queue.areQuickWaiting).toBe(false);
  queue.add({ request: slow });
  expect(queue.areQuickWaiting).toBe(false);
  queue.add({ request: requestOf('quick') });
  expect(queue.areQuickWaiting).toBe(true);
  queue.giveBack(taken);
  const takeLines = () => queue.takeForCommit().map(({ request }) => request.line);
  expect([takeLines(), takeLines(), takeLines()]).toEqual([['quick'], ['slow'], ['slow']]);
});

it('does not put requests back for others that take as long', () => {
  const [one, other] = ['one', 'other'].map((line) => ({ ...requestOf(line), points: pointsOf(1) }));
  const queue = queueAfterSlow(other as IngestRequest);
  queue.add({ request: one as IngestRequest });
  queue.takeForCommit();
  queue.add({ request: other as IngestRequest });
  expect(queue.areQuickWaiting).toBe(false);
});

it('counts the points of large blocks that wait and are stored as they are', () => {
  const queue = queueOf(requestOf('a', [1000, 9]), requestOf('b', [10]), requestOf('c'));
  queue.add({ request: requestOf('d', [1000], ['string']) });
  expect(queue.pointsInBlocks).toBe(1010);
  queue.takeForCommit();
  expect(queue.pointsInBlocks).toBe(0);
  queue.add({ request: requestOf('a', [500]) });
  expect(queue.pointsInBlocks).toBe(500);
  queue.clear();
  expect(queue.pointsInBlocks).toBe(0);
});

describe('requests with new metadata', () => {
  /** A queue that takes the number of points of a request for that of its new texts. */
  function queueOfNew(...requests: readonly IngestRequest[]) {
    const queue = new IngestQueue<{ readonly request: IngestRequest }>(({ line, points }) =>
      line === 'known' ? 0 : points.length,
    );
    for (const request of requests) queue.add({ request });
    return queue;
  }
  const requestWith = (line: string, count: number): IngestRequest => ({
    ...requestOf(line),
    points: pointsOf(count),
  });
  const linesOf = (taken: readonly { readonly request: IngestRequest }[]) => taken.map(({ request }) => request.line);

  it('get commits of their own while other lines wait, from the first one on', () => {
    const queue = queueOfNew(requestWith('new', 1000), requestWith('new', 1000), requestWith('known', 1000));
    expect(linesOf(queue.takeForCommit())).toEqual(['known']);
    queue.add({ request: requestWith('known', 1) });
    expect(linesOf(queue.takeForCommit())).toEqual(['new']);
    expect(linesOf(queue.takeForCommit())).toEqual(['known']);
    expect(linesOf(queue.takeForCommit())).toEqual(['new']);
  });

  it('share a commit if they are short, or as far as those of the only line fit', () => {
    const small = queueOfNew(requestWith('new', 5), requestWith('other', 5), requestWith('known', 1));
    expect(small.takeForCommit()).toHaveLength(3);
    const queue = queueOfNew(requestWith('new', 130), requestWith('new', 130), requestWith('new', 130));
    expect(queue.takeForCommit()).toHaveLength(2);
    expect(queue.takeForCommit()).toHaveLength(1);
  });

  it('share shorter commits for a second after another line', () => {
    const now = jest.spyOn(performance, 'now').mockReturnValue(5000);
    const queue = queueOfNew(requestWith('other', 1), requestWith('new', 60), requestWith('new', 60));
    queue.add({ request: requestWith('new', 60) });
    expect(linesOf(queue.takeForCommit())).toEqual(['other', 'new', 'new']);
    expect([queue.mostNewTexts, queue.size]).toEqual([MAX_NEW_TEXTS, 1]);
    now.mockReturnValue(6000);
    expect(queue.mostNewTexts).toBe(MAX_NEW_TEXTS_ALONE);
    queue.add({ request: requestWith('new', 100) });
    expect(queue.mostNewTexts).toBe(MAX_NEW_TEXTS_ALONE);
    queue.add({ request: requestWith('other', 1) });
    expect(queue.mostNewTexts).toBe(MAX_NEW_TEXTS);
    now.mockRestore();
  });

  it('continue before later requests of their line', () => {
    const queue = queueOfNew(requestWith('new', 100), requestWith('new', 1));
    const unfinished = queue.takeForCommit();
    expect(unfinished).toHaveLength(2);
    queue.add({ request: requestWith('new', 2) });
    queue.addFirst(unfinished);
    expect(queue.size).toBe(3);
    expect(queue.takeForCommit().map(({ request }) => request.points.length)).toEqual([100, 1, 2]);
  });

  it('do not make later commits of points without it smaller', () => {
    const takenOf = (queue: ReturnType<typeof queueOfNew>) => {
      for (let count = 0; count < 5; count++) queue.add({ request: requestWith('known', 1000) });
      return queue.takeForCommit().length;
    };
    const queue = queueOfNew(requestWith('new', 1000));
    queue.takeForCommit();
    queue.noteCommit(30, false);
    const other = queueOfNew(requestWith('new', 1000));
    other.takeForCommit();
    expect(takenOf(queue)).toBeGreaterThanOrEqual(takenOf(other));
  });
});

describe('requests of many data sources', () => {
  /** Points of so many data sources, as blocks of one point each. */
  const requestOver = (sources: number, line = 'a') => {
    const request = requestOf(
      line,
      Array.from({ length: sources }, () => 1),
    );
    return { ...request, blocks: request.blocks?.map((block, index) => ({ ...block, dataSourceId: `s${index}` })) };
  };

  it('share a commit with fewer others than requests of one', () => {
    const takenOf = (request: () => IngestRequest) =>
      queueOf(...Array.from({ length: 50 }, request)).takeForCommit().length;
    const ofOne = takenOf(() => requestOf('a', [100]));
    const ofMany = takenOf(() => requestOver(100));
    expect(ofMany).toBeGreaterThan(0);
    expect(ofMany).toBeLessThan(ofOne / 5);
  });

  it('do not count a data source again that comes in turn with another one', () => {
    const { blocks = [], ...request } = requestOver(100);
    const ofTwo = blocks.map((block, index) => ({ ...block, dataSourceId: `s${index % 2}` }));
    const taken = queueOf(...Array.from({ length: 50 }, () => ({ ...request, blocks: ofTwo }))).takeForCommit().length;
    const ofOne = queueOf(...Array.from({ length: 50 }, () => requestOf('a', [100]))).takeForCommit().length;
    expect(taken).toBeGreaterThan(ofOne / 2);
  });

  it('share a commit with fewer others if their points have many values', () => {
    const takenOf = (width: number) => {
      const names = Array.from({ length: width }, (_, index) => `v${index}`);
      const request = requestOf('a', [100]);
      const blocks = request.blocks?.map((block) => ({ ...block, rows: { ...block.rows, names } })) ?? [];
      return queueOf(...Array.from({ length: 50 }, () => ({ ...request, blocks }))).takeForCommit().length;
    };
    expect(takenOf(10)).toBe(takenOf(1));
    expect(takenOf(50)).toBe(Math.ceil(takenOf(1) / 5));
  });

  it('know whether others have come lately', () => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    const [a, b] = ['a', 'b'].map((line) => ({ organization: 'o', line }));
    const queue = queueOf(requestOf('a'));
    expect([a, b].map((caller) => caller && queue.isSharedWith(caller))).toEqual([false, true]);
    clock.mockReturnValue(1000);
    expect(b && queue.isSharedWith(b)).toBe(false);
    queue.add({ request: requestOf('b') });
    expect([a, b].map((caller) => caller && queue.isSharedWith(caller))).toEqual([true, true]);
    clock.mockRestore();
  });
});
