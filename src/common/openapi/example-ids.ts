/** Ids shared by the examples of the OpenAPI document, so that examples reference each other. */
export const EXAMPLE_IDS = {
  organization: '507f1f77bcf86cd799439010',
  bucket: '507f1f77bcf86cd799439011',
  adminKey: '507f1f77bcf86cd799439012',
  apiKey: '507f1f77bcf86cd799439013',
  dataSource: '507f1f77bcf86cd799439014',
  /** The replacement of a rotated key. */
  successor: '507f1f77bcf86cd799439015',
  alertRule: '507f1f77bcf86cd799439015',
  event: '507f1f77bcf86cd799439016',
  delivery: '507f1f77bcf86cd799439017',
} as const;
