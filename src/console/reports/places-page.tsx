// Naming address ranges, so that the report on sign-ins can tell places apart.
import type { Place } from '#access/reports/places.ts'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { type FormState, PostForm } from '#http/ui/form.tsx'
import { isPermitted } from '#src/context.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { TextArea } from '../ui/parts.tsx'

type PlacesProps = { frame: Frame; state: FormState; places: readonly Place[] }

const textOf = (places: readonly Place[]): string => places.map(({ range, place }) => `${range} ${place}`).join('\n')

export const PlacesPage = ({ frame, state, places }: PlacesProps) => (
  <ConsolePage
    frame={frame}
    section="reports"
    title="Name places"
    lead="Address ranges of offices, countries or providers. A sign-in from a new place appears in the report on sign-in risk. Addresses outside of all ranges have no place."
    trail={sectionTrail('reports')}
  >
    {isPermitted(frame.ctx, 'organization.write') ? (
      <PostForm action="/console/reports/places" state={state}>
        <TextArea
          name="places"
          label="Ranges and their names"
          value={state.values['places'] ?? textOf(places)}
          error={Object.entries(state.errors).find(([name]) => name.startsWith('places'))?.[1]}
          rows={16}
          hint="One a line: the range, a blank, the name. For example: 192.0.2.0/24 Berlin office"
          isOptional
        />
        <SubmitButton label="Save the places" />
      </PostForm>
    ) : (
      <pre>{textOf(places)}</pre>
    )}
  </ConsolePage>
)
