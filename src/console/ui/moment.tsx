// Choosing a moment of the past: along the history, by day and time, or a step back from the one that is shown.
import { SmallLink, SubmitButton } from '#http/ui/buttons.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { Panel } from './parts.tsx'

const steps = [
  { label: 'An hour earlier', millis: 3_600_000 },
  { label: 'A day earlier', millis: 86_400_000 },
  { label: 'A week earlier', millis: 7 * 86_400_000 },
  { label: 'A month earlier', millis: 30 * 86_400_000 },
] as const

export type MomentProps = {
  /** Of the page itself, which takes `at`. */
  path: string
  /** The moment that is shown, and since when there is a history. */
  at: string
  beginsAt: string
  now: Date
}

/** What came with the address, as a moment: a day and time in UTC where it has no offset, or seconds of the epoch. */
export const momentOf = (text: string | undefined, now: Date): string => {
  if (text === undefined || text === '') return now.toISOString()
  if (/^\d{9,11}$/.test(text)) return new Date(Math.min(Number(text) * 1_000, now.getTime())).toISOString()
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text) ? `${text}${text.length === 16 ? ':00' : ''}Z` : text
}

/** So many places from end to end: the arrow keys move by one of them, and the field below is exact to the minute. */
const places = 200

const seconds = (time: Date): number => Math.floor(time.getTime() / 1_000)

type SliderProps = { path: string; shown: Date; beginsAt: string; now: Date }

const Slider = ({ path, shown, beginsAt, now }: SliderProps) => {
  const [first, last] = [seconds(new Date(beginsAt)) + 1, seconds(now)]
  if (last <= first) return null
  return (
    <form class="moment-slider" method="get" action={path}>
      <label class="form-label" for="along">
        Along the history
      </label>
      <input
        class="form-range"
        type="range"
        id="along"
        name="at"
        min={first}
        max={last}
        step={Math.max(1, Math.round((last - first) / places))}
        value={Math.min(Math.max(seconds(shown), first), last)}
        data-moment="along-at"
        aria-describedby="along-at"
      />
      <output id="along-at" for="along">
        {shown.toISOString().slice(0, 16).replace('T', ' ')} UTC
      </output>
      <SubmitButton label="Go there" kind="secondary" />
    </form>
  )
}

export const Moment = ({ path, at, beginsAt, now }: MomentProps) => {
  const shown = new Date(at)
  const earlier = steps
    .map(({ label, millis }) => ({ label, to: new Date(shown.getTime() - millis) }))
    .filter(({ to }) => to >= new Date(beginsAt))
  return (
    <Panel title="When">
      <Slider {...{ path, shown, beginsAt, now }} />
      <form class="filters" method="get" action={path}>
        <Field name="at" label="Day and time (UTC)" type="datetime-local" value={shown.toISOString().slice(0, 16)} />
        <SubmitButton label="Show that moment" />
      </form>
      <div class="actions">
        {earlier.map(({ label, to }) => (
          <SmallLink href={`${path}?at=${to.toISOString()}`}>{label}</SmallLink>
        ))}
        <SmallLink href={`${path}?at=${beginsAt}`}>The beginning</SmallLink>
        <SmallLink href={path}>Now</SmallLink>
      </div>
      <p class="under">
        Shown is <Time at={at} />. The history begins on <Time at={beginsAt} />.
      </p>
    </Panel>
  )
}
