/** The folder of the page without its last slash: empty, or `/dakkio` where a proxy serves the console below a prefix. */
export const BASE_PATH = new URL('.', location.href).pathname.replace(/\/$/, '');

/** Where the API is. */
export const SERVER_URL = `${location.origin}${BASE_PATH}`;

/** A link to the documentation that the server serves: `docs/errors#rate_limit_exceeded`. */
export function docsHref(path: string): string {
  return `${BASE_PATH}/${path}`;
}

/** A name for what belongs to this server. Behind a proxy, several servers may share one origin and its storage. */
export function scoped(name: string): string {
  return `dakkio${BASE_PATH}:${name}`;
}

/** Whether a host is the machine that the browser runs on. */
export function isOwnMachine(hostname: string): boolean {
  const isName = hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]';
  return isName || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Whether keys can be read on the way: neither HTTPS nor this machine. */
export function isReadableOnTheWay({ protocol, hostname } = location): boolean {
  return protocol !== 'https:' && !isOwnMachine(hostname);
}
