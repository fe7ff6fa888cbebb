// Step: our values for the provider, under its own names of the fields, and what comes back from there.
import { presets } from '#connections/providers/providers.ts'
import { isConfigured } from '#connections/sign-in/connections.ts'
import type { SetupScreen } from '#connections/sign-in/setup-screens.ts'
import { setupScreenOf } from '#connections/sign-in/setup-screens.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Facts } from '#http/ui/content.tsx'
import { field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { CopyField, TextArea } from '../../ui/parts.tsx'
import type { StepProps } from './host.ts'

export const ProviderStep = ({ host, facts, state }: StepProps) => {
  const { connection } = facts
  const screen = setupScreenOf(connection, host.ctx.urls.connection(connection.id))
  const isOpen = connection.status === 'draft' || connection.status === 'tested'
  const form = connection.type === 'saml' ? SamlForm({ host, facts, state }) : OidcForm({ host, facts, state })
  return (
    <>
      <Screen screen={screen} id="values" />
      {facts.directory === null ? null : (
        <p class="field-hint">
          Groups come by SCIM in the next step and decide here, so the messages of sign-ins need not carry any.
        </p>
      )}
      <h3>Bring back</h3>
      {screen.bringBack.length === 0 ? null : <p>From the provider: {screen.bringBack.join(', ')}.</p>}
      {isOpen && (!isConfigured(connection) || state !== undefined) ? form : null}
      {isOpen && isConfigured(connection) && state === undefined ? (
        <details class="wizard-again">
          <summary>Enter it again</summary>
          {form}
        </details>
      ) : null}
      {isOpen ? null : <p>People sign in through it, so another provider would be another connection.</p>}
    </>
  )
}

/** Where to go at the provider, what to paste and what to choose there. */
export const Screen = ({ screen, id }: { screen: SetupScreen; id: string }) => (
  <>
    <p>
      At the provider, go to <strong>{screen.path.replaceAll(' > ', ' › ')}</strong> and enter:
    </p>
    {screen.paste.map(({ field, value }, index) => (
      <CopyField id={`${id}-${index}`} label={field} value={value} />
    ))}
    {screen.choose.length === 0 ? null : (
      <>
        <h3>Choose there</h3>
        <Facts facts={screen.choose.map(({ field, value }) => ({ term: field, value }))} />
      </>
    )}
    {screen.notes.length === 0 ? null : (
      <ul class="wizard-notes">
        {screen.notes.map((note) => (
          <li>{note.replaceAll(' > ', ' › ')}</li>
        ))}
      </ul>
    )}
  </>
)

const SamlForm = ({ host, state }: StepProps) => (
  <PostForm action={`${host.base}/provider#provider`} state={state}>
    <Field
      {...field(state, 'metadataUrl')}
      label="Address of the metadata"
      inputmode="url"
      hint="The best way: new certificates are then noticed by themselves."
      maxlength={20_000}
      isOptional
    />
    <TextArea {...field(state, 'metadataXml')} label="Or the metadata itself (XML)" rows={4} isOptional />
    <Buttons submit="Read the metadata" />
  </PostForm>
)

const OidcForm = ({ host, facts, state }: StepProps) => {
  const names = presets[facts.connection.preset].oidc.fields
  return (
    <PostForm action={`${host.base}/provider#provider`} state={state} autocomplete="off">
      <Field
        {...field(state, 'issuer')}
        label={names?.issuer.label ?? 'Issuer'}
        hint={names?.issuer.hint}
        placeholder={names === undefined ? 'https://login.example.com' : ''}
        maxlength={20_000}
      />
      <Field
        {...field(state, 'clientId')}
        label={names?.clientId.label ?? 'Client ID'}
        autocomplete="off"
        maxlength={20_000}
      />
      <Field
        {...field(state, 'clientSecret')}
        label={names?.clientSecret.label ?? 'Client secret'}
        type="password"
        autocomplete="off"
        maxlength={4096}
        hint={`${names === undefined ? '' : `${names.clientSecret.hint} `}It is kept sealed and never shown again.`}
      />
      <Field
        {...field(state, 'secretExpiresAt')}
        label="The secret is good until"
        type="date"
        hint="So that you are warned before sign-in stops working."
        isOptional
      />
      <Buttons submit="Connect" />
    </PostForm>
  )
}
