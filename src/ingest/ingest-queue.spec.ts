import type { IngestRequest } from './batch-admission';
import { IngestQueue } from './ingest-queue';
import type { SentBlock } from './sent-block';

const LONG_MILLIS = 1000;

function requestOf(line: string, lengths: readonly number[] = []): IngestRequest {
  const key = { organizationId: 'o', bucketId: 'b', dataSourceId: null, writeOnly: false };
  const blocks = lengths.map((length): SentBlock => ({
    ...{ index: 0, dataSourceId: 's', names: ['t'], types: ['number'], metadata: null },
    ats: Array.from({ length }, (_, index) => index),
    values: Array<number>(length).fill(1),
  }));
  return { key, bucketId: 'b', line, points: [], blocks, pathOf: () => [], partial: true };
}

function queueOf(...requests: readonly IngestRequest[]) {
  const queue = new IngestQueue<{ readonly request: IngestRequest }>();
  for (const request of requests) queue.add({ request });
  return queue;
}

it('gives requests that take long commits of their own only while other lines wait', () => {
  const slow = requestOf('slow');
  const queue = queueOf(slow, slow, slow);
  queue.noteCommit([slow], LONG_MILLIS, false);
  expect(queue.takeForCommit()).toHaveLength(3);

  for (const request of [slow, slow, requestOf('quick')]) queue.add({ request });
  expect(queue.takeForCommit().map(({ request }) => request.line)).toEqual(['quick']);
  queue.add({ request: requestOf('quick') });
  expect(queue.takeForCommit().map(({ request }) => request.line)).toEqual(['slow']);
});

it('counts the points of large blocks that wait', () => {
  const queue = queueOf(requestOf('a', [1000, 9]), requestOf('b', [10]), requestOf('c'));
  expect(queue.pointsInBlocks).toBe(1010);
  queue.takeForCommit();
  expect(queue.pointsInBlocks).toBe(0);
  queue.add({ request: requestOf('a', [500]) });
  expect(queue.pointsInBlocks).toBe(500);
  queue.clear();
  expect(queue.pointsInBlocks).toBe(0);
});
