/** The part of `swagger-ui-dist` that this server uses. */
declare module 'swagger-ui-dist' {
  /** The folder of its files. */
  export function getAbsoluteFSPath(): string;
}
