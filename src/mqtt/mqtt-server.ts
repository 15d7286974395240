import type { Server, Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ConnectionAdmission } from '../auth/connection-admission';
import { isAddressIn, readAddress } from '../common/addresses';
import { CONFIG, type Config } from '../common/config/config';
import { groupOf } from '../common/http/connections/connection-guard';
import { SharedTurns } from '../common/http/shared-turns';
import { OutageLog } from '../common/outage-log';
import { repeat, type Repetition } from '../common/repeat';
import { ArrivedBytes } from './connections/arrived-bytes';
import { MqttConnection } from './connections/connection';
import { ConnectionBounds, MAX_CONNECTING } from './connections/connection-bounds';
import { PacketRooms } from './connections/packet-room';
import { ReceivedMessages } from './connections/received-messages';
import { RefusedLog } from './connections/refused-log';
import { RetainedMessages } from './connections/retained-messages';
import type { Services } from './connections/services';
import { Sessions } from './connections/sessions';
import { KeyWatch } from './key-watch';
import { CertificateFiles, listenPlain, listenTls, type Listener } from './listeners';
import { MqttCounts } from './mqtt-counts';
import { MessageStore } from './storing/message-store';

const TIMES_CHECKED_EVERY_MILLIS = 1000;
/** A connection ends within a second after its key is deleted, disabled or expires, on every instance. */
const KEYS_CHECKED_EVERY_MILLIS = 400;
const FILES_CHECKED_EVERY_MILLIS = 60_000;

/** Listens for MQTT clients, if a port is set, and ends their connections. */
@Injectable()
export class MqttServer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Mqtt');
  private readonly connections = new Set<MqttConnection>();
  private readonly services: Services;
  private readonly trusted: string;
  private listeners: Listener[] = [];
  private repetitions: Repetition[] = [];
  private isStopping = false;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'mqtt' | 'host' | 'trustedProxies'>,
    private readonly watch: KeyWatch,
    private readonly outages: OutageLog,
    admission: ConnectionAdmission,
    store: MessageStore,
    counts: MqttCounts,
  ) {
    const { connections, packetBytes } = config.mqtt;
    this.trusted = config.trustedProxies.join(',');
    this.services = {
      ...{ admission, store, counts, packetBytes, outages },
      bounds: new ConnectionBounds(connections),
      sessions: new Sessions(),
      received: new ReceivedMessages(),
      retained: new RetainedMessages(),
      rooms: new PacketRooms(),
      arrived: new ArrivedBytes(),
      log: new RefusedLog(),
      turns: new SharedTurns(),
    };
  }

  /** The ports that are open: for tests, which ask for any free one. */
  get ports(): readonly Pick<Listener, 'port' | 'isTls'>[] {
    return this.listeners;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { mqtt, host } = this.config;
    const connected = (socket: Socket) => this.connect(socket);
    if (mqtt.port !== undefined) this.listeners.push(await listenPlain(mqtt.port, host, connected));
    if (mqtt.tls) this.listeners.push(await listenTls(mqtt.tls, host, connected));
    if (this.listeners.length === 0) return;
    for (const { server, port, isTls } of this.listeners) {
      // Connections in a TLS handshake are not counted otherwise.
      server.maxConnections = mqtt.connections + 2 * MAX_CONNECTING;
      this.logger.log(`MQTT listens on port ${port}${isTls ? ' with TLS' : ''}`);
    }
    this.repetitions = [
      repeat(TIMES_CHECKED_EVERY_MILLIS, () => this.checkTimes()),
      repeat(KEYS_CHECKED_EVERY_MILLIS, () => this.watch.check(this.connections)),
    ];
    this.watchFiles();
  }

  /** Ends all connections after the commits under way, while the database is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    for (const { server } of this.listeners) server.close();
    await Promise.all(this.repetitions.map((one) => one.stop()));
    await Promise.all([...this.connections].map((connection) => connection.stop()));
    this.services.sessions.stop();
  }

  private connect(socket: Socket): void {
    const address = readAddress(socket.remoteAddress ?? '');
    const isTrusted = this.trusted !== '' && isAddressIn(address, this.trusted);
    const group = isTrusted ? undefined : groupOf(address);
    if (address === '' || this.isStopping) {
      socket.on('error', () => undefined).destroy();
      return;
    }
    // A destroyed socket says so later: the count ends at once.
    const opened = this.services.bounds.open(group, () => {
      opened();
      socket.destroy();
    });
    const connection = new MqttConnection(socket, { address, group }, this.services, {
      connected: opened,
      ended: () => {
        opened();
        this.connections.delete(connection);
      },
    });
    this.connections.add(connection);
  }

  private checkTimes(): void {
    const now = performance.now();
    for (const connection of this.connections) connection.checkTime(now);
  }

  private watchFiles(): void {
    const { tls } = this.config.mqtt;
    const server = this.listeners.find(({ isTls }) => isTls)?.server;
    if (!tls || !isTlsServer(server)) return;
    const files = new CertificateFiles(tls);
    const check = () => {
      try {
        const changed = files.changed();
        if (changed) server.setSecureContext(changed);
      } catch (cause) {
        this.outages.background('The renewed certificate for MQTT cannot be used yet', cause);
      }
    };
    this.repetitions.push(repeat(FILES_CHECKED_EVERY_MILLIS, check));
  }
}

function isTlsServer(server: Server | undefined): server is TlsServer {
  return server !== undefined && 'setSecureContext' in server;
}
