// The beginning: which provider, and how people sign in.
import { type Preset, presetNames, presets } from '#connections/providers/providers.ts'
import { provisioningScreenOf } from '#connections/sign-in/setup-screens.ts'
import type { Form } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Check, Choice, Field } from '#http/ui/forms.tsx'

type ChooseProps = {
  action: string
  state: FormState
  /** Behind a setup link, whoever made it has decided whether people wait. */
  isConsole: boolean
}

export const ChooseProvider = ({ action, state, isConsole }: ChooseProps) => {
  const { values, errors } = state
  return (
    <PostForm action={action} state={state} class="panel">
      <fieldset class="wizard-choice">
        <legend class="wizard-question">Which identity provider do people sign in with?</legend>
        {errors['preset'] === undefined ? null : <p class="field-error">{errors['preset']}</p>}
        <div class="provider-grid">
          {presetNames.map((preset) => (
            <Check
              type="radio"
              name="preset"
              value={preset}
              label={presets[preset].title}
              isChecked={values['preset'] === preset}
              hint={hintOf(preset)}
            />
          ))}
        </div>
      </fieldset>
      <Choice
        {...field(state, 'type')}
        legend="How do they sign in?"
        options={[
          { value: 'saml', label: 'SAML', hint: 'Usual for Okta, OneLogin, JumpCloud, AD FS and Google.' },
          {
            ...{ value: 'oidc', label: 'OpenID Connect' },
            hint: 'Usual for Microsoft Entra ID and Keycloak. Its client secret has an end date.',
          },
        ]}
        isQuestion
      />
      {isConsole ? <ArrivalsChoice value={values['arrivals']} /> : null}
      <Field
        {...field(state, 'name')}
        label="Name"
        maxlength={200}
        hint="How it is called here; people may see it at sign-in. Left empty, it is called like the provider."
        isOptional
      />
      <Buttons submit="Continue" />
    </PostForm>
  )
}

export const ArrivalsChoice = ({ value }: { value: string | undefined }) => (
  <Choice
    name="arrivals"
    legend="Are people active as soon as they are delivered?"
    value={value}
    options={[
      { value: 'active', label: 'Yes, with what their groups give them' },
      {
        ...{ value: 'staged', label: 'They wait at first' },
        hint: 'An administrator sees what everybody would get, and lets them in all at once.',
      },
    ]}
    isQuestion
  />
)

/** As the box of the form says. */
export const arrivalsOf = (form: Form): 'active' | 'staged' => (form['arrivals'] === 'staged' ? 'staged' : 'active')

const hintOf = (preset: Preset): string =>
  provisioningScreenOf(preset, '') === undefined ? 'Sign-in only' : 'Sign-in, people and groups'
