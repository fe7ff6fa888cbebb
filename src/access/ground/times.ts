// Times as they are shown: ISO 8601 in UTC, whatever form the database gave them.

export const isoTime = (time: string): string => new Date(time).toISOString()

/** The record with its times (fields ending in At, and validFrom) in ISO 8601. */
export function withIsoTimes<Item extends object>(item: Item): Item {
  const entries = Object.entries(item).map(([name, value]) => {
    const isTime = typeof value === 'string' && (name.endsWith('At') || name === 'validFrom')
    return [name, isTime ? isoTime(value) : value]
  })
  return Object.fromEntries(entries) as Item
}
