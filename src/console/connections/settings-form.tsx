// The settings of a connection: what it is called, who comes to exist by it, and how the provider calls things.
import type { RoleRecord } from '#access/grants/roles/roles.ts'
import type { DirectoryRecord } from '#connections/directories/directories.ts'
import { secretAuthenticationSchema } from '#connections/settings/settings.ts'
import type { Connection } from '#connections/sign-in/connections.ts'
import { absentGroupsOf } from '#connections/sign-in/group-rule.ts'
import type { UpdateConnectionInput } from '#connections/sign-in/update-connection.ts'
import type { Form } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Check, Field } from '#http/ui/forms.tsx'
import type { Frame } from '../ui/env.ts'
import { endOfDay, textOf } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { namedOptions, Panel, Select } from '../ui/parts.tsx'
import { jitWords } from './connection-page.tsx'

const attributeLabels = {
  email: 'E-mail address',
  firstName: 'First name',
  lastName: 'Last name',
  displayName: 'Display name',
  externalId: 'Id in the directory',
  groups: 'Groups',
  roles: 'Roles',
} as const

type AttributeName = keyof typeof attributeLabels

const attributeNames = Object.keys(attributeLabels) as AttributeName[]

const namesOf = (connection: Connection) =>
  connection.type === 'saml' ? connection.settings.attributes : connection.settings.claims

/** The settings as the form shows them. */
export function valuesOf(connection: Connection): Form {
  const { name, jit, defaultRoleId, directoryId, isIdpInitiatedAllowed } = connection
  const own =
    connection.type === 'saml'
      ? {
          signed: connection.settings.signed,
          subjectAttribute: connection.settings.subjectAttribute ?? '',
          weakAlgorithmsUntil: connection.settings.weakAlgorithmsUntil?.slice(0, 10) ?? '',
          ...(connection.settings.isSha1Allowed ? { isSha1Allowed: 'on' } : {}),
          ...(connection.settings.isCbcAllowed === true ? { isCbcAllowed: 'on' } : {}),
          ...(connection.settings.nameIdIsEmail === true ? { nameIdIsEmail: 'on' } : {}),
        }
      : {
          secretExpiresAt: connection.settings.secretExpiresAt?.slice(0, 10) ?? '',
          clientAuthentication: connection.settings.clientAuthentication,
        }
  const names = namesOf(connection)
  return {
    ...{ name, jit, defaultRoleId: defaultRoleId ?? '', directoryId: directoryId ?? '', ...own },
    groupSeparator: connection.settings.groupSeparator ?? '',
    absentGroups: absentGroupsOf(connection),
    ...(isIdpInitiatedAllowed ? { isIdpInitiatedAllowed: 'on' } : {}),
    ...Object.fromEntries(attributeNames.map((each) => [`attributes.${each}`, names[each].join(', ')])),
  }
}

const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')

/** What the form asks for. */
export function changesOf({ type }: Connection, form: Form): Omit<UpdateConnectionInput, 'connectionId'> {
  const attributes = Object.fromEntries(attributeNames.map((each) => [each, listOf(form[`attributes.${each}`])]))
  const shared = {
    name: form['name'] ?? '',
    jit: (form['jit'] ?? 'off') as Connection['jit'],
    defaultRoleId: textOf(form, 'defaultRoleId') ?? null,
    directoryId: textOf(form, 'directoryId') ?? null,
    attributes,
    groupSeparator: textOf(form, 'groupSeparator') ?? null,
    absentGroups: form['absentGroups'] === 'none' ? ('none' as const) : ('kept' as const),
  }
  if (type === 'oidc') {
    const clientSecret = textOf(form, 'clientSecret')
    const secret = clientSecret === undefined ? {} : { clientSecret }
    const wanted = secretAuthenticationSchema.safeParse(form['clientAuthentication'])
    const authentication = wanted.success ? { clientAuthentication: wanted.data } : {}
    return { ...shared, ...secret, ...authentication, secretExpiresAt: endOfDay(form, 'secretExpiresAt') ?? null }
  }
  return {
    ...shared,
    isIdpInitiatedAllowed: form['isIdpInitiatedAllowed'] !== undefined,
    nameIdIsEmail: form['nameIdIsEmail'] !== undefined,
    signed: (form['signed'] ?? 'either') as NonNullable<UpdateConnectionInput['signed']>,
    subjectAttribute: textOf(form, 'subjectAttribute') ?? null,
    isSha1Allowed: form['isSha1Allowed'] !== undefined,
    isCbcAllowed: form['isCbcAllowed'] !== undefined,
    weakAlgorithmsUntil: endOfDay(form, 'weakAlgorithmsUntil') ?? null,
  }
}

export type SettingsPageProps = {
  frame: Frame
  connection: Connection
  state: FormState
  roles: readonly RoleRecord[]
  directories: readonly DirectoryRecord[]
}

