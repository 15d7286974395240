import { promisify } from 'node:util';
import { brotliCompress, brotliCompressSync, constants, gzip, gzipSync } from 'node:zlib';
import type { Encoding } from './accepted-encoding';

/** The cheapest levels that are worth it, by measurement: see docs/decisions/0053-compression.md. */
export const GZIP_LEVEL = 1;
const BROTLI_QUALITY = 2;
/** For texts that are compressed once and sent often. */
const DOCUMENT_LEVEL = 9;

const gzipLater = promisify(gzip);
const brotliLater = promisify(brotliCompress);

/** Compresses an answer at once: for 64 KB that takes less than handing it to a thread. */
export function compressed(text: string, encoding: Encoding): Buffer {
  const bytes = Buffer.from(text);
  return encoding === 'gzip'
    ? gzipSync(bytes, { level: GZIP_LEVEL })
    : brotliCompressSync(bytes, { params: brotliParameters(bytes, BROTLI_QUALITY) });
}

/** Compresses a text that is sent often, in a thread. */
export function compressedOnce(bytes: Buffer, encoding: Encoding): Promise<Buffer> {
  return encoding === 'gzip'
    ? gzipLater(bytes, { level: DOCUMENT_LEVEL })
    : brotliLater(bytes, { params: brotliParameters(bytes, DOCUMENT_LEVEL) });
}

function brotliParameters({ length }: Buffer, quality: number): Record<number, number> {
  return { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: length };
}
