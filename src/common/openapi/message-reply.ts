import { ApiProperty } from '@nestjs/swagger';

/** The base of replies with a sentence about what was done: `{ "message": "Bucket created successfully", … }`. */
export function MessageReply(message: string) {
  class Reply {
    /** The sentence of every such reply. */
    static readonly message = message;

    @ApiProperty({ type: String, example: message })
    readonly message: string = message;
  }
  return Reply;
}
