import type { ConnectionAdmission } from '../../auth/connection-admission';
import type { SharedTurns } from '../../common/http/shared-turns';
import type { OutageLog } from '../../common/outage-log';
import type { MqttCounts } from '../mqtt-counts';
import type { MessageStore } from '../storing/message-store';
import type { ArrivedBytes } from './arrived-bytes';
import type { ConnectionBounds } from './connection-bounds';
import type { PacketRooms } from './packet-room';
import type { ReceivedMessages } from './received-messages';
import type { RefusedLog } from './refused-log';
import type { RetainedMessages } from './retained-messages';
import type { Sessions } from './sessions';

/** What all connections share. */
export interface Services {
  readonly admission: ConnectionAdmission;
  readonly store: MessageStore;
  readonly counts: MqttCounts;
  readonly bounds: ConnectionBounds;
  readonly sessions: Sessions;
  readonly received: ReceivedMessages;
  readonly retained: RetainedMessages;
  readonly rooms: PacketRooms;
  readonly arrived: ArrivedBytes;
  readonly log: RefusedLog;
  readonly outages: OutageLog;
  /** Answers packets, and parses large messages. */
  readonly turns: SharedTurns;
  readonly packetBytes: number;
}
