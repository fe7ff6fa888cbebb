// The fields of a webhook: where it leads, what it is for, and which events.
import type { Webhook } from '#access/events/webhooks/webhooks.ts'
import { publishedTypes } from '#audit/events/events.ts'
import { type FormState, field } from '#http/ui/form.tsx'
import { Check, Choice, Field } from '#http/ui/forms.tsx'

/** The form of a webhook as it is. */
export const typeFields = ({ url, description, types }: Webhook): Record<string, string> => ({
  ...{ url, description, which: types === null ? 'all' : 'some' },
  ...Object.fromEntries((types ?? []).map((type) => [`type.${type}`, 'on'])),
})

const areas = [...new Set(publishedTypes.map((type) => type.split('.')[0] ?? ''))]

const words = (area: string): string => area.replaceAll('_', ' ')

export const WebhookFields = ({ state }: { state: FormState }) => (
  <>
    <Field
      {...field(state, 'url')}
      label="Address"
      type="url"
      maxlength={2_000}
      hint="https, and public. Any answer from 200 to 299 within five seconds takes a message."
    />
    <Field {...field(state, 'description')} label="What it is for" maxlength={200} isOptional />
    <Choice
      name="which"
      legend="Events"
      value={state.values['which']}
      error={state.errors['types']}
      options={[
        { value: 'all', label: 'All of them' },
        { value: 'some', label: 'Those chosen below' },
      ]}
    />
    <details class="more-filters" open={state.values['which'] === 'some'}>
      <summary>Choose events</summary>
      <div class="columns">
        {areas.map((area) => (
          <fieldset>
            <legend>{words(area)}</legend>
            {publishedTypes
              .filter((type) => type.startsWith(`${area}.`))
              .map((type) => (
                <Check name={`type.${type}`} label={type} isChecked={state.values[`type.${type}`] !== undefined} />
              ))}
          </fieldset>
        ))}
      </div>
    </details>
  </>
)
