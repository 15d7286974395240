import { generate, type Packet } from 'mqtt-packet';
import { REASON, returnCodeOf, type Reason } from './reason-codes';

/** Messages that a client of MQTT 5 may send before the first of them is acknowledged. */
export const RECEIVE_MAXIMUM = 100;

const ACKNOWLEDGEMENTS = { puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 } as const;
export type Acknowledgement = Exclude<keyof typeof ACKNOWLEDGEMENTS, 'pubrel'>;

/** Writes packets in one version of the protocol. */
export class Replies {
  constructor(
    readonly version: number,
    /** Whether the client wants sentences beside codes. */
    private readonly wantsReasons: boolean,
  ) {}

  get isV5(): boolean {
    return this.version === 5;
  }

  connected(isResumed: boolean, assignedClientId: string | undefined): Buffer {
    const assigned = assignedClientId === undefined ? {} : { assignedClientIdentifier: assignedClientId };
    return this.write({
      cmd: 'connack',
      sessionPresent: isResumed,
      ...(this.isV5
        ? { reasonCode: REASON.success, properties: { receiveMaximum: RECEIVE_MAXIMUM, ...assigned } }
        : { returnCode: 0 }),
    });
  }

  refused(reason: Reason, sentence: string): Buffer {
    return this.write({
      cmd: 'connack',
      sessionPresent: false,
      ...(this.isV5 ? { reasonCode: reason, ...this.because(sentence) } : { returnCode: returnCodeOf(reason) }),
    });
  }

  /** @param sentence why it is not a success */
  acknowledged(cmd: Acknowledgement, messageId: number, reason: Reason, sentence?: string): Buffer {
    if (!this.isV5 || reason === REASON.success)
      return Buffer.from([ACKNOWLEDGEMENTS[cmd], 2, messageId >> 8, messageId & 0xff]);
    return this.write({ cmd, messageId, reasonCode: reason, ...this.because(sentence) });
  }

  subscribed(messageId: number, count: number): Buffer {
    return this.write({ cmd: 'suback', messageId, granted: new Array<number>(count).fill(0) });
  }

  unsubscribed(messageId: number, count: number): Buffer {
    return this.write({ cmd: 'unsuback', messageId, granted: new Array<number>(count).fill(0) });
  }

  pong(): Buffer {
    return Buffer.from([0xd0, 0]);
  }

  /** Undefined for the versions in which a server says nothing before it closes a connection. */
  disconnected(reason: Reason, sentence?: string): Buffer | undefined {
    return this.isV5 ? this.write({ cmd: 'disconnect', reasonCode: reason, ...this.because(sentence) }) : undefined;
  }

  private because(sentence: string | undefined): { properties?: { reasonString: string } } {
    return this.wantsReasons && sentence !== undefined ? { properties: { reasonString: sentence } } : {};
  }

  private write(packet: Packet): Buffer {
    return generate(packet, { protocolVersion: this.version });
  }
}
