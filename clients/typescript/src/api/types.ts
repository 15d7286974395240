import type { components, operations } from './schema';

/** A type of the API by its name: `Schema<'BucketView'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/** The JSON that an operation takes. */
export type Body<Name extends keyof operations> = operations[Name] extends {
  requestBody?: { content: { 'application/json': infer Found } };
}
  ? Found
  : never;

/** The JSON of an operation's successful response. */
export type Reply<Name extends keyof operations> =
  operations[Name]['responses'] extends Record<number, infer Found>
    ? Found extends { content: { 'application/json': infer Json } }
      ? Json
      : never
    : never;

/** The query parameters of an operation. */
export type Query<Name extends keyof operations> = NonNullable<operations[Name]['parameters']['query']>;
