/** The part of `swagger-ui-dist` that this server uses. Its main module would load the whole of Swagger UI, which takes 150 ms. */
declare module 'swagger-ui-dist/absolute-path.js' {
  /** The folder of its files. */
  export default function getAbsoluteFSPath(): string;
}
