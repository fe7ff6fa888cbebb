// Name and addresses, roles and status of one person, with one button to save them.
import type { AccessMatrix } from '#access/people/access-matrix.ts'
import type { ListedUser } from '#access/people/list-users.ts'
import { isDirectorysHold } from '#directory/status-word.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Facts } from '#http/ui/content.tsx'
import { type FormState, field, HiddenFields, PostForm } from '#http/ui/form.tsx'
import { Choice, Field } from '#http/ui/forms.tsx'
import { type CallContext, isPermitted } from '#src/context.ts'
import { Panel, Select, TextArea } from '../../ui/parts.tsx'
import { Source } from '../../ui/people.tsx'
import { organizationScope, type RoleChoices } from '../../ui/role-choices.ts'
import { RolePurposes } from '../../ui/role-purposes.tsx'
import { nameOf } from './user-frame.tsx'

export type EditFormProps = {
  ctx: CallContext
  user: ListedUser
  matrix: AccessMatrix
  choices: RoleChoices
  state: FormState
  hasFixedAddress: boolean
  organization: string
}

export const EditForm = (props: EditFormProps) => {
  const { user, state } = props
  return (
    <PostForm action={`/console/users/${user.id}/edit`} state={state}>
      <Profile {...props} />
      <Roles {...props} />
      <Status user={user} state={state} />
      <div class="save-row">
        <Buttons submit="Save" back={`/console/users/${user.id}`} />
      </div>
    </PostForm>
  )
}

const Profile = ({ user, state, hasFixedAddress }: EditFormProps) => {
  const isReadOnly = user.directory !== null
  const isFixed = isReadOnly || hasFixedAddress
  return (
    <Panel
      title="Person"
      lead={isReadOnly ? `Not changed here: it comes from ${user.directory?.name ?? 'their directory'}.` : undefined}
    >
      <Field {...field(state, 'displayName')} label="Name" hint="As others see it." {...{ isReadOnly }} isOptional />
      <div class="form-grid">
        <Field {...field(state, 'givenName')} label="First name" {...{ isReadOnly }} isOptional />
        <Field {...field(state, 'familyName')} label="Last name" {...{ isReadOnly }} isOptional />
        <Field
          {...field(state, 'email')}
          label="E-mail address"
          type="email"
          hint={
            hasFixedAddress && !isReadOnly
              ? 'It is not changed in this organization: deactivate them and invite the new address.'
              : 'Links to set a password go there.'
          }
          isReadOnly={isFixed}
          isOptional
        />
        <Field {...field(state, 'userName')} label="User name" isReadOnly={isFixed} />
        <Field {...field(state, 'title')} label="Title" {...{ isReadOnly }} isOptional />
        <Field
          {...field(state, 'department')}
          label="Department"
          hint="What a mapping or a team by filter may go by."
          {...{ isReadOnly }}
          isOptional
        />
      </div>
    </Panel>
  )
}

/** What somebody is given directly in a scope, and what comes through groups and teams and is not changed here. */
function heldIn({ rows }: AccessMatrix, brandId: string | null) {
  const held = rows
    .filter(({ role }) => role.kind === 'role')
    .flatMap(({ role, cells }) =>
      cells
        .filter((cell) => cell.brandId === brandId)
        .flatMap(({ sources }) => sources.map((source) => ({ role, source }))),
    )
  return {
    direct: held.filter(({ source }) => source.type === 'direct').map(({ role }) => role),
    through: held.filter(({ source }) => source.type !== 'direct'),
  }
}

const Roles = ({ ctx, user, matrix, choices, state, organization }: EditFormProps) => {
  const mayGive = choices.hasOrganization || choices.brands.length > 0
  const shown = new Set(matrix.scopes.map((scope) => scope?.id))
  const others = choices.brands.filter(({ value }) => !shown.has(value))
  return (
    <Panel
      title="Roles"
      lead="Given directly, one in each place. What groups and teams give is changed there. What is lost by saving is shown first."
    >
      {matrix.scopes.map((scope) => (
        <RoleIn
          {...{ ctx, user, matrix, choices, state }}
          brandId={scope?.id ?? null}
          name={scope?.name ?? organization}
        />
      ))}
      {others.length === 0 || choices.roles.length === 0 ? null : (
        <div class="form-grid">
          <Select {...field(state, 'newBrand')} label="Another brand" empty="None" options={others} />
          <Select {...field(state, 'newRole')} label="Role there" empty="None" options={choices.roles} />
        </div>
      )}
      {mayGive ? (
        <>
          <TextArea
            {...field(state, 'reason')}
            label="Reason"
            hint="Where a role is given; a role that takes another's place keeps the reason that there was."
            maxlength={1_000}
            rows={2}
            isOptional
          />
          <RolePurposes choices={choices} />
        </>
      ) : null}
    </Panel>
  )
}

type RoleInProps = Pick<EditFormProps, 'ctx' | 'user' | 'matrix' | 'choices' | 'state'> & {
  brandId: string | null
  name: string
}

const RoleIn = ({ ctx, user, matrix, choices, state, brandId, name }: RoleInProps) => {
  const { direct, through } = heldIn(matrix, brandId)
  const scope = brandId ?? organizationScope
  const [held] = direct
  const why = [
    ...(direct.length > 1 ? ['They were given several here: change each on their page.'] : []),
    ...(isPermitted(ctx, 'assignments.write', brandId) ? [] : ['You may not give roles here.']),
  ]
  const current = held === undefined ? [] : [{ value: held.id, label: held.name }]
  return (
    <>
      {why.length > 0 ? (
        <Facts
          facts={[{ term: name, value: `${direct.map((role) => role.name).join(', ') || 'None'}. ${why.join(' ')}` }]}
        />
      ) : (
        <>
          <HiddenFields values={{ [`was.${scope}`]: held?.id ?? '' }} />
          <Select
            name={`role.${scope}`}
            label={name}
            empty="None"
            value={state.values[`role.${scope}`] ?? held?.id ?? ''}
            options={[...current, ...choices.roles.filter(({ value }) => value !== held?.id)]}
          />
        </>
      )}
      {through.length === 0 ? null : (
        <ul class="source-list" aria-label={`What ${nameOf(user)} holds through others in ${name}`}>
          {through.map(({ role, source }) => (
            <li>
              {role.name}, not changed here: <Source source={source} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

const Status = ({ user, state }: { user: ListedUser; state: FormState }) => {
  if (user.status !== 'active' && user.status !== 'inactive') return null
  if (isDirectorysHold(user.statusReason) && user.directory !== null)
    return (
      <Panel title="Status">
        <p>Inactive. {user.directory.name} switched them off, and reactivates them; it is not changed here.</p>
      </Panel>
    )
  const comeBack = user.status === 'active' ? {} : { hint: 'Reactivated with all roles that they were given directly.' }
  return (
    <Panel title="Status">
      <HiddenFields values={{ 'was.status': user.status }} />
      <Choice
        name="status"
        legend={`${nameOf(user)} is`}
        value={state.values['status'] ?? user.status}
        options={[
          { value: 'active', label: 'active', ...comeBack },
          {
            value: 'inactive',
            label: 'inactive',
            hint: 'Shut out at once, everywhere; what they made and hold stays.',
          },
        ]}
      />
    </Panel>
  )
}
