import { MetadataLedger, type MetadataSource } from './metadata-bounds';
import { LockedCount, LockedCounts } from './metadata-counts';
import { assignAll, MAX_NEW_TEXTS, MAX_NEW_TEXTS_ALONE, type NumberedRequest } from './metadata-numbering';

const LIMIT = 100_000;
const source: MetadataSource = {
  id: 'source',
  number: 7,
  bucketId: 'bucket',
  metadataCount: 0,
  nextMetadata: 1,
  metadataVersion: 0,
  metadataStamp: 0,
};

function requestOf(texts: readonly string[], { partial = false, from = source } = {}): NumberedRequest {
  return { line: null, partial, parts: [[from, { texts, points: texts.map(() => ({ meta: 0 })) }]] };
}

function ledgerOf(metadataPerSource = LIMIT): MetadataLedger {
  const bounds = { metadataPerSource, metadataPerBucket: 10 * LIMIT, metadataKeyShare: 100 };
  return new MetadataLedger(bounds, new LockedCounts(new Map([['bucket ', new LockedCount(whole, 0)]])));
}
const whole = { bucketId: 'bucket', line: '' };

const textsOf = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}${index}`);

it('numbers as many new texts as a transaction stores, and leaves the others to the next one', () => {
  const ledger = ledgerOf();
  const texts = textsOf('a', MAX_NEW_TEXTS + 50);
  const { unfinished, overflows } = assignAll([requestOf(texts)], new Map(), ledger, MAX_NEW_TEXTS);
  expect([...unfinished]).toEqual([0]);
  expect(overflows).toEqual([[]]);
  expect(ledger.newTextsOf(source).map(({ text, number }) => [text, number])).toEqual(
    texts.slice(0, MAX_NEW_TEXTS).map((text, index) => [text, index + 1]),
  );
  const known = new Map([[source, new Map(texts.slice(0, MAX_NEW_TEXTS).map((text, index) => [text, index + 1]))]]);
  const next = assignAll([requestOf(texts)], known, ledgerOf(), MAX_NEW_TEXTS);
  expect(next.unfinished.size).toBe(0);
});

it('shares what a transaction stores among its requests', () => {
  const ledger = ledgerOf();
  const requests = [requestOf(textsOf('a', 200)), requestOf(textsOf('b', 100)), requestOf(textsOf('a', 20))];
  const { unfinished } = assignAll([requests[0], undefined, ...requests.slice(1)], new Map(), ledger, MAX_NEW_TEXTS);
  expect([...unfinished]).toEqual([2]);
  expect(ledger.newTextsOf(source)).toHaveLength(MAX_NEW_TEXTS);
  const [, { points }] = (requests[2] as NumberedRequest).parts[0] as NumberedRequest['parts'][number];
  expect(points.map(({ meta }) => meta)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
});

it('stores none for a request that exceeds a limit, which leaves all to the others', () => {
  const ledger = ledgerOf(300);
  const { unfinished, overflows } = assignAll(
    [requestOf(textsOf('a', 301)), requestOf(textsOf('b', 300))],
    new Map(),
    ledger,
    MAX_NEW_TEXTS,
  );
  expect(overflows.map((some) => some.length)).toEqual([1, 0]);
  expect(unfinished.size).toBe(0);
  expect(ledger.newTextsOf(source)).toHaveLength(300);
});

it('numbers all texts of a request at once while a limit is close', () => {
  const unfinishedFrom = (metadataCount: number, most: number) => {
    const from = { ...source, metadataCount };
    return assignAll([requestOf(textsOf('a', 1000), { from })], new Map(), ledgerOf(), most).unfinished.size;
  };
  expect(unfinishedFrom(LIMIT - 16_000, MAX_NEW_TEXTS)).toBe(0);
  expect(unfinishedFrom(LIMIT - 17_000, MAX_NEW_TEXTS)).toBe(1);
  expect(unfinishedFrom(LIMIT - 17_000, MAX_NEW_TEXTS_ALONE)).toBe(0);
});
