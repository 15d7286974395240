/** The mark and the name. */
export function Brand() {
  return (
    <span className="brand">
      <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="7" className="brand-ground" />
        <path d="M5 20h5l3.5-10 5 14 3.5-9H27" className="brand-line" />
      </svg>
      Dakkio
    </span>
  );
}
