import { Injectable } from '@nestjs/common';

/** What became of a message. */
export const RESULTS = ['stored', 'no_data', 'repeated', 'refused', 'too_large'] as const;
export type MessageResult = (typeof RESULTS)[number];

/** Counts messages and connections since the start, for `/metrics`. */
@Injectable()
export class MqttCounts {
  /** Open connections whose key was accepted. */
  connections = 0;
  private readonly byResult = new Map<MessageResult, number>(RESULTS.map((result) => [result, 0]));

  add(result: MessageResult): void {
    this.byResult.set(result, (this.byResult.get(result) ?? 0) + 1);
  }

  get messages(): ReadonlyMap<MessageResult, number> {
    return this.byResult;
  }
}
