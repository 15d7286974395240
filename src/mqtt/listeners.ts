import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import type { MqttConfig } from '../common/config/mqtt-settings';
import { ConfigError } from '../common/config/setting';
import { MAX_UNREAD_BYTES } from './connections/socket-flow';

const KEEP_ALIVE_MILLIS = 60_000;
const HANDSHAKE_MILLIS = 10_000;
const SOCKETS = {
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: KEEP_ALIVE_MILLIS,
  // A client that ends its half may still read acknowledgements.
  allowHalfOpen: true,
  highWaterMark: MAX_UNREAD_BYTES,
};
const IN_USE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use: stop the program that uses it, or set another port',
  EACCES: 'is not open to this user: set 1024 or above, or give the user the right to use it',
};

type CertFiles = NonNullable<MqttConfig['tls']>;

/** A port that clients connect to. */
export interface Listener {
  readonly server: Server;
  readonly port: number;
  readonly isTls: boolean;
}

/** Opens the port without TLS. @throws ConfigError if it cannot be opened */
export async function listenPlain(port: number, host: string, connected: (socket: Socket) => void): Promise<Listener> {
  const server = createServer(SOCKETS, connected);
  return { server, port: await open(server, { port, host, variable: 'DAKKIO_MQTT_PORT' }), isTls: false };
}

/** Opens the port with TLS. @throws ConfigError if it cannot be opened, or a file cannot be used */
export async function listenTls(tls: CertFiles, host: string, connected: (socket: Socket) => void): Promise<Listener> {
  const options = { ...SOCKETS, ...readFiles(tls), handshakeTimeout: HANDSHAKE_MILLIS };
  let server;
  try {
    server = createTlsServer(options, connected);
  } catch (cause) {
    throw filesError(cause);
  }
  // Without a listener Node destroys the socket as well; a failed handshake is the client's affair.
  server.on('tlsClientError', (_cause, socket) => socket.destroy());
  return { server, port: await open(server, { port: tls.port, host, variable: 'DAKKIO_MQTTS_PORT' }), isTls: true };
}

/** Looks for a renewed certificate. */
export class CertificateFiles {
  private readAt: string;

  constructor(private readonly tls: CertFiles) {
    this.readAt = changedAt(tls);
  }

  /** The certificate, if a file has changed since it was last read. @throws for a file that cannot be used */
  changed(): Pick<TlsOptions, 'cert' | 'key'> | undefined {
    const now = changedAt(this.tls);
    if (now === this.readAt) return undefined;
    const files = readFiles(this.tls);
    this.readAt = now;
    return files;
  }
}

function changedAt({ certFile, keyFile }: CertFiles): string {
  return [certFile, keyFile].map((file) => statSync(file).mtimeMs).join();
}

function readFiles({ certFile, keyFile }: CertFiles): Required<Pick<TlsOptions, 'cert' | 'key'>> {
  try {
    return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  } catch (cause) {
    throw filesError(cause);
  }
}

function filesError(cause: unknown): ConfigError {
  const { message } = cause as Error;
  return new ConfigError(`DAKKIO_MQTT_CERT_FILE and DAKKIO_MQTT_KEY_FILE cannot be used: ${message}`, { cause });
}

function open(
  server: Server,
  { port, host, variable }: { readonly port: number; readonly host: string; readonly variable: string },
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = IN_USE[cause.code ?? ''] ?? `cannot be opened (${cause.message})`;
      reject(new ConfigError(`Port ${port} of ${host} ${why}: ${variable}`, { cause }));
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error').on('error', () => undefined);
      resolve((server.address() as { port: number }).port);
    });
  });
}
