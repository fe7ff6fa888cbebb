// On the page of a directory: from when on taking people out has to be confirmed, and what waits for that.
import type { MassChange } from '#access/people/brake/mass-changes.ts'
import type { DirectoryRecord } from '#connections/directories/directories.ts'
import type { UpdateDirectoryInput } from '#connections/directories/update-directory.ts'
import type { Form } from '#http/read-form.ts'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Choice, Field } from '#http/ui/forms.tsx'
import { counted } from '#words/counts.ts'
import { Panel } from '../ui/parts.tsx'

type BrakeProps = {
  directory: DirectoryRecord
  massChanges: readonly MassChange[]
  state: FormState
  mayWrite: boolean
}

const ways = [
  { value: 'learned', label: 'more than is usual for it, which is learned' },
  { value: 'people', label: 'more than a number of people' },
  { value: 'share', label: 'more than a share of its people' },
  { value: 'off', label: 'however many: do not ask' },
]

const wayOf = ({ brake, brakePeople, brakeShare }: DirectoryRecord): string => {
  if (brake === 'off') return 'off'
  return brakePeople !== null ? 'people' : brakeShare !== null ? 'share' : 'learned'
}

export const changeAddress = ({ id, directory }: Pick<MassChange, 'id' | 'directory'>): string =>
  `/console/directories/${directory.id}/mass-changes/${id}`

/** What waits, above everything else on the page. */
export const WaitingChanges = ({ massChanges }: Pick<BrakeProps, 'massChanges'>) => (
  <>
    {massChanges.map((change) => (
      <Alert kind="danger" title={`It has taken ${counted(change.people, 'person', 'people')} out: is that meant?`}>
        <a href={changeAddress(change)}>See who it is, confirm it, or put them back</a>
      </Alert>
    ))}
  </>
)

export const Brake = ({ directory, state, mayWrite }: Omit<BrakeProps, 'massChanges'>) => {
  const address = `/console/directories/${directory.id}`
  const { brake, brakeLimit, brakeMinutes, brakePeople, brakeShare } = directory
  return (
    <Panel
      title="Many people at once"
      id="brake"
      lead="Whoever it switches off is out at once, however many they are. Where it takes out more people than it should, you are called, and what would only take roles from people waits for your word."
    >
      <p>
        {brake === 'off'
          ? 'You are not asked, however many people it takes out.'
          : `You are asked where more than ${counted(brakeLimit, 'person loses', 'people lose')} something within ${counted(brakeMinutes, 'minute')}.`}{' '}
        <a href={`${address}/mass-changes`}>What it took at once, and looking back</a>
      </p>
      {mayWrite ? (
        <PostForm action={`${address}/brake`} state={state} class="narrow-form">
          <Choice name="brake" legend="Ask where it takes out" value={wayOf(directory)} options={ways} />
          <Field
            {...field(state, 'brakePeople')}
            label="Number of people"
            value={state.values['brakePeople'] ?? (brakePeople === null ? '' : String(brakePeople))}
            inputmode="numeric"
            isOptional
          />
          <Field
            {...field(state, 'brakeShare')}
            label="Share in percent"
            value={state.values['brakeShare'] ?? (brakeShare === null ? '' : String(brakeShare))}
            inputmode="numeric"
            isOptional
          />
          <Field
            {...field(state, 'brakeMinutes')}
            label="Within how many minutes"
            value={state.values['brakeMinutes'] ?? String(brakeMinutes)}
            inputmode="numeric"
          />
          <SubmitButton label="Save the limit" kind="secondary" />
        </PostForm>
      ) : null}
    </Panel>
  )
}

/** What the form asks for; a number that is none is left for the verb to refuse. */
export function brakeOf(form: Form): Omit<UpdateDirectoryInput, 'directoryId'> {
  const number = (name: string): number => Number(form[name] === '' ? Number.NaN : form[name])
  const within = { brakeMinutes: number('brakeMinutes') }
  switch (form['brake']) {
    case 'off':
      return { brake: 'off', ...within }
    case 'people':
      return { brake: 'on', brakePeople: number('brakePeople'), ...within }
    case 'share':
      return { brake: 'on', brakeShare: number('brakeShare'), ...within }
    default:
      return { brake: 'on', brakePeople: null, brakeShare: null, ...within }
  }
}
