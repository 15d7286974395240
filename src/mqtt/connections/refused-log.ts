import { Logger } from '@nestjs/common';
import { printable } from '../../common/printable';
import { redactKeys } from '../../common/redact';

const MINUTE_MILLIS = 60_000;
/** Keys of which the last line is remembered. */
export const MAX_LOGGED_KEYS = 1000;
const LONGEST_TOPIC = 100;

interface Logged {
  readonly at: number;
  more: number;
}

/** A message that was not stored. */
export interface RefusedMessage {
  readonly keyId: string;
  /** As the usage of its key names it. */
  readonly client: string;
  readonly topic: string;
  readonly sentence: string;
}

/** Logs messages that could not be stored: for each key one line a minute, with how many more there were. */
export class RefusedLog {
  private readonly logger = new Logger('Mqtt');
  private readonly logged = new Map<string, Logged>();

  add({ keyId, client, topic, sentence }: RefusedMessage, now = performance.now()): void {
    const before = this.logged.get(keyId);
    if (before && now - before.at < MINUTE_MILLIS) {
      before.more += 1;
      return;
    }
    const more = before && before.more > 0 ? ` (and ${before.more} more since the last such line)` : '';
    this.logger.warn(
      `A message of ${shown(client)} to ${shown(topic)} was not stored: ${redactKeys(printable(sentence))}${more}`,
    );
    this.logged.delete(keyId);
    const [oldest] = this.logged.keys();
    if (this.logged.size >= MAX_LOGGED_KEYS && oldest !== undefined) this.logged.delete(oldest);
    this.logged.set(keyId, { at: now, more: 0 });
  }
}

function shown(text: string): string {
  const beginning = text.length > LONGEST_TOPIC ? `${text.slice(0, LONGEST_TOPIC)}…` : text;
  return `"${redactKeys(printable(beginning))}"`;
}
