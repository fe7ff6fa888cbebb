// Times in a person's own zone.

const formats = new Map<string, Intl.DateTimeFormat>()

/** The name of an IANA time zone as it came from outside; undefined where there is no such zone. */
export function knownZone(name: string | null | undefined): string | undefined {
  if (name === null || name === undefined) return undefined
  return formatOf(name) === undefined ? undefined : name
}

/** `31 Jan 2030, 13:00` in the zone; without one `31 Jan 2030, 12:00 UTC`, and so for the end of a day, which people choose in UTC. */
export function timeInZone(time: string, zone: string | undefined): string {
  const isEndOfDay = time.endsWith('T23:59:59.000Z')
  const format = zone === undefined || isEndOfDay ? undefined : formatOf(zone)
  const date = new Date(time)
  return format === undefined ? `${formatOf('UTC')?.format(date)} UTC` : format.format(date)
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone)
  if (known !== undefined) return known
  try {
    const format = new Intl.DateTimeFormat('en-GB', {
      ...{ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: zone },
    })
    // By the zone's own name, of which there are some hundred: names come from outside, and in any letters.
    formats.set(format.resolvedOptions().timeZone, format)
    return format
  } catch {
    return undefined
  }
}
