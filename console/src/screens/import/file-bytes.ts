import { isGzip } from '../../csv/encoding';
import { SAMPLE_BYTES } from '../../csv/sample';

/** The beginning of a file, unpacked. */
export interface FirstBytes {
  readonly bytes: Uint8Array;
  /** Whether this is the whole file. */
  readonly isWhole: boolean;
  readonly isCompressed: boolean;
}

/** Reads the beginning of a file. @throws Error with a sentence if it cannot be read */
export async function firstBytesOf(file: File): Promise<FirstBytes> {
  const isCompressed = await isCompressedFile(file);
  const bytes = new Uint8Array(SAMPLE_BYTES);
  let length = 0;
  for await (const piece of bytesOf(file, isCompressed)) {
    const room = piece.subarray(0, SAMPLE_BYTES - length);
    bytes.set(room, length);
    length += room.length;
    if (room.length < piece.length || length === SAMPLE_BYTES) return { bytes, isWhole: false, isCompressed };
  }
  return { bytes: bytes.subarray(0, length), isWhole: true, isCompressed };
}

async function isCompressedFile(file: File): Promise<boolean> {
  try {
    return isGzip(new Uint8Array(await file.slice(0, 2).arrayBuffer()));
  } catch (cause) {
    throw readingError(cause, false);
  }
}

/**
 * The bytes of a file, piece by piece, unpacked. It is never in memory as a whole.
 *
 * @param onRead called with how many bytes of the file itself were read
 * @throws Error with a sentence if it cannot be read
 */
export async function* bytesOf(
  file: File,
  isCompressed: boolean,
  onRead: (bytes: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  let read = 0;
  const meter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform: (piece, controller) => {
      onRead((read += piece.length));
      controller.enqueue(piece);
    },
  });
  const metered = file.stream().pipeThrough(meter);
  const reader = (isCompressed ? metered.pipeThrough(new DecompressionStream('gzip')) : metered).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (cause) {
    throw readingError(cause, isCompressed);
  } finally {
    // Releases the file where reading ends before it.
    reader.cancel().catch(() => undefined);
  }
}

function readingError(cause: unknown, isCompressed: boolean): Error {
  const isDamaged = isCompressed && cause instanceof TypeError;
  const message = isDamaged
    ? 'The file is not complete: its gzip data ends early or is damaged'
    : 'The file cannot be read any more. It was moved or changed. Choose it again';
  return new Error(message, { cause });
}
