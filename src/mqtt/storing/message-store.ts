import { Injectable } from '@nestjs/common';
import { actorOf } from '../../auth/current-actor.decorator';
import type { ConnectingClient } from '../../auth/connection-admission';
import type { CurrentApiKey } from '../../auth/current-key.decorator';
import { KeyMeter } from '../../auth/key-meter';
import { ApiError } from '../../common/errors';
import type { ErrorCode } from '../../common/error-codes';
import { IngestCounts } from '../../ingest/ingest-counts';
import { Ingest } from '../../ingest/ingest.service';
import { blocksOf } from '../../ingest/line-protocol/line-block';
import { LineWriter } from '../../ingest/line-protocol/line-writer';
import type { MappedMessage } from '../mapping/mapped-message';
import { REASON, type Reason } from '../protocol/reason-codes';
import { ArrivalTimes } from './arrival-times';
import { pointsOf, type PendingMessage } from './message-batch';
import { HAS_NO_DATA, refusedFor, STORED, type Verdict } from './verdict';

const WAY = 'mqtt';
/** Points of one transaction. */
const POINTS_PER_BATCH = 1000;
/** The same for lines while other callers store points, who wait while they are stored one by one. */
const LINES_PER_SHARED_BATCH = 250;
const SERVER_ERRORS = 500;
const REASONS: Partial<Record<ErrorCode, Reason>> = {
  data_source_not_accessible: REASON.notAuthorized,
  bucket_not_accessible: REASON.notAuthorized,
  bucket_archived: REASON.notAuthorized,
  data_source_archived: REASON.notAuthorized,
  metadata_limit_reached: REASON.quotaExceeded,
};
/** What an Admin key can undo. */
const TEMPORARY: ReadonlySet<ErrorCode> = new Set(['bucket_archived', 'data_source_archived']);

/** Who sends messages. */
export interface Sender {
  readonly key: CurrentApiKey;
  readonly client: ConnectingClient;
}

interface Waiting extends PendingMessage {
  readonly resolve: (verdict: Verdict) => void;
  readonly reject: (cause: unknown) => void;
}

/** The messages of one key from one address. */
interface Group {
  readonly waiting: Waiting[];
  isRunning: boolean;
}

/** Why points of a message were not stored. */
interface Failure {
  points: number;
  readonly code: ErrorCode;
  readonly sentence: string;
}

/** Stores messages. Those that arrive while others are being committed share the next transaction. */
@Injectable()
export class MessageStore {
  private readonly groups = new Map<string, Group>();
  private readonly times = new ArrivalTimes();

  constructor(
    private readonly lines: LineWriter,
    private readonly ingest: Ingest,
    private readonly meter: KeyMeter,
    private readonly counts: IngestCounts,
  ) {}

  /**
   * Stores what can be stored of a message. When it resolves, that is on disk.
   *
   * @throws what the database throws; then nothing is known to be stored
   */
  store(sender: Sender, message: MappedMessage, nowMillis: number): Promise<Verdict> {
    if (message.points.length === 0) return Promise.resolve(this.verdictOf(message, undefined));
    const { key, client } = sender;
    const name = `${key.id} ${key.sessionId ?? ''} ${client.clientAddress}`;
    let group = this.groups.get(name);
    if (!group) this.groups.set(name, (group = { waiting: [], isRunning: false }));
    const { waiting } = group;
    const stored = new Promise<Verdict>((resolve, reject) => waiting.push({ message, nowMillis, resolve, reject }));
    if (!group.isRunning) void this.run(sender, name, group);
    return stored;
  }

  /** Counts a message that is larger than the limit. */
  countTooLarge(): void {
    this.counts.addRejected(WAY, 'body_too_large', 1);
  }

