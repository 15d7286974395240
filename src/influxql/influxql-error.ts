/** What is wrong with a statement, in the words of InfluxDB. */
export class InfluxQLError extends Error {}
