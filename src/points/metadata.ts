import { Inject, Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CONFIG } from '../common/config/config';
import type { YieldTurn } from '../common/http/yield';
import { LruMap } from '../common/lru-map';
import { readTogether } from '../database/together';
import { Writer } from '../database/writer';
import { AbsentMetadata } from './absent-metadata';
import { AscendingNumbers, type NumberSet } from './ascending-numbers';
import { addMetadata } from '../sources/source-metadata';
import { MetadataLedger, type BoundWarning, type MetadataBounds, type MetadataSource } from './metadata-bounds';
import { MetadataCache } from './metadata-cache';
import { lockCounts } from './metadata-counts';
import { assignAll, scopesOf, type Numbered, type NumberedRequest } from './metadata-numbering';
import { findNumbers, findTexts, insertTexts, markSeen } from './metadata-rows';
import { isSweeping, newStamp } from './metadata-stamps';

/** Texts read in a few milliseconds, even with 2 KB each. */
const TEXTS_PER_PAGE = 1000;
const PAGE = `SELECT number, text FROM point_metadata WHERE source = ? AND number > ? ORDER BY number LIMIT ${TEXTS_PER_PAGE}`;
const DAY_MILLIS = 86_400_000;
/** Subjects whose last warning is remembered. */
export const MAX_REMEMBERED_WARNINGS = 1000;

/** The flat metadata of a point, as sent by the client. */
export type Metadata = Readonly<Record<string, string | number | boolean | null>>;

/** The results of a transaction, for `remember` once it is committed. */
export interface Learnt {
  readonly numbers: Map<MetadataSource, Map<string, number>>;
  /** Texts that are left to a later transaction. */
  readonly absent: Map<MetadataSource, ReadonlySet<string>>;
  /** The new stamps of sources with new texts. */
  readonly stamps: Map<MetadataSource, number>;
  readonly warnings: BoundWarning[];
}

export function nothingLearnt(): Learnt {
  return { numbers: new Map(), absent: new Map(), stamps: new Map(), warnings: [] };
}

/** Dictionary encoding of metadata: each distinct text of a source is stored once and referenced by number, within limits. */
@Injectable()
export class MetadataDictionary {
  private readonly logger = new Logger('Metadata');
  private readonly cache = new MetadataCache();
  private readonly absent = new AbsentMetadata();
  private readonly warnedAt = new LruMap<string, number>(MAX_REMEMBERED_WARNINGS);

  constructor(
    @Inject(CONFIG) private readonly bounds: MetadataBounds,
    writer: Writer,
  ) {
    writer.onConnect(() => {
      this.cache.clear();
      this.absent.clear();
    });
  }

  /**
   * Assigns metadata numbers to the points of requests. New texts are stored and counted, up to `most` of them; requests with
   * more remain unfinished. The transaction must have locked the sources, and must not have locked metadata counts.
   *
   * @returns which requests are unfinished, and which points exceed a limit. If a request that is not partial has such points, none of
   *   its texts are stored.
   */
  async number(
    manager: EntityManager,
    requests: readonly (NumberedRequest | undefined)[],
    learnt: Learnt,
    most: number,
  ): Promise<Numbered> {
    const unknown = this.assignCached(requests);
    if (unknown.size === 0) return { overflows: [], unfinished: new Set() };
    const { numbers } = learnt;
    for (const [source, texts] of unknown) numbers.set(source, await this.find(manager, source, texts));
    const counts = await lockCounts(
      manager,
      requests.flatMap((request) => scopesOf(request, numbers)),
    );
    const ledger = new MetadataLedger(this.bounds, counts);
    const { overflows, unfinished } = assignAll(requests, numbers, ledger, most);
    for (const [source, texts] of unknown) {
      const added = ledger.newTextsOf(source);
      if (added.length === 0) continue;
      await insertTexts(manager, source.number, added);
      const stamp = newStamp();
      await addMetadata(manager, source.number, added.length, stamp);
      learnt.stamps.set(source, stamp);
      for (const { text, number } of added) numbers.get(source)?.set(text, number);
      if (unfinished.size > 0) learnt.absent.set(source, without(texts, numbers.get(source)));
    }
    await counts.save(manager);
    learnt.warnings.push(...ledger.warnings(unknown.keys()));
    return { overflows, unfinished };
  }

  /** Whether a text is probably cached. New texts, which are not, take long to store. */
  isProbablyKnown(source: number | undefined, text: string): boolean {
    return source !== undefined && this.cache.hasProbably(source, text);
  }

