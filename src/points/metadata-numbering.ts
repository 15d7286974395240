import type { MetadataLedger, MetadataSource } from './metadata-bounds';
import type { CountScope } from './metadata-counts';

/**
 * New texts of one transaction while other callers store points: they are stored at random places of an index, which takes about 12 ms for
 * this many.
 */
export const MAX_NEW_TEXTS = 200;
/** The same for a caller without others, which takes about 30 ms: less than in parts. */
export const MAX_NEW_TEXTS_ALONE = 1000;
/** Closer to a limit, the texts of a request are stored at once: requests in between could use up what is left for the rest. */
export const LEAST_ROOM = 16_000;

/** The points of one request for one source, with the metadata text of each; null for none. */
export interface NumberedPart {
  readonly points: readonly { meta: number }[];
  readonly texts: readonly (string | null)[];
}

/** One request's points, source by source. */
export interface NumberedRequest {
  /** The rotation line to which new metadata counts; null for none. */
  readonly line: string | null;
  /** Whether only points over a limit are rejected, instead of the whole request. */
  readonly partial: boolean;
  readonly parts: readonly (readonly [MetadataSource, NumberedPart])[];
}

/** A point whose new metadata exceeds a limit. */
export interface Overflow {
  readonly part: NumberedPart;
  /** The index of the point in the part. */
  readonly index: number;
  readonly sentence: string;
}

/** How far a transaction has numbered the metadata of requests. */
export interface Numbered {
  /** For each request, the points whose metadata exceeds a limit. */
  readonly overflows: readonly (readonly Overflow[])[];
  /** The indexes of requests with texts that are left to a later transaction. */
  readonly unfinished: ReadonlySet<number>;
}

/**
 * Assigns numbers to the points of requests that have none yet, and adds new texts to the ledger: of all requests together, no more than
 * `most`, unless a limit is close.
 */
export function assignAll(
  requests: readonly (NumberedRequest | undefined)[],
  numbers: ReadonlyMap<MetadataSource, ReadonlyMap<string, number>>,
  ledger: MetadataLedger,
  most: number,
): Numbered {
  const unfinished = new Set<number>();
  let left = most;
  const overflows = requests.map((request, index) => {
    if (!request) return [];
    const { added, overflows } = assignNumbers(request, numbers, ledger);
    const hasRoom = added.every(([source]) => ledger.roomOf(source, request.line) >= LEAST_ROOM);
    if (!request.partial && overflows.length > 0) undoAll(added, ledger);
    else if (hasRoom && added.length > left) {
      undoAll(added.slice(left), ledger);
      unfinished.add(index);
      left = 0;
    } else left = Math.max(0, left - added.length);
    return overflows;
  });
  return { overflows, unfinished };
}

/** The counts that change if the request has new texts. */
export function scopesOf(
  request: NumberedRequest | undefined,
  numbers: ReadonlyMap<MetadataSource, ReadonlyMap<string, number>>,
): CountScope[] {
  const growing = (request?.parts ?? []).filter(([source, { points, texts }]) =>
    points.some(({ meta }, index) => meta === 0 && isNew(texts[index], numbers.get(source))),
  );
  return growing.flatMap(([{ bucketId }]) => ['', request?.line ?? ''].map((line) => ({ bucketId, line })));
}

function isNew(text: string | null | undefined, numbers: ReadonlyMap<string, number> | undefined): boolean {
  return text !== null && text !== undefined && !numbers?.has(text);
}

type NewTextOf = readonly [MetadataSource, string];

/** Assigns numbers to the points of a request that have none yet. Returns the texts that were added to the ledger, in order. */
function assignNumbers(
  { line, parts }: NumberedRequest,
  numbers: ReadonlyMap<MetadataSource, ReadonlyMap<string, number>>,
  ledger: MetadataLedger,
): { added: NewTextOf[]; overflows: Overflow[] } {
  const added: NewTextOf[] = [];
  const overflows: Overflow[] = [];
  for (const [source, part] of parts) {
    for (const [index, point] of part.points.entries()) {
      const text = part.texts[index];
      if (point.meta !== 0 || text === null || text === undefined) continue;
      const known = numbers.get(source)?.get(text) ?? ledger.find(source, text);
      const number = known ?? ledger.add(source, text, line);
      if (typeof number === 'string') overflows.push({ part, index, sentence: number });
      else {
        point.meta = number;
        if (known === undefined) added.push([source, text]);
      }
    }
  }
  return { added, overflows };
}

/** Removes the latest texts from the ledger, last first. */
function undoAll(added: readonly NewTextOf[], ledger: MetadataLedger): void {
  for (const [source, text] of added.toReversed()) ledger.undo(source, text);
}
