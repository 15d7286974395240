import { In, type EntityManager } from 'typeorm';
import type { YieldTurn } from '../common/http/yield';
import { requireOneStart, type NewestFirstQuery, type Sort } from '../common/pagination';
import { findCountedPage, type CountedPage } from '../database/counted-page';
import { query, type SqlValue } from '../database/sql';
import { Delivery, type DeliveryStatus, type DeliverySummary } from './delivery.entity';
import { LISTED, timed, type ListedDelivery } from './listed-deliveries';

/** Rows that are compared within two or three milliseconds. */
const COMPARED_AT_ONCE = 500;
/** After the page is full, the total is counted over at most this many rows, each of which takes a lookup of its owner. */
export const MAX_COMPARED_DELIVERIES = 10_000;
const READ_AT_ONCE = 100;

/** Which deliveries of many webhooks a list has. */
export interface DeliveryFilter {
  readonly status?: DeliveryStatus | undefined;
  /** SQL for the name of the owner of a webhook, or null for another caller's; `?` are these parameters. */
  readonly ownerName: (webhookId: string) => string;
  readonly ownerValues: readonly SqlValue[];
  readonly matches: (ownerName: string) => boolean;
}

/** A delivery in a list over many webhooks. */
export type OwnedDelivery = ListedDelivery & Pick<Delivery, 'webhookId'>;

interface ScannedDelivery {
  readonly id: string;
  readonly createdAt: number;
  readonly ownerName: string | null;
}

/** A position in the list, as an SQL condition that the rows behind it meet. */
interface Place {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/**
 * One page of the deliveries of many webhooks, without their bodies, by default newest first.
 *
 * @throws ValidationError if both `after` and `offset` are sent
 */
export async function findDeliveries(
  manager: EntityManager,
  filter: DeliveryFilter,
  page: NewestFirstQuery,
  yieldTurn: YieldTurn,
): Promise<CountedPage<OwnedDelivery>> {
  requireOneStart(page);
  const { after, sort = 'desc' } = page;
  const scanFrom = (place: Place | undefined) => scanDeliveries(manager, { filter, sort, place }, yieldTurn);
  const place = after === undefined ? undefined : await behind(manager, filter, sort, after);
  const scan = {
    page: scanFrom(place),
    whole: place && scanFrom(undefined),
    comparedPerSlice: COMPARED_AT_ONCE,
    maxCompared: MAX_COMPARED_DELIVERIES,
  };
  const { rows: ids, ...found } = await findCountedPage(scan, page);
  return { ...found, rows: await readDeliveries(manager, ids, yieldTurn) };
}

/** The ids of matching deliveries. */
async function* scanDeliveries(
  manager: EntityManager,
  { filter, sort, place }: { readonly filter: DeliveryFilter; readonly sort: Sort; readonly place: Place | undefined },
  yieldTurn: YieldTurn,
): AsyncGenerator<readonly string[], void> {
  const { status, ownerName, ownerValues, matches } = filter;
  const ofStatus = status === undefined ? '' : 'd.status = ? AND ';
  const select = `SELECT d.id, d.created_at AS "createdAt", (${ownerName('d.webhook_id')}) AS "ownerName"
    FROM webhook_deliveries d WHERE ${ofStatus}`;
  const order = ` ORDER BY d.created_at ${sort}, d.id ${sort} LIMIT ${COMPARED_AT_ONCE}`;
  const values = [...ownerValues, ...(status === undefined ? [] : [status])];
  for (let last = place ?? edgeOf(sort); ;) {
    const rows: ScannedDelivery[] = await query<ScannedDelivery>(manager, select + last.sql + order, [
      ...values,
      ...last.values,
    ]);
    yield rows.flatMap(({ id, ownerName: name }) => (name !== null && matches(name) ? [id] : []));
    const end = rows.at(-1);
    if (!end || rows.length < COMPARED_AT_ONCE) return;
    last = behindRow(sort, end);
    await yieldTurn();
  }
}

/** The position of a delivery, or of its id if it does not exist: ids are in the order of creation. */
async function behind(
  manager: EntityManager,
  { ownerName, ownerValues }: DeliveryFilter,
  sort: Sort,
  after: string,
): Promise<Place> {
  const sql = `SELECT d.id, d.created_at AS "createdAt", (${ownerName('d.webhook_id')}) AS "ownerName"
    FROM webhook_deliveries d WHERE d.id = ?`;
  const [found] = await query<ScannedDelivery>(manager, sql, [...ownerValues, after]);
  if (found && found.ownerName !== null) return behindRow(sort, found);
  return { sql: `d.id ${signOf(sort)} ?`, values: [after] };
}

function behindRow(sort: Sort, { createdAt, id }: Pick<ScannedDelivery, 'createdAt' | 'id'>): Place {
  return { sql: `(d.created_at, d.id) ${signOf(sort)} (?, ?)`, values: [createdAt, id] };
}

/** A position before the first delivery. */
function edgeOf(sort: Sort): Place {
  return behindRow(sort, { createdAt: sort === 'desc' ? Number.MAX_SAFE_INTEGER : -1, id: '' });
}

function signOf(sort: Sort): '<' | '>' {
  return sort === 'desc' ? '<' : '>';
}

async function readDeliveries(
  manager: EntityManager,
  ids: readonly string[],
  yieldTurn: YieldTurn,
): Promise<OwnedDelivery[]> {
  const deliveries: OwnedDelivery[] = [];
  for (let start = 0; start < ids.length; start += READ_AT_ONCE) {
    await yieldTurn();
    const some = ids.slice(start, start + READ_AT_ONCE);
    const read = await manager.find(Delivery, { select: { ...LISTED, webhookId: true }, where: { id: In(some) } });
    const found = new Map((await withTimes(manager, read, yieldTurn)).map((delivery) => [delivery.id, delivery]));
    deliveries.push(...some.flatMap((id) => found.get(id) ?? []));
  }
  return deliveries;
}

async function withTimes(
  manager: EntityManager,
  deliveries: readonly (DeliverySummary & Pick<Delivery, 'webhookId'>)[],
  yieldTurn: YieldTurn,
): Promise<OwnedDelivery[]> {
  const listed: OwnedDelivery[] = [];
  for (const webhookId of new Set(deliveries.map((delivery) => delivery.webhookId))) {
    const ofWebhook = deliveries.filter((delivery) => delivery.webhookId === webhookId);
    listed.push(...(await timed(manager, webhookId, ofWebhook)));
    await yieldTurn();
  }
  return listed;
}