  private async run(sender: Sender, name: string, group: Group): Promise<void> {
    group.isRunning = true;
    // What has arrived with the first message is stored with it.
    await new Promise((resolve) => setImmediate(resolve));
    while (group.waiting.length > 0) {
      const batch = takeBatch(group.waiting);
      try {
        const failures = await this.write(sender, batch);
        for (const [index, { message, resolve }] of batch.entries())
          resolve(this.verdictOf(message, failures.get(index)));
      } catch (cause) {
        for (const { reject } of batch) reject(cause);
      }
    }
    this.groups.delete(name);
  }

  /** @returns what was not stored, by the index of its message */
  private async write({ key, client }: Sender, batch: readonly PendingMessage[]): Promise<Map<number, Failure>> {
    const failures = new Map<number, Failure>();
    const fail = (index: number, code: ErrorCode, sentence: string) => {
      const failure = failures.get(index);
      if (failure) failure.points += 1;
      else failures.set(index, { points: 1, code, sentence });
    };
    const bucketId = key.bucketId ?? '';
    const { lines, points, messageOf } = pointsOf(key, batch, this.times);
    const writeLines = async () => {
      const writer = { by: actorOf(key, client), key, bucketId };
      for (let start = 0; start < lines.length;) {
        const end =
          start + (this.ingest.isSharedWith({ key, line: key.lineId }) ? LINES_PER_SHARED_BATCH : POINTS_PER_BATCH);
        const refused = await this.lines.write(writer, blocksOf(lines.slice(start, end)));
        start = end;
        for (const { number, code, reason } of refused) fail(number, code, reason);
      }
    };
    const writePoints = async () => {
      if (points.length === 0) return;
      const request = { key, bucketId, line: key.lineId, points, partial: true, merges: true };
      const { problems } = await this.ingest.add({ ...request, pathOf: (index) => ['body', index] });
      for (const { index, error } of problems) fail(messageOf[index] ?? 0, error.errorCode, error.message);
    };
    await Promise.all([
      orRefused(writeLines, (code, sentence) => {
        for (const { number } of lines) fail(number, code, sentence);
      }),
      orRefused(writePoints, (code, sentence) => {
        for (const number of messageOf) fail(number, code, sentence);
      }),
    ]);
    this.count(key, lines.length + points.length, failures);
    return failures;
  }

  private count(key: CurrentApiKey, points: number, failures: ReadonlyMap<number, Failure>): void {
    let stored = points;
    for (const failure of failures.values()) {
      stored -= failure.points;
      this.counts.addRejected(WAY, failure.code, failure.points);
    }
    this.counts.addStored(WAY, stored);
    if (stored > 0) this.meter.countPoints(key.id, stored);
  }

  private verdictOf({ points, problems }: MappedMessage, failure: Failure | undefined): Verdict {
    for (const { fault } of problems)
      this.counts.addRejected(WAY, fault === 'topic' ? 'invalid_field' : 'invalid_value', 1);
    if (failure) {
      const { code, sentence } = failure;
      return refusedFor(REASONS[code] ?? REASON.payloadInvalid, sentence, TEMPORARY.has(code));
    }
    const [problem] = problems;
    if (problem)
      return refusedFor(problem.fault === 'topic' ? REASON.topicInvalid : REASON.payloadInvalid, problem.sentence);
    return points.length === 0 ? HAS_NO_DATA : STORED;
  }
}

function takeBatch(waiting: Waiting[]): Waiting[] {
  let points = 0;
  let count = 0;
  while (count < waiting.length && (count === 0 || points < POINTS_PER_BATCH)) {
    points += waiting[count]?.message.points.length ?? 0;
    count += 1;
  }
  return waiting.splice(0, count);
}

/** Runs work that stores points. An error that says why the bucket takes none refuses them; any other error is thrown. */
async function orRefused(
  work: () => Promise<void>,
  refuse: (code: ErrorCode, sentence: string) => void,
): Promise<void> {
  try {
    await work();
  } catch (cause) {
    if (!(cause instanceof ApiError) || cause.getStatus() >= SERVER_ERRORS) throw cause;
    refuse(cause.code, cause.message);
  }
}
