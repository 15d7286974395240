import type { RunPiece } from '../../common/http/json-body';
import { NO_DATA, unusable, type ArrivedMessage, type MappedMessage } from './mapped-message';
import { readPayload } from './payloads';
import { parseInTurns } from './large-payloads';
import { skip, TOPICS } from './topic-table';
import { topicMatcher } from './topic-pattern';

const ROWS = TOPICS.map(({ pattern, read }) => ({ matches: topicMatcher(pattern), read }));
const WILDCARDS = /[+#\0]/;

/** The points of a message, by its topic and payload. Throws nothing. */
export function mapMessage(message: ArrivedMessage): MappedMessage {
  const { topic } = message;
  if (topic === '' || WILDCARDS.test(topic)) return unusable('topic', 'A topic must not be empty or contain + or #');
  return rowOf(topic)(message);
}

/**
 * What `mapMessage` gives, for a message of any size: its payload is parsed in pieces.
 *
 * @param run runs one piece
 */
export async function mapLargeMessage(message: ArrivedMessage, run: RunPiece): Promise<MappedMessage> {
  if (rowOf(message.topic) === skip) return NO_DATA;
  const parsed = { ...message, ...(await parseInTurns(message, run)) };
  return run(() => mapMessage(parsed));
}

function rowOf(topic: string): (message: ArrivedMessage) => MappedMessage {
  const levels = topic.split('/');
  for (const { matches, read } of ROWS) {
    const prefix = matches(levels);
    if (prefix === undefined) continue;
    return read === skip ? skip : (message) => read(message, prefix);
  }
  return readPayload;
}
