/** The name under which a tab remembers that it sends demo data. */
export const DEMO_PLACE = 'demo';
