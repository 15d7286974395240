import { unusable, type ArrivedMessage, type MappedMessage } from './mapped-message';
import { readPayload } from './payloads';
import { TOPICS } from './topic-table';
import { topicMatcher } from './topic-pattern';

const ROWS = TOPICS.map(({ pattern, read }) => ({ matches: topicMatcher(pattern), read }));
const WILDCARDS = /[+#\0]/;

/** The points of a message, by its topic and payload. Throws nothing. */
export function mapMessage(message: ArrivedMessage): MappedMessage {
  const { topic } = message;
  if (topic === '' || WILDCARDS.test(topic)) return unusable('topic', 'A topic must not be empty or contain + or #');
  const levels = topic.split('/');
  for (const { matches, read } of ROWS) {
    const prefix = matches(levels);
    if (prefix !== undefined) return read(message, prefix);
  }
  return readPayload(message);
}
