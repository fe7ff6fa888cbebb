// Times in a person's own zone, and in their language where it is not English.
import { type Language, localeOf } from './texts/languages.ts'

type Shape = Pick<Intl.DateTimeFormatOptions, 'month' | 'hour' | 'minute'>

const shapes = {
  short: { month: 'short', hour: '2-digit', minute: '2-digit' },
  long: { month: 'long', hour: '2-digit', minute: '2-digit' },
  date: { month: 'long' },
} as const satisfies Record<string, Shape>

const formats = new Map<string, Intl.DateTimeFormat>()

/** The name of an IANA time zone as it came from outside; undefined where there is no such zone. */
export function knownZone(name: string | null | undefined): string | undefined {
  if (name === null || name === undefined) return undefined
  return formatOf('short', name, 'en') === undefined ? undefined : name
}

/** `31 Jan 2030, 13:00` in the zone; without one `31 Jan 2030, 12:00 UTC`, and so for the end of a day, which people choose in UTC. */
export function timeInZone(time: string, zone: string | undefined, language: Language = 'en'): string {
  const { text, isLocal } = written('short', time, { zone, language })
  return isLocal ? text : `${text} UTC`
}

/** `31 January 2030 at 13:00 (Europe/Berlin)`, for paper and mails, which are read elsewhere and later; else `… at 12:00 UTC`. */
export function namedTime(time: string, zone: string | undefined, language: Language = 'en'): string {
  const { text, isLocal } = written('long', time, { zone, language })
  return isLocal ? `${text} (${zone})` : `${text} UTC`
}

/** `31 January 2030`: the day that it is then in the zone, or in UTC. */
export const dateInZone = (time: string, zone: string | undefined, language: Language = 'en'): string =>
  written('date', time, { zone, language }).text

type Reader = { zone: string | undefined; language: Language }

function written(shape: keyof typeof shapes, time: string, { zone, language }: Reader) {
  const isEndOfDay = time.endsWith('T23:59:59.000Z')
  const format = zone === undefined || zone === 'UTC' || isEndOfDay ? undefined : formatOf(shape, zone, language)
  const isLocal = format !== undefined
  return { text: (format ?? formatOf(shape, 'UTC', language))?.format(new Date(time)) ?? time, isLocal }
}

function formatOf(shape: keyof typeof shapes, zone: string, language: Language): Intl.DateTimeFormat | undefined {
  const known = formats.get(`${language} ${shape} ${zone}`)
  if (known !== undefined) return known
  try {
    const format = new Intl.DateTimeFormat(localeOf(language), {
      ...{ day: 'numeric', year: 'numeric', timeZone: zone },
      ...shapes[shape],
    })
    // By the zone's own name, of which there are some hundred: names come from outside, and in any letters.
    formats.set(`${language} ${shape} ${format.resolvedOptions().timeZone}`, format)
    return format
  } catch {
    return undefined
  }
}
