// Times in pages: in the zone of whoever looks, with the exact UTC on hover.
import { type Child, createContext, useContext } from 'hono/jsx'
import { agoInShort, exactTime } from '#words/times.ts'
import { knownZone, namedTime, timeInZone } from '#words/zones.ts'
import { useReader } from './reader.tsx'

/** Of whoever looks at the page; undefined for UTC. Every page has that of the browser (`renderPage`). */
export const Zone = createContext<string | undefined>(undefined)

/** What is inside is in the zone of somebody's profile, where that names one; else in the zone outside of it, the browser's. */
export const InZone = ({ timeZone, children }: { timeZone: string | null; children?: Child }) => {
  const outside = useContext(Zone)
  return <Zone.Provider value={knownZone(timeZone) ?? outside}>{children}</Zone.Provider>
}

/** A page whose times are in this zone. */
export const pageIn = (zone: string | undefined, page: Child) => <Zone.Provider value={zone}>{page}</Zone.Provider>

type TimeProps = {
  at: string | null
  /** Where there is none. */
  empty?: string
  /** Names the zone: for paper, where nothing can be hovered over. */
  isNamed?: boolean
  /** Said in the place of the time: `5 minutes ago`. */
  words?: string | undefined
}

/** A time as people read it, in their zone; on hover, and in its markup, the exact one in UTC. */
export const Time = ({ at, empty = '—', isNamed = false, words }: TimeProps) => {
  const zone = useContext(Zone)
  const { language } = useReader()
  if (at === null) return <span>{empty}</span>
  return (
    <time datetime={at} title={exactTime(at)}>
      {words ?? (isNamed ? namedTime(at, zone, language) : timeInZone(at, zone, language))}
    </time>
  )
}

/** `5 min ago`, with the time itself on hover. */
export const Ago = ({ at, now, empty = 'Never' }: { at: string | null; now: Date; empty?: string }) =>
  at === null ? <span>{empty}</span> : <Time at={at} words={agoInShort(at, now)} />
