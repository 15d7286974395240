import { flatten } from './flatten';
import { linePoints } from './line-points';
import { NO_DATA, unusable, type ArrivedMessage, type MappedMessage } from './mapped-message';
import { jsonOf, pointOf, readPayload } from './payloads';
import { NOT_DATA, shellyEvents } from './shelly-events';

/** How the messages of some topics become points. */
interface TopicRow {
  /** See `topicMatcher`. */
  readonly pattern: string;
  /** What sends such messages. */
  readonly sender: string;
  /** @param prefix what `…` stands for in the pattern */
  readonly read: (message: ArrivedMessage, prefix: string) => MappedMessage;
}

/** For messages without data. */
export const skip = () => NO_DATA;

/** The first row that matches counts. Topics of no row are read by the form of their payload too: see `readPayload`. */
export const TOPICS: readonly TopicRow[] = [
  { pattern: '$SYS/#', sender: 'a broker about itself', read: skip },
  { pattern: 'homeassistant/#', sender: "Home Assistant's discovery", read: skip },
  { pattern: '…/bridge/#', sender: 'Zigbee2MQTT about itself', read: skip },
  { pattern: 'tele/+/+', sender: 'Tasmota: STATE, SENSOR, LWT', read: readPayload },
  { pattern: 'stat/+/+', sender: 'Tasmota: POWER, RESULT', read: readPayload },
  { pattern: 'zigbee2mqtt/#', sender: 'Zigbee2MQTT: one object for each device', read: readPayload },
  { pattern: 'shellies/#', sender: 'Shelly, first generation: one value for each topic', read: readPayload },
  { pattern: '…/state', sender: 'ESPHome: one value for each sensor', read: readPayload },
  { pattern: 'telegraf/#', sender: 'Telegraf', read: readTelegraf },
  { pattern: '…/events/rpc', sender: 'Shelly, second generation and later', read: readShellyEvents },
  { pattern: '…/status/+', sender: 'Shelly, second generation and later', read: readShellyStatus },
];

function readTelegraf(message: ArrivedMessage): MappedMessage {
  const { payload } = message;
  // Telegraf can also send JSON, and its status as a text.
  return payload[0] === 0x7b || payload[0] === 0x5b || !payload.includes('=')
    ? readPayload(message)
    : linePoints(message);
}

function readShellyEvents(message: ArrivedMessage, prefix: string): MappedMessage {
  const json = jsonOf(message);
  return 'problem' in json ? unusable('payload', json.problem) : shellyEvents(json.value, prefix, message.nowMillis);
}

/** The status of a component belongs to the data source that notifications write to. */
function readShellyStatus(message: ArrivedMessage, prefix: string): MappedMessage {
  const component = message.topic.slice(message.topic.lastIndexOf('/') + 1);
  if (message.payload[0] !== 0x7b) return readPayload(message);
  const json = jsonOf(message);
  if ('problem' in json) return unusable('payload', json.problem);
  return typeof json.value === 'object' && json.value !== null && 'id' in json.value
    ? pointOf(`${prefix}/${component}`, flatten(json.value, NOT_DATA))
    : readPayload(message);
}
