import { parser, type Packet, type Parser } from 'mqtt-packet';

/** Why a packet cannot be read. */
export class MalformedPacket extends Error {}

/** Reads whole packets of one connection. Its version of the protocol is that of the CONNECT packet. */
export class PacketReader {
  private readonly parser: Parser = parser();
  private packet: Packet | undefined;
  private failure: Error | undefined;

  constructor() {
    this.parser.on('packet', (packet) => (this.packet = packet));
    this.parser.on('error', (cause: Error) => (this.failure = cause));
  }

  /** @throws MalformedPacket */
  read(bytes: Buffer): Packet {
    this.packet = undefined;
    this.failure = undefined;
    try {
      this.parser.parse(bytes);
    } catch (cause) {
      throw new MalformedPacket((cause as Error).message);
    }
    if (this.failure) throw new MalformedPacket((this.failure as Error).message);
    if (!this.packet) throw new MalformedPacket('The packet is incomplete');
    return this.packet;
  }
}
