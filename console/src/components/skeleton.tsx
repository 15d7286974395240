/** Stands where something will be, in its size, so that nothing jumps when it comes. */
export function Skeleton({ rows = 3, height }: { readonly rows?: number; readonly height?: number }) {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="skeleton-row" style={height === undefined ? undefined : { height }} />
      ))}
    </div>
  );
}
