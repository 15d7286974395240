import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';
import { GZIP_LEVEL } from './compress';

/** Deflate, without a file name, a time or the name of a system (RFC 1952 §2.3). */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** An empty block that is marked as the last one (RFC 1951 §3.2.3). */
const LAST_BLOCK = [0x03, 0x00];
/** Ends each piece at a byte, so that the client can decode it at once and the next piece can follow. */
const OPTIONS = { level: GZIP_LEVEL, finishFlush: constants.Z_SYNC_FLUSH };

const deflateLater = promisify(deflateRaw);

/**
 * Compresses an answer with gzip while it is made. Each piece is compressed on its own, in a thread: a compressor of 300 KB exists
 * only for this time, however long the client takes to read. Pieces of 64 KB get almost as small as they would together.
 */
export class GzipPieces {
  private checksum = 0;
  private bytes = 0;
  private hasBegun = false;

  /** The compressed form of the next piece. */
  async next(piece: string | Buffer): Promise<Buffer> {
    const plain = typeof piece === 'string' ? Buffer.from(piece) : piece;
    const isFirst = !this.hasBegun;
    this.hasBegun = true;
    this.checksum = crc32(plain, this.checksum);
    this.bytes += plain.length;
    const encoded = await deflateLater(plain, OPTIONS);
    return isFirst ? Buffer.concat([HEADER, encoded]) : encoded;
  }

  /** The compressed form of the last piece, with the end of the stream. */
  async last(piece: string): Promise<Buffer> {
    const encoded = piece === '' && this.hasBegun ? Buffer.alloc(0) : await this.next(piece);
    const trailer = Buffer.alloc(10);
    trailer.set(LAST_BLOCK);
    trailer.writeUInt32LE(this.checksum, 2);
    trailer.writeUInt32LE(this.bytes % 2 ** 32, 6);
    return Buffer.concat([encoded, trailer]);
  }
}
