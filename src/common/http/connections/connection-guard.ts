import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { IPv6, parse } from 'ipaddr.js';
import { isAddressIn, readAddress } from '../../addresses';
import { TOO_MANY_CONNECTIONS, TOO_MANY_CONNECTIONS_OF_ADDRESS } from '../../errors';
import { refuseOnSocket } from '../malformed-requests';
import type { LeanRequest, LeanResponse } from '../lean-messages';
import { Connection, connectionOf, type ConnectionWatch } from './connection';
import { ConnectionTurns } from './connection-turns';
import { ConnectionTable, type ConnectionBounds } from './connection-table';
import { ReadTurns } from './read-turns';
import { WaitingAnswers } from './waiting-answers';

/** Maximum number of pipelined requests that wait, over all connections. */
export const MAX_HELD_REQUESTS = 4_096;
/** Refused connections that stay open until their clients have read the 503. */
export const MAX_REFUSED_AT_ONCE = 256;
/** How long a client may take to read the 503. */
const LONGEST_REFUSED_MILLIS = 2000;
const RETRY_AFTER = ['Retry-After', '5'];

export interface ConnectionSettings extends ConnectionBounds {
  /** Addresses and ranges of proxies. Their connections carry many clients and are not counted. */
  readonly trustedProxies: readonly string[];
  /** How long a client may leave a pending response unread. */
  readonly stalledReaderSeconds: number;
  /** Whether the errors page is served, which error replies link to. */
  readonly docs: boolean;
}

/**
 * Limits connections: their number in total and per address (an IPv6 /64 counts as one address), the concurrent requests
 * of one connection, and the bytes of responses that wait for their readers.
 *
 * @returns the function to call for each request instead of `handle`
 */
export function guardConnections(
  server: Server,
  settings: ConnectionSettings,
  handle: (request: LeanRequest, response: LeanResponse) => void,
): (request: LeanRequest, response: LeanResponse) => void {
  const table = new ConnectionTable(settings);
  const answers = new WaitingAnswers(settings.stalledReaderSeconds * 1000);
  const turns = new ReadTurns(table);
  const watch = watchOf(handle as ConnectionWatch['handle'], answers, turns);
  const trusted = settings.trustedProxies.join(',');
  admitConnections(server, settings, (socket) => {
    const address = readAddress(socket.remoteAddress ?? '');
    const isTrusted = trusted !== '' && isAddressIn(address, trusted);
    const group = isTrusted ? undefined : groupOf(address);
    const full = group === undefined ? undefined : table.makeRoom(group);
    if (full) return full === 'address' ? TOO_MANY_CONNECTIONS_OF_ADDRESS : TOO_MANY_CONNECTIONS;
    table.add(new Connection(socket, group, watch));
    return undefined;
  });
  // Node's HTTP server has added its own listeners to the socket by then.
  server.on('connection', (socket: Socket) => {
    const connection = connectionOf(socket);
    if (connection) turns.noteOpened(connection);
  });
  server.once('listening', () => answers.start()).once('close', () => answers.stop());
  return (request, response) => {
    const connection = connectionOf(request.socket);
    if (connection) connection.take(request, response);
    else handle(request, response);
  };
}

/** Admits or refuses each connection before Node's server handles it. */
function admitConnections(
  server: Server,
  { docs }: ConnectionSettings,
  refusalOf: (socket: Socket) => typeof TOO_MANY_CONNECTIONS | undefined,
): void {
  const serve = server.listeners('connection');
  const ends = new ConnectionTurns();
  let refusedNow = 0;
  server.removeAllListeners('connection').on('connection', (socket: Socket) => {
    const refused = refusalOf(socket);
    if (!refused) {
      for (const listener of serve) listener.call(server, socket);
      endInTurn(socket, ends);
      return;
    }
    socket.on('error', () => socket.destroy());
    if (refusedNow >= MAX_REFUSED_AT_ONCE) {
      socket.destroy();
      return;
    }
    refusedNow += 1;
    const timer = setTimeout(() => socket.destroy(), LONGEST_REFUSED_MILLIS);
    socket.once('close', () => {
      clearTimeout(timer);
      refusedNow -= 1;
    });
    refuseOnSocket(socket, refused, { docs, headers: RETRY_AFTER });
  });
}

/** Lets Node close the connection, once its client has, when it is its turn. */
function endInTurn(socket: Socket, ends: ConnectionTurns): void {
  // Node's HTTP server has added its listener last.
  const close = socket.listeners('end').at(-1) as (() => void) | undefined;
  if (!close) return;
  socket.off('end', close).on('end', () =>
    ends.add({
      step: () => {
        if (!socket.destroyed) close.call(socket);
        return false;
      },
    }),
  );
}

function watchOf(handle: ConnectionWatch['handle'], answers: WaitingAnswers, turns: ReadTurns): ConnectionWatch {
  const holding = new Set<Connection>();
  let held = 0;
  const heldBack = (connection: Connection, change: number) => {
    held += change;
    if (change > 0) turns.noteWork();
    if (connection.heldCount > 0) holding.add(connection);
    else holding.delete(connection);
    if (held <= MAX_HELD_REQUESTS) return;
    let most = connection;
    for (const one of holding) if (one.heldCount > most.heldCount) most = one;
    most.abort();
  };
  return {
    handle,
    starts: new ConnectionTurns(),
    heldBack,
    hasParsedChunks: () => turns.noteWork(),
    isWaiting: (connection, bytes) => answers.note(connection, bytes),
    hasClosed: (connection) => answers.forget(connection),
  };
}

/** Returns the unit of counting for an address: a client with an IPv6 address usually controls its whole /64. */
export function groupOf(address: string): string {
  if (!address.includes(':')) return address;
  const parsed = parse(address);
  return parsed instanceof IPv6 ? parsed.parts.slice(0, 4).join(':') : address;
}
