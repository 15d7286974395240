import { findAddressFault } from './addresses';

/** A private range that webhooks may be sent to. Without a port, all ports are allowed. */
export interface OpenRange {
  readonly range: string;
  readonly port: number | undefined;
}

/**
 * Parses `DAKKIO_WEBHOOK_ALLOW`: `192.168.1.0/24:1880, [fd12::]/16, 10.0.0.7`.
 *
 * @throws Error whose message continues the name of the variable
 */
export function parseOpenRanges(items: readonly string[]): readonly OpenRange[] {
  return items.map((item) => {
    const [, v6, v6Prefix = '', v4, port] =
      /^(?:\[([0-9a-f:.]+)\](\/\d+)?|([0-9.]+(?:\/\d+)?))(?::(\d{1,5}))?$/i.exec(item) ?? [];
    const range = v6 === undefined ? v4 : v6 + v6Prefix;
    const fault = range === undefined ? { message: 'is none' } : findAddressFault(range);
    if (range === undefined || fault)
      throw new Error(
        `must list ranges such as 192.168.1.0/24:1880 or [fd12::]/16: ${JSON.stringify(item)} ${fault?.message ?? 'is none'}`,
      );
    if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535))
      throw new Error(`must list ports from 1 to 65535, which ${JSON.stringify(item)} has not`);
    return { range, port: port === undefined ? undefined : Number(port) };
  });
}
