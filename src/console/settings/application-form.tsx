// The form of an application: what each kind has, how it is read, and how it is filled.
import type { ApplicationKind, ApplicationRecord } from '#access/applications/applications.ts'
import type { PublicKeySet } from '#access/applications/public-keys.ts'
import type { BrandRecord } from '#access/grants/brands/brands.ts'
import type { Form } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Check, Field } from '#http/ui/forms.tsx'
import { parseJson } from '#platform/json.ts'
import { filledForm, textOf } from '../ui/forms.ts'
import { Select, TextArea } from '../ui/parts.tsx'
import { ScopeFields, scopeValues, wantedScope } from './api-key-scope.tsx'

/** How the kinds are told apart, by people who register one. */
export const kinds: Record<ApplicationKind, { label: string; hint: string }> = {
  confidential: {
    label: 'Application with a server',
    hint: 'Signs people in, and keeps a client secret on its server.',
  },
  public: {
    label: 'Browser, mobile or command-line application',
    hint: 'Signs people in on their own device, where no secret can be kept.',
  },
  machine: {
    label: 'Machine',
    hint: 'Signs nobody in: a program that acts for itself, within the rights that it is given.',
  },
}

const linesOf = (form: Form, name: string): string[] => (form[name] ?? '').split(/\s+/).filter((line) => line !== '')

/** What a form asks for; the verb checks what was chosen. @param before the application that it changes */
export function wantedApplication(form: Form, kind: ApplicationKind, before?: ApplicationRecord) {
  const name = form['name'] ?? ''
  const keys = {
    isDpopRequired: form['isDpopRequired'] !== undefined,
    ...keysOf(form, kind),
    resources: resourcesOf(form),
    servedResources: linesOf(form, 'servedResources'),
  }
  if (kind === 'machine') return { name, ...keys, rights: wantedScope(form, before?.rights ?? undefined) }
  return {
    ...{ name, ...keys, isDeviceFlowAllowed: form['isDeviceFlowAllowed'] !== undefined },
    redirectUris: linesOf(form, 'redirectUris'),
    postLogoutRedirectUris: linesOf(form, 'postLogoutRedirectUris'),
    backchannelLogoutUri: textOf(form, 'backchannelLogoutUri') ?? null,
    browserOrigins: linesOf(form, 'browserOrigins'),
    isPkceRequired: form['isPkceOptional'] === undefined,
    idTokenAlgorithm: (form['idTokenAlgorithm'] ?? 'RS256') as ApplicationRecord['idTokenAlgorithm'],
    accessClaims: (form['accessClaims'] ?? 'always') as ApplicationRecord['accessClaims'],
    claimMappings: mappingsOf(form),
    brandsClaim: (form['brandsClaim'] ?? 'objects') as ApplicationRecord['brandsClaim'],
  }
}

const rowsOf = (form: Form, name: string): string[] =>
  (form[name] ?? '').split(/\r?\n/).flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))

/** `https://api.example.com jwt 300` */
const resourcesOf = (form: Form) =>
  rowsOf(form, 'resources').map((row) => {
    const [uri = '', format = 'jwt', seconds] = row.split(/\s+/)
    return { uri, format: format as 'jwt', ...(seconds === undefined ? {} : { lifetimeSeconds: Number(seconds) }) }
  })

/** `department = urn:…:User:department` */
const mappingsOf = (form: Form) =>
  rowsOf(form, 'claimMappings').map((row) => {
    const [claim = '', ...attribute] = row.split('=')
    return { claim: claim.trim(), attribute: attribute.join('=').trim() }
  })

/** The keys of those that can have some. @throws AppError invalid for what is no JSON */
function keysOf(form: Form, kind: ApplicationKind): { jwks?: PublicKeySet | null; jwksUri?: string | null } {
  if (kind === 'public') return {}
  const text = textOf(form, 'jwks')
  return {
    jwks: text === undefined ? null : (parseJson(text) as PublicKeySet),
    jwksUri: textOf(form, 'jwksUri') ?? null,
  }
}

/** The form as the application is now. */
export const formOf = (application: ApplicationRecord): FormState =>
  filledForm({
    name: application.name,
    redirectUris: application.redirectUris.join('\n'),
    postLogoutRedirectUris: application.postLogoutRedirectUris.join('\n'),
    backchannelLogoutUri: application.backchannelLogoutUri ?? '',
    browserOrigins: application.browserOrigins.join('\n'),
    ...(application.isDeviceFlowAllowed ? { isDeviceFlowAllowed: 'on' } : {}),
    ...(application.isDpopRequired ? { isDpopRequired: 'on' } : {}),
    resources: application.resources.map((each) => `${each.uri} ${each.format} ${each.lifetimeSeconds}`).join('\n'),
    servedResources: application.servedResources.join('\n'),
    claimMappings: application.claimMappings.map(({ claim, attribute }) => `${claim} = ${attribute}`).join('\n'),
    accessClaims: application.accessClaims,
    ...{ jwks: application.jwks === null ? '' : JSON.stringify(application.jwks), jwksUri: application.jwksUri ?? '' },
    ...(application.isPkceRequired ? {} : { isPkceOptional: 'on' }),
    ...{ idTokenAlgorithm: application.idTokenAlgorithm, brandsClaim: application.brandsClaim },
    ...(application.rights === null ? {} : scopeValues(application.rights)),
  })

