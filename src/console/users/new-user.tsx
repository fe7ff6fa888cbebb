// A local person who can sign in at once: an administrator chooses the first password, the person the next one.
import { type Context, Hono } from 'hono'
import { findPolicy } from '#access/accounts/account/account.ts'
import { createLocalUser } from '#access/accounts/create-local-user.ts'
import type { Form } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Check, Field } from '#http/ui/forms.tsx'
import { requireFreshProof, requirePermission } from '#src/context.ts'
import { BrandRoles, brandRolesOf } from '../ui/brand-roles.tsx'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm, faultAt, textOf } from '../ui/forms.ts'
import { ConsolePage, sectionTrail } from '../ui/frame.tsx'
import { Select } from '../ui/parts.tsx'
import { type RoleChoices, roleChoices } from '../ui/role-choices.ts'
import { RolePurposes } from '../ui/role-purposes.tsx'
import { renderForm, submit } from '../ui/submit.ts'

/** @returns an app to be mounted at `/console/users/new` */
export function createNewUser(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/', (c) => {
    for (const needed of ['users.write', 'accounts.write'] as const) requirePermission(c.get('ctx'), needed)
    requireFreshProof(c.get('ctx'))
    return show(c, emptyForm)
  })
  pages.post('/', (c) =>
    submit(c, { again: (state) => show(c, state) }, async (form) => {
      const { password = '', repeat = '' } = form
      if (password !== repeat) throw faultAt('repeat', 'The two do not match')
      const { id } = await createLocalUser(c.get('ctx'), {
        ...{ userName: form['userName'] ?? '', email: textOf(form, 'email'), displayName: textOf(form, 'displayName') },
        ...{ password, mustChange: form['mustChange'] === 'on', holdings: holdingsOf(form) },
      })
      return `/console/users/${id}?done=created`
    }),
  )
  return pages
}

function holdingsOf(form: Form): { roleId: string; brandId: string | null }[] {
  const roleId = textOf(form, 'roleId')
  return [...(roleId === undefined ? [] : [{ roleId, brandId: null }]), ...brandRolesOf(form)]
}

async function show(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const [choices, policy] = await Promise.all([roleChoices(frame.ctx, 'assignments.write'), findPolicy(frame.ctx)])
  const page = (
    <ConsolePage
      frame={frame}
      section="users"
      title="Create a user"
      lead="They can sign in at once. An invitation is better where they have an address: nobody but them knows the password then."
      trail={sectionTrail('users')}
    >
      <NewUserForm {...{ choices, state }} minLength={policy?.passwordMinLength ?? 12} />
    </ConsolePage>
  )
  return renderForm(c, state, page)
}

type FormProps = { choices: RoleChoices; state: FormState; minLength: number }

const NewUserForm = ({ choices, state, minLength }: FormProps) => (
  <PostForm action="/console/users/new" state={state} class="panel">
    <div class="form-grid">
      <Field
        {...field(state, 'userName')}
        label="User name"
        hint="Their e-mail address, if they have one."
        autocomplete="off"
      />
      <Field {...field(state, 'displayName')} label="Name" autocomplete="off" isOptional />
      <Field
        {...field(state, 'email')}
        label="E-mail address"
        type="email"
        hint="Where it is not the user name."
        autocomplete="off"
        isOptional
      />
      <Select
        {...field(state, 'roleId')}
        label="Role in the organization"
        empty="None"
        options={choices.hasOrganization ? choices.roles : []}
      />
    </div>
    <div class="form-grid">
      <Field
        {...field(state, 'password')}
        label="First password"
        type="password"
        hint={`At least ${minLength} characters.`}
        autocomplete="new-password"
      />
      <Field {...field(state, 'repeat')} label="The same again" type="password" autocomplete="new-password" />
    </div>
    <Check
      name="mustChange"
      label="They choose their own at the first sign-in"
      isChecked={state.values['userName'] === undefined || state.values['mustChange'] === 'on'}
    />
    <BrandRoles choices={choices} values={state.values} />
    <Buttons submit="Create the user" back="/console/users" />
    <RolePurposes choices={choices} />
  </PostForm>
)
