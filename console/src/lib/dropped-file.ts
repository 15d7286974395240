let offered: File | undefined;

/** Hands a file over to the screen that imports it. */
export function offerFile(file: File): void {
  offered = file;
}

/** The file that was handed over, once. */
export function takeFile(): File | undefined {
  const file = offered;
  offered = undefined;
  return file;
}
