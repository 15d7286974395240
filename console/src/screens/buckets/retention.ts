/** How long a bucket keeps its points, in days as a text; empty for ever. */
export const RETENTION = [
  { value: '', label: 'forever' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: '1825', label: '5 years' },
];
