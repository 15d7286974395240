/** Reasons of MQTT 5 (§2.4). */
export const REASON = {
  success: 0x00,
  notStored: 0x10,
  malformedPacket: 0x81,
  protocolError: 0x82,
  implementationSpecific: 0x83,
  versionUnsupported: 0x84,
  clientIdInvalid: 0x85,
  keyInvalid: 0x86,
  notAuthorized: 0x87,
  serverUnavailable: 0x88,
  serverBusy: 0x89,
  authenticationMethod: 0x8c,
  stopping: 0x8b,
  keepAliveTimeout: 0x8d,
  takenOver: 0x8e,
  topicInvalid: 0x90,
  receiveMaximumExceeded: 0x93,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  quotaExceeded: 0x97,
  payloadInvalid: 0x99,
  connectionRateExceeded: 0x9f,
  idNotFound: 0x92,
} as const;

export type Reason = (typeof REASON)[keyof typeof REASON];

/** Replies to CONNECT of MQTT 3.1 and 3.1.1 (§3.2.2.3). */
const RETURN_CODES: Partial<Record<Reason, number>> = {
  [REASON.success]: 0,
  [REASON.versionUnsupported]: 1,
  [REASON.clientIdInvalid]: 2,
  [REASON.keyInvalid]: 4,
  [REASON.authenticationMethod]: 4,
  [REASON.notAuthorized]: 5,
};
const SERVER_UNAVAILABLE = 3;

export function returnCodeOf(reason: Reason): number {
  return RETURN_CODES[reason] ?? SERVER_UNAVAILABLE;
}
