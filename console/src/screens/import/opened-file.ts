import { isZip } from '../../csv/encoding';
import { firstBytesOf, type FirstBytes } from './file-bytes';
import { fingerprintOf } from './import-place';

/** A file that was chosen, and its beginning. */
export interface OpenedFile {
  readonly file: File;
  readonly first: FirstBytes;
  readonly fingerprint: string;
}

/** As many bytes as tell files of one name and size apart. */
const FINGERPRINT_BYTES = 65_536;

/** @throws Error with a sentence for a file that has no rows, or cannot be read */
export async function openFile(file: File): Promise<OpenedFile> {
  const first = await firstBytesOf(file);
  if (first.bytes.length === 0) throw new Error('The file is empty');
  if (isZip(first.bytes))
    throw new Error('This is a workbook or a zip archive. Save the table as CSV, and choose that file');
  const fingerprint = fingerprintOf(file.name, file.size, first.bytes.subarray(0, FINGERPRINT_BYTES));
  return { file, first, fingerprint };
}
