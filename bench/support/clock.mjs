/** Milliseconds since some moment, which is the same for all processes of the machine. */
export function nowMillis() {
  return Number(process.hrtime.bigint()) / 1e6;
}
