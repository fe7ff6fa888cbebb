// Times as they are shown: ISO 8601 in UTC, whatever form the database gave them.

export const isoTime = (time: string): string => new Date(time).toISOString()

/** The same for a column that may be empty. */
export const isoTimeOrNull = (time: string | null): string | null => (time === null ? null : isoTime(time))