const errorAt = ({ errors }: FormState, name: string): string | undefined =>
  Object.entries(errors).find(([field]) => field === name || field.startsWith(`${name}.`))?.[1]

export type ApplicationFormProps = {
  action: string
  submit: string
  state: FormState
  kind: ApplicationKind
  brands: readonly BrandRecord[]
}

export const ApplicationForm = ({ action, submit, state, kind, brands }: ApplicationFormProps) => (
  <PostForm action={action} state={state}>
    <input type="hidden" name="kind" value={kind} />
    <Field {...field(state, 'name')} label="Name" maxlength={200} />
    {kind === 'machine' ? <ScopeFields {...{ state, brands }} /> : <SignInFields {...{ state, kind }} />}
    <ResourceFields {...{ state }} />
    <KeyFields {...{ state, kind }} />
    <Buttons submit={submit} />
  </PostForm>
)

const ResourceFields = ({ state }: Pick<ApplicationFormProps, 'state'>) => (
  <>
    <TextArea
      name="resources"
      label="APIs that it calls"
      value={state.values['resources']}
      error={errorAt(state, 'resources')}
      hint="One a line: address, jwt or opaque, and seconds (60 to 600), such as https://api.example.com jwt 300."
      isOptional
    />
    <TextArea
      name="servedResources"
      label="APIs that it serves itself"
      value={state.values['servedResources']}
      error={errorAt(state, 'servedResources')}
      hint="One address a line. It may ask what access tokens for these are worth."
      isOptional
    />
  </>
)

const KeyFields = ({ state, kind }: Pick<ApplicationFormProps, 'state' | 'kind'>) => (
  <>
    {kind === 'public' ? null : (
      <>
        <TextArea
          name="jwks"
          label="Its public keys (JWKS)"
          value={state.values['jwks']}
          error={errorAt(state, 'jwks')}
          hint="It proves who it is by a key of its own (private_key_jwt), and its client secret counts for nothing."
          isOptional
        />
        <Field {...field(state, 'jwksUri')} label="Or the address where they are published" type="url" isOptional />
      </>
    )}
    <Check
      name="isDpopRequired"
      label="Its tokens are bound to a key of its own (DPoP)"
      isChecked={state.values['isDpopRequired'] !== undefined}
      hint="A token that somebody takes from it is of no use to them. The application has to know DPoP."
    />
  </>
)

const SignInFields = ({ state, kind }: Pick<ApplicationFormProps, 'state' | 'kind'>) => (
  <>
    <TextArea
      name="redirectUris"
      label="Redirect addresses"
      value={state.values['redirectUris']}
      error={errorAt(state, 'redirectUris')}
      hint={
        kind === 'public'
          ? 'One a line: https, an app’s own scheme such as com.example.app:/callback, or http://127.0.0.1/callback, where any port will do.'
          : 'One a line, each exactly as the application sends it.'
      }
    />
    <TextArea
      name="postLogoutRedirectUris"
      label="Addresses after signing out"
      value={state.values['postLogoutRedirectUris']}
      error={errorAt(state, 'postLogoutRedirectUris')}
      isOptional
    />
    {kind === 'public' ? (
      <TextArea
        name="browserOrigins"
        label="Origins of its pages"
        value={state.values['browserOrigins']}
        error={errorAt(state, 'browserOrigins')}
        hint="One a line, such as https://app.example.com: pages that exchange their codes themselves."
        isOptional
      />
    ) : null}
    <Field
      {...field(state, 'backchannelLogoutUri')}
      label="Back-channel logout address"
      type="url"
      hint="Told at once when a session ends, for example because the person was deactivated."
      isOptional
    />
    <Select
      {...field(state, 'idTokenAlgorithm')}
      label="ID tokens are signed by"
      options={[
        { value: 'RS256', label: 'RS256, which every application knows' },
        { value: 'ES256', label: 'ES256' },
      ]}
    />
    <Select
      {...field(state, 'accessClaims')}
      label="Tokens say organization, roles and brands"
      options={[
        { value: 'always', label: 'Always' },
        { value: 'by_scope', label: 'Where it asks for them' },
      ]}
    />
    <TextArea
      name="claimMappings"
      label="Attributes of people in claims of their own"
      value={state.values['claimMappings']}
      error={errorAt(state, 'claimMappings')}
      hint="One a line: claim = attribute, such as job = title, or department = urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department."
      isOptional
    />
    <Select
      {...field(state, 'brandsClaim')}
      label="Tokens list brands"
      options={[
        { value: 'objects', label: 'With their roles' },
        { value: 'slugs', label: 'By their short names alone' },
      ]}
    />
    <Check
      name="isDeviceFlowAllowed"
      label="It signs people in on devices without a browser"
      isChecked={state.values['isDeviceFlowAllowed'] !== undefined}
      hint="Televisions and command lines show a code, which the person enters here."
    />
    {kind === 'public' ? null : (
      <Check
        name="isPkceOptional"
        label="It knows no PKCE"
        isChecked={state.values['isPkceOptional'] !== undefined}
        hint="Only for an application that keeps its client secret on a server."
      />
    )}
  </>
)
