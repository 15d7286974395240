import type { IConnectPacket } from 'mqtt-packet';
import type { ConnectingClient } from '../../auth/connection-admission';
import type { CurrentApiKey } from '../../auth/current-key.decorator';
import { rightOf } from '../../auth/right';
import { refusal } from '../../common/errors';
import { newId } from '../../common/ids';
import { printable } from '../../common/printable';
import { redactKeys } from '../../common/redact';
import { REASON, type Reason } from '../protocol/reason-codes';
import { Replies } from '../protocol/replies';
import type { FullBound } from './connection-bounds';
import type { Services } from './services';

const PROTOCOL = 'mqtt';
const LONGEST_SHOWN_ID = 100;
/** How long the session of MQTT 3 is kept for a client that wants to resume it. */
const KEPT_MILLIS = 86_400_000;
const BUCKET_NEEDED = refusal(
  403,
  'bucket_not_accessible',
  'MQTT needs a Write key: messages are stored in its bucket',
);
const RIGHT = {
  ...rightOf(['admin', 'write'], 'modify data', { writeOnly: true, bound: 'source' }),
  refuse: ({ bucketId }: CurrentApiKey) => (bucketId === null ? BUCKET_NEEDED : undefined),
};

/** A message that is stored if the connection of its client breaks. */
export interface Will {
  readonly topic: string;
  readonly payload: Buffer;
  readonly delayMillis: number;
}

/** A client that may connect. */
export interface AdmittedClient {
  readonly key: CurrentApiKey;
  readonly client: ConnectingClient;
  readonly clientId: string;
  /** Set if the server chose it. */
  readonly assignedId: string | undefined;
  /** Whether it begins from nothing. */
  readonly isFresh: boolean;
  readonly keptMillis: number;
  /** 0: none. */
  readonly keepAliveMillis: number;
  readonly will: Will | undefined;
  /** Ends the count of this connection. */
  readonly release: () => void;
}

/** Why a client may not connect. */
export interface RefusedClient {
  readonly reason: Reason;
  readonly sentence: string;
}

/** Where a connection comes from. */
export interface ConnectionOrigin {
  readonly id: string;
  readonly address: string;
  /** What the limit by address counts; undefined for a trusted proxy. */
  readonly group: string | undefined;
}

/** Checks a CONNECT packet and its key. */
export async function admitClient(
  { admission, bounds }: Pick<Services, 'admission' | 'bounds'>,
  packet: IConnectPacket,
  { id, address, group }: ConnectionOrigin,
): Promise<AdmittedClient | RefusedClient> {
  const { clientId: sentId, clean = true, properties, keepalive = 0 } = packet;
  if (properties?.authenticationMethod !== undefined)
    return { reason: REASON.authenticationMethod, sentence: 'Send the API key as the password' };
  const isV5 = packet.protocolVersion === 5;
  if (sentId === '' && !isV5 && (packet.protocolVersion === 3 || !clean))
    return { reason: REASON.clientIdInvalid, sentence: 'A client without an id must begin a clean session' };
  const assignedId = sentId === '' ? `dakkio-${newId()}` : undefined;
  const clientId = assignedId ?? sentId;
  const client = {
    ...{ clientAddress: address, requestId: id, protocol: PROTOCOL },
    userAgent: `MQTT ${redactKeys(printable(clientId.slice(0, LONGEST_SHOWN_ID)))}`,
  };
  const key = await admission.connect(keyTextsOf(packet), client, RIGHT);
  if ('refusal' in key) return refusedFor(key.refusal.status, key.refusal.message, key.waitMillis);
  const release = bounds.connect(group, key.lineId);
  if (typeof release === 'string') return FULL[release];
  const expirySeconds = properties?.sessionExpiryInterval ?? 0;
  return {
    ...{ key, client, clientId, assignedId, isFresh: clean, release },
    keptMillis: isV5 ? expirySeconds * 1000 : clean ? 0 : KEPT_MILLIS,
    keepAliveMillis: keepalive * 1000,
    will: willOf(packet),
  };
}

/** Writes in the version of the client. */
export function repliesFor({ protocolVersion = 4, properties }: IConnectPacket): Replies {
  return new Replies(protocolVersion, properties?.requestProblemInformation !== false);
}

/** The password, or the user name. */
function keyTextsOf({ username, password }: IConnectPacket): string[] {
  return [password?.toString('utf8'), username].filter((text): text is string => text !== undefined && text !== '');
}

function willOf({ will }: IConnectPacket): Will | undefined {
  if (!will) return undefined;
  const { topic, payload, properties } = will;
  return { topic, payload: Buffer.from(payload), delayMillis: (properties?.willDelayInterval ?? 0) * 1000 };
}

const FULL: Readonly<Record<FullBound, RefusedClient>> = {
  all: { reason: REASON.serverBusy, sentence: 'The server has as many MQTT connections as it may have' },
  address: { reason: REASON.quotaExceeded, sentence: 'This address has as many MQTT connections as it may have' },
  key: { reason: REASON.quotaExceeded, sentence: 'This API key has as many MQTT connections as it may have' },
};

function refusedFor(status: number, sentence: string, waitMillis: number): RefusedClient {
  if (waitMillis > 0) return { reason: REASON.connectionRateExceeded, sentence: 'Too many invalid API keys' };
  return { reason: status === 401 ? REASON.keyInvalid : REASON.notAuthorized, sentence };
}
