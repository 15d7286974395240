import { isIP } from 'node:net';
import type { OpenRange } from '../../common/open-ranges';
import { isPortOpen, mayConnect } from './address-guard';
import { FORMATS, type Format } from './formats';
import { addressService, type Addressed } from './service-urls';

/** A parsed webhook URL. */
export interface Target extends Addressed {
  /** The URL to request: without the `format` parameter, and adapted to the service. */
  readonly url: URL;
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly isPlain: boolean;
  readonly format: Format;
}

export const LONGEST_URL = 2000;
/** The limits of DNS (RFC 1035 §2.3.4), which the URL standard does not enforce. */
const LONGEST_HOST = 253;
const LONGEST_LABEL = 63;
const HOSTS: readonly (readonly [Format, RegExp])[] = [
  ['slack', /^hooks\.slack(-gov)?\.com$/],
  ['discord', /^((ptb|canary)\.)?discord(app)?\.com$/],
  ['teams', /\.(webhook\.office\.com|logic\.azure\.com|api\.powerplatform\.com)$/],
  ['ntfy', /^ntfy\.sh$/],
];

/** Parses a URL, or returns why it is invalid. The addresses of its host are checked at each attempt. */
export function readTarget(text: string, open: readonly OpenRange[]): Target | string {
  if (text.length > LONGEST_URL || !URL.canParse(text)) return URL_INVALID;
  const url = new URL(text);
  const isPlain = url.protocol === 'http:';
  if ((!isPlain && url.protocol !== 'https:') || url.hostname === '') return URL_INVALID;
  if (url.username !== '' || url.password !== '') return URL_CREDENTIALS;
  url.hash = '';
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (host.length > LONGEST_HOST || host.split('.').some(({ length }) => length > LONGEST_LABEL)) return URL_INVALID;
  const port = Number(url.port) || (isPlain ? 80 : 443);
  if ((isPlain || port !== 443) && !isPortOpen(port, open)) return URL_NOT_HTTPS;
  if (isIP(host) !== 0 && !mayConnect(host, { port, isPlain }, open)) return URL_FORBIDDEN;
  const format = takeFormat(url) ?? formatOf(host, url);
  const addressed = addressService(format, url);
  return typeof addressed === 'string' ? addressed : { url, host, port, isPlain, format, ...addressed };
}

export const URL_INVALID = `Webhook URL must be an https URL of up to ${LONGEST_URL} characters`;
export const URL_CREDENTIALS = 'Webhook URL must not hold a user name or a password';
export const URL_NOT_HTTPS =
  'Webhook URL must be https on port 443, unless DAKKIO_WEBHOOK_ALLOW opens its address and port';
export const URL_FORBIDDEN =
  'Webhook URL must not lead to a private, loopback, link-local or reserved address, unless DAKKIO_WEBHOOK_ALLOW opens it';

/** PagerDuty's other URLs accept any JSON. */
function formatOf(host: string, { pathname }: URL): Format {
  if (/^events(\.eu)?\.pagerduty\.com$/.test(host) && pathname === '/v2/enqueue') return 'pagerduty';
  return HOSTS.find(([, pattern]) => pattern.test(host))?.[0] ?? 'standard';
}

/** A URL without the `format` parameter: URLs that differ only in it share a queue. */
export function withoutFormat(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  takeFormat(url);
  url.hash = '';
  return url.href;
}

/** `?format=slack` selects the body's format and is not sent. Any other `format` belongs to the receiver. */
function takeFormat(url: URL): Format | undefined {
  const format = FORMATS.find((one) => one === url.searchParams.get('format'));
  if (format) url.searchParams.delete('format');
  return format;
}
