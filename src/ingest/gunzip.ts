import { createGunzip, type Gunzip } from 'node:zlib';

/**
 * Decompresses a stream. If it is truncated or damaged, this first gives everything that was decompressed before, then throws.
 * A stream that is iterated directly, or fed by `pipe`, drops a part of that which depends on timing.
 */
export async function* gunzipped(compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  void feed(compressed, gunzip).catch((cause: unknown) => gunzip.destroy(cause as Error));
  try {
    yield* gunzip;
  } catch (cause) {
    for (let rest = gunzip.read() as Buffer | null; rest; rest = gunzip.read() as Buffer | null) yield rest;
    throw cause;
  }
}

/** Ends only after the last chunk is decompressed: otherwise zlib drops the output of a chunk that is the end of truncated data. */
async function feed(compressed: AsyncIterable<Buffer>, gunzip: Gunzip): Promise<void> {
  for await (const chunk of compressed)
    await new Promise<void>((resolve, reject) => {
      gunzip.write(chunk, (cause) => (cause ? reject(cause) : resolve()));
    });
  gunzip.end();
}
