/** The page of a rule. */
export const rulePath = ({ _id }: { readonly _id: string }) => `/alerts/${_id}`;

/** The form of a new rule for a data source, which begins with a field where one is named. */
export function newRulePath(
  { _id, bucketId }: { readonly _id: string; readonly bucketId: string },
  field?: string,
): string {
  const values = new URLSearchParams({ source: _id, bucket: bucketId, ...(field !== undefined && { field }) });
  return `/alerts/new?${values.toString()}`;
}