export const SettingsPage = ({ frame, connection, state, roles, directories }: SettingsPageProps) => {
  const address = `/console/connections/${connection.id}`
  return (
    <ConsolePage
      frame={frame}
      section="connections"
      title={`Settings of ${connection.name}`}
      trail={[...sectionTrail('connections'), { label: connection.name, href: address }]}
    >
      <PostForm action={`${address}/settings`} state={state} autocomplete="off">
        <Panel title="People">
          <Field {...field(state, 'name')} label="Name" maxlength={200} />
          <Select
            {...field(state, 'jit')}
            label="Who comes to exist by a first sign-in"
            options={Object.entries(jitWords).map(([value, label]) => ({ value, label }))}
          />
          <Select
            {...field(state, 'defaultRoleId')}
            label="Role of those people"
            empty="None"
            options={namedOptions(roles)}
            hint="Roles of administrators cannot be chosen."
          />
          <Select
            {...field(state, 'directoryId')}
            label="Directory that decides about its people"
            empty="None"
            options={namedOptions(directories)}
            hint="Groups in messages are ignored for people of a directory."
          />
        </Panel>
        {connection.type === 'saml' ? <SamlSettings state={state} /> : <OidcSettings state={state} />}
        <GroupSettings state={state} />
        {connection.type === 'saml' ? <WeakAlgorithms state={state} /> : null}
        <Panel
          title={connection.type === 'saml' ? 'Names of attributes' : 'Names of claims'}
          lead="Several names with commas between them; the first that is there counts."
        >
          {attributeNames.map((each) => (
            <Field {...field(state, `attributes.${each}`)} label={attributeLabels[each]} isOptional />
          ))}
        </Panel>
        <Buttons submit="Save" back={address} leave="Leave it as it is" />
      </PostForm>
    </ConsolePage>
  )
}

const SamlSettings = ({ state }: { state: FormState }) => (
  <Panel title="SAML">
    <Select
      {...field(state, 'signed')}
      label="What has to be signed"
      options={[
        { value: 'either', label: 'Assertion or response' },
        { value: 'assertion', label: 'The assertion' },
        { value: 'response', label: 'The response' },
        { value: 'both', label: 'Both' },
      ]}
    />
    <Field
      {...field(state, 'subjectAttribute')}
      label="Attribute that names the person"
      hint="Only where the NameID changes with every sign-in or is left out. It must never be given to somebody else: an id, not an address."
      maxlength={200}
      isOptional
    />
    <Check
      name="nameIdIsEmail"
      label="The NameID is the person’s e-mail address"
      isChecked={state.values['nameIdIsEmail'] !== undefined}
      hint="Only where the provider says nothing of its format, and gives nobody a name that looks like somebody else’s address."
    />
    <Check
      name="isIdpInitiatedAllowed"
      label="The provider may begin sign-ins by itself"
      isChecked={state.values['isIdpInitiatedAllowed'] !== undefined}
      hint="For tiles on the provider’s own page. Tiles that open the sign-in address here need no such thing."
    />
  </Panel>
)

const GroupSettings = ({ state }: { state: FormState }) => (
  <Panel title="Groups">
    <Select
      {...field(state, 'absentGroups')}
      label="A message that leaves the groups out means"
      options={[
        { value: 'kept', label: 'Nothing: people keep the groups that they have' },
        { value: 'none', label: 'That the person is in no group' },
      ]}
      hint="Okta and JumpCloud leave them out for whoever is in none."
    />
    <Field {...field(state, 'groupSeparator')} label="Groups come as one text, separated by" maxlength={3} isOptional />
  </Panel>
)

const WeakAlgorithms = ({ state }: { state: FormState }) => (
  <Panel
    title="Weak algorithms"
    lead="For a provider that knows nothing better, and for a time only: whoever can read or change its messages on the way has an easier time. Each use is in the trace."
  >
    <Check
      name="isCbcAllowed"
      label="Take assertions encrypted by AES-CBC"
      isChecked={state.values['isCbcAllowed'] !== undefined}
    />
    <Check
      name="isSha1Allowed"
      label="Take signatures by SHA-1"
      isChecked={state.values['isSha1Allowed'] !== undefined}
    />
    <Field
      {...field(state, 'weakAlgorithmsUntil')}
      label="Until"
      type="date"
      hint="A year at most; 90 days where it is left empty."
      isOptional
    />
  </Panel>
)

const OidcSettings = ({ state }: { state: FormState }) => (
  <Panel title="Client secret">
    <Field
      {...field(state, 'clientSecret')}
      label="New client secret"
      type="password"
      autocomplete="off"
      maxlength={4096}
      hint="Left empty, the one that is there stays."
      isOptional
    />
    <Field {...field(state, 'secretExpiresAt')} label="The secret is good until" type="date" isOptional />
    {state.values['clientAuthentication'] === 'private_key_jwt' ? null : (
      <Select
        {...field(state, 'clientAuthentication')}
        label="It is sent"
        options={[
          { value: 'client_secret_basic', label: 'In the header (client_secret_basic)' },
          { value: 'client_secret_post', label: 'In the form (client_secret_post)' },
        ]}
        hint="In the form where the provider answers invalid_client although the secret is right: some do not decode special characters in the header."
      />
    )}
  </Panel>
)
