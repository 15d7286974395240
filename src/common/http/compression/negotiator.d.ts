/** The part of `negotiator` that this server uses. */
declare module 'negotiator' {
  export default class Negotiator {
    constructor(request: { readonly headers: { readonly 'accept-encoding'?: string | undefined } });
    /** The best of these codings for the client; `preferred` decides between those of the same quality. */
    encoding<T extends string>(available: readonly T[], options?: { readonly preferred: readonly T[] }): T | undefined;
  }
}
