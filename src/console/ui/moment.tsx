// Choosing a moment of the past: a day and time, or a step back from the one that is shown.
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
}

/** What came with the address, as a moment: a day and time in UTC where it has no offset. */
export const momentOf = (text: string | undefined, now: Date): string => {
  if (text === undefined || text === '') return now.toISOString()
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text) ? `${text}${text.length === 16 ? ':00' : ''}Z` : text
}

export const Moment = ({ path, at, beginsAt }: MomentProps) => {
  const shown = new Date(at)
  const earlier = steps
    .map(({ label, millis }) => ({ label, to: new Date(shown.getTime() - millis) }))
    .filter(({ to }) => to >= new Date(beginsAt))
  return (
    <Panel title="When">
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
