import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Which bytes are lost on the way: those to the database, those from it, or both. */
export type Lost = 'requests' | 'replies' | 'both';

/** A TCP proxy in front of PostgreSQL whose connections can fail in every way that a network has. */
export interface FaultProxy {
  /** The same database, reached through the proxy. */
  through(url: string): string;
  /** How many connections are open through it. */
  readonly open: number;
  /**
   * Loses bytes of the connections that are open, without closing them, as a firewall does that forgot them. New
   * connections work. With `next` the new ones are lost in the same way.
   */
  swallow(lost?: Lost, options?: { next?: boolean }): void;
  /**
   * Loses the reply of the next COMMIT and all that follows on its connection, or (`requests`) that COMMIT too. Resolves once
   * the commit is passed on or lost.
   */
  swallowNextCommit(lost?: 'requests' | 'replies'): Promise<void>;
  /** Closes every connection with a reset. New ones work. */
  reset(): void;
  /** Closes every connection and accepts no new one, as a database that is stopped. */
  refuse(): Promise<void>;
  /** Holds every byte of new and open connections for so long. */
  delay(millis: number): void;
  /** New connections work again, without delay. What was swallowed stays lost. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

const COMMIT = Buffer.from('COMMIT\0');

class Link {
  lost: Lost | undefined;
  readonly database: Socket;

  constructor(
    readonly client: Socket,
    port: number,
    private readonly state: ProxyState,
  ) {
    this.database = connect(port, '127.0.0.1');
    client.on('data', (bytes: Buffer) => this.passOn(bytes, 'requests'));
    this.database.on('data', (bytes: Buffer) => this.passOn(bytes, 'replies'));
    for (const socket of [client, this.database]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => this.onClose(socket));
    }
  }

  private passOn(bytes: Buffer, way: 'requests' | 'replies'): void {
    const isCommit = way === 'requests' && this.state.onCommit !== undefined && bytes.includes(COMMIT);
    if (this.lost === way || this.lost === 'both') return;
    const to = way === 'requests' ? this.database : this.client;
    if (isCommit) {
      this.lost = this.state.lostCommit;
      const noted = this.state.onCommit;
      this.state.onCommit = undefined;
      if (this.lost === 'requests') noted?.();
      else to.write(bytes, () => noted?.());
      return;
    }
    if (this.state.delayMillis === 0) to.write(bytes);
    else setTimeout(() => to.writable && to.write(bytes), this.state.delayMillis);
  }

  /** A lost connection passes no end on either: each side has to find out by itself. */
  private onClose(closed: Socket): void {
    const other = closed === this.client ? this.database : this.client;
    if (this.lost === undefined) other.destroy();
    if (other.destroyed) this.state.links.delete(this);
  }

  destroy(): void {
    for (const socket of [this.client, this.database]) socket.destroy();
  }
}

interface ProxyState {
  readonly links: Set<Link>;
  delayMillis: number;
  onCommit: (() => void) | undefined;
  /** Which way the connection of that COMMIT loses its bytes. */
  lostCommit: 'requests' | 'replies';
}

/** Opens a proxy on a free port of the loopback, to a database at a port of the loopback. */
export async function openFaultProxy(databaseUrl: string): Promise<FaultProxy> {
  const port = Number(new URL(databaseUrl).port);
  const state: ProxyState = { links: new Set(), delayMillis: 0, onCommit: undefined, lostCommit: 'replies' };
  let lostFromStart: Lost | undefined;
  const accept = (client: Socket) => {
    const link = new Link(client, port, state);
    link.lost = lostFromStart;
    state.links.add(link);
  };
  let server: Server = createServer(accept);
  const listen = async (at: number) => once(server.listen(at, '127.0.0.1'), 'listening');
  await listen(0);
  const own = (server.address() as AddressInfo).port;
  const destroyAll = () => [...state.links].forEach((link) => link.destroy());
  const stopListening = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return {
    through: (url) => {
      const changed = new URL(url);
      changed.port = String(own);
      return changed.href;
    },
    get open() {
      return [...state.links].filter(({ client }) => !client.destroyed).length;
    },
    swallow(lost = 'both', { next = false } = {}) {
      for (const link of state.links) link.lost = lost;
      if (next) lostFromStart = lost;
    },
    swallowNextCommit: (lost = 'replies') => {
      state.lostCommit = lost;
      return new Promise((resolve) => (state.onCommit = resolve));
    },
    reset() {
      for (const { client, database } of state.links) {
        client.resetAndDestroy();
        database.resetAndDestroy();
      }
    },
    async refuse() {
      const stopped = server.listening ? stopListening() : Promise.resolve();
      destroyAll();
      await stopped;
    },
    delay: (millis) => (state.delayMillis = millis),
    async restore() {
      lostFromStart = undefined;
      state.delayMillis = 0;
      if (server.listening) return;
      server = createServer(accept);
      await listen(own);
    },
    async close() {
      const stopped = server.listening ? stopListening() : Promise.resolve();
      destroyAll();
      await stopped;
    },
  };
}
