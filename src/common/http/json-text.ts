/** A reply that is JSON already, for handlers that write most of it in advance. */
export class JsonText {
  constructor(readonly text: string) {}
}
