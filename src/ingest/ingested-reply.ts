import { MessageReply } from '../common/openapi/message-reply';
import { CountProperty } from '../common/openapi/openapi-fields';

/** The base of replies with the counts of what was sent: the first three are points, the last one is what `sent` names. */
export function IngestedReply(message: string, sent: 'Points' | 'Rows') {
  class Reply extends MessageReply(message) {
    @CountProperty(2, { description: 'New points' })
    readonly inserted: number;

    @CountProperty(0, { description: 'Points that replaced one with the same data source, timestamp and metadata' })
    readonly updated: number;

    @CountProperty(0, { description: 'Points that were already stored' })
    readonly duplicates: number;

    @CountProperty(0, { description: `${sent} that were not stored` })
    readonly rejected: number;
  }
  return Reply;
}
