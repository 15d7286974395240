/** A body as it is sent, and its `Content-Encoding`. */
export interface EncodedBody {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly encoding?: 'gzip';
}

/** Compresses a text that has at least so many characters, where the platform can. */
export async function encodeBody(text: string, leastLength: number): Promise<EncodedBody> {
  if (text.length < leastLength || typeof CompressionStream === 'undefined') return { body: text };
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return { body: new Uint8Array(await new Response(stream).arrayBuffer()), encoding: 'gzip' };
}