  /** Caches the results of a committed transaction, and logs warnings for limits that are close. */
  remember({ numbers, absent, stamps, warnings }: Learnt): void {
    for (const [source, texts] of numbers) {
      const found = source.metadataStamp;
      this.cache.add(source.number, { found, left: stamps.get(source) ?? found }, texts);
    }
    for (const [source, texts] of absent) this.absent.set(source.number, stamps.get(source) ?? 0, texts);
    for (const warning of warnings) this.warn(warning);
  }

  /** The metadata of these numbers of a source. */
  async read(manager: EntityManager, source: number, numbers: Iterable<number>): Promise<Map<number, Metadata>> {
    const wanted = [...new Set(numbers)].filter((number) => number !== 0);
    const rows = await findTexts(manager, source, wanted);
    return new Map(rows.map(({ number, text }) => [number, JSON.parse(text) as Metadata]));
  }

  /** The numbers of all metadata of a source that contains these entries. */
  async matching(manager: EntityManager, source: number, entries: Metadata, yieldTurn: YieldTurn): Promise<NumberSet> {
    const wanted = Object.entries(entries);
    // Canonical JSON contains each entry in this form, so this skips most texts without parsing them.
    const parts = wanted.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
    const found = new AscendingNumbers();
    for await (const { number, text } of textsOf(manager, source, yieldTurn)) {
      if (!parts.every((part) => text.includes(part))) continue;
      const metadata = JSON.parse(text) as Metadata;
      if (wanted.every(([name, value]) => Object.hasOwn(metadata, name) && metadata[name] === value)) found.add(number);
    }
    return found;
  }

  /** Adds the names of all entries of a source's metadata to a set. */
  async addNames(manager: EntityManager, source: number, names: Set<string>, yieldTurn: YieldTurn): Promise<void> {
    for await (const { text } of textsOf(manager, source, yieldTurn))
      for (const name of Object.keys(JSON.parse(text) as Metadata)) names.add(name);
  }

  /** Assigns cached numbers to points, and collects the texts that are not cached. */
  private assignCached(requests: readonly (NumberedRequest | undefined)[]): Map<MetadataSource, Set<string>> {
    const unknown = new Map<MetadataSource, Set<string>>();
    for (const request of requests)
      for (const [source, { points, texts }] of request?.parts ?? []) {
        const known = this.cache.of(source.number, source.metadataStamp);
        for (let index = 0; index < points.length; index++) {
          const text = texts[index] as string | null;
          if (text === null) continue;
          const number = known?.get(text);
          if (number !== undefined) (points[index] as { meta: number }).meta = number;
          else unknown.set(source, (unknown.get(source) ?? new Set()).add(text));
        }
      }
    return unknown;
  }

  private async find(
    manager: EntityManager,
    { number, metadataVersion, metadataStamp }: MetadataSource,
    texts: ReadonlySet<string>,
  ): Promise<Map<string, number>> {
    const absent = this.absent.of(number, metadataStamp);
    const wanted = [...texts].filter((text) => !absent.has(text));
    const found = await findNumbers(manager, number, wanted);
    if (isSweeping(metadataVersion)) await markSeen(manager, number, [...found.values()], metadataVersion);
    return found;
  }

  /** Logs each warning at most once a day. */
  private warn({ subject, count, most, setting }: BoundWarning): void {
    const name = `${subject} ${setting}`;
    if ((this.warnedAt.get(name) ?? 0) > Date.now() - DAY_MILLIS) return;
    this.warnedAt.set(name, Date.now());
    this.logger.warn(
      `${subject} has ${count} of ${most} distinct metadata: beyond that new ones are refused (${setting})`,
    );
  }
}

function without(texts: ReadonlySet<string>, known: ReadonlyMap<string, number> = new Map()): Set<string> {
  return new Set([...texts].filter((text) => !known.has(text)));
}

/** All metadata of a source by number, read page by page. */
async function* textsOf(
  manager: EntityManager,
  source: number,
  yieldTurn: YieldTurn,
): AsyncGenerator<{ readonly number: number; readonly text: string }> {
  for (let last = 0; ;) {
    const rows = await readTogether<{ number: number; text: string }>(manager, PAGE, [source, last]);
    yield* rows;
    if (rows.length < TEXTS_PER_PAGE) return;
    last = rows.at(-1)?.number ?? last;
    await yieldTurn();
  }
}
