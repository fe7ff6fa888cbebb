// Giving one person a role directly, and changing or taking back what was given.
import { type Context, Hono } from 'hono'
import { type AssignmentRecord, getAssignment } from '#access/grants/assignments/assignments.ts'
import { createAssignment } from '#access/grants/assignments/create-assignment.ts'
import { getListedUser, type ListedUser } from '#access/people/list-users.ts'
import { Actions, Buttons, LinkButton, SubmitButton } from '#http/ui/buttons.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { saveOrShow, showPreview } from '../../changes/changes.tsx'
import { type ConsoleEnv, frameOf } from '../../ui/env.ts'
import { endOfDay, filledForm, textOf } from '../../ui/forms.ts'
import { ConsolePage } from '../../ui/frame.tsx'
import { ButtonForm, Panel, Select, TextArea } from '../../ui/parts.tsx'
import { brandOfScope, type RoleChoices, roleChoices, scopeOptions } from '../../ui/role-choices.ts'
import { RolePurposes } from '../../ui/role-purposes.tsx'
import { renderForm, submit } from '../../ui/submit.ts'
import { nameOf, userTrail } from './user-frame.tsx'

/** @returns an app to be mounted at `/console/users` */
export function createAssignmentPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/:id/give', async (c) => {
    const { role, brand } = c.req.query()
    return showGive(c, filledForm({ roleId: role, scope: brand }))
  })

  pages.post('/:id/give', async (c) => {
    const userId = c.req.param('id')
    return submit(c, { again: (state) => showGive(c, state) }, async (form) => {
      const assignment = {
        ...{ userId, roleId: form['roleId'] ?? '', brandId: brandOfScope(form['scope']) },
        ...{ reason: form['reason'] ?? '', sponsor: textOf(form, 'sponsor') },
        ...{ expiresAt: endOfDay(form, 'expiresAt'), reviewAt: endOfDay(form, 'reviewAt') },
      }
      if (form['step'] === 'preview') {
        const user = await getListedUser(c.get('ctx'), userId)
        return showPreview(c, {
          section: 'users',
          title: `Give ${nameOf(user)} a role`,
          change: { kind: 'create_assignments', assignments: [assignment] },
          ...{ next: `/console/users/${userId}?done=assigned`, back: `/console/users/${userId}/give` },
        })
      }
      await createAssignment(c.get('ctx'), assignment)
      return `/console/users/${userId}?done=assigned`
    })
  })

  pages.get('/:id/assignments/:assignmentId', async (c) => {
    const assignment = await getAssignment(c.get('ctx'), c.req.param('assignmentId'))
    const { reason, sponsor, expiresAt, reviewAt } = assignment
    const values = {
      roleId: assignment.role.id,
      reason,
      sponsor: sponsor ?? '',
      expiresAt: dayOf(expiresAt),
      reviewAt: dayOf(reviewAt),
    }
    return showChange(c, assignment, filledForm(values))
  })

  pages.post('/:id/assignments/:assignmentId', async (c) => {
    const assignmentId = c.req.param('assignmentId')
    const assignment = await getAssignment(c.get('ctx'), assignmentId)
    return submit(c, { again: (state) => showChange(c, assignment, state) }, async (form) => {
      const change = {
        ...({ kind: 'update_assignment', assignmentId, roleId: textOf(form, 'roleId') } as const),
        ...{ reason: form['reason'] ?? '', sponsor: textOf(form, 'sponsor') ?? null },
        ...keptUnlessMoved(form, assignment, 'expiresAt'),
        ...keptUnlessMoved(form, assignment, 'reviewAt'),
      }
      const { role, user } = assignment
      const page = `/console/users/${c.req.param('id')}`
      const title = `Change ${role.name} of ${user.userName}`
      const back = `${page}/assignments/${assignmentId}`
      return saveOrShow(c, { section: 'users', title, change, next: page, back })
    })
  })

  pages.post('/:id/assignments/:assignmentId/delete', async (c) => {
    const { id, user, role, brand } = await getAssignment(c.get('ctx'), c.req.param('assignmentId'))
    const where = brand?.name ?? c.get('manager').organization.name
    const page = `/console/users/${user.id}`
    return showPreview(c, {
      section: 'users',
      title: `Take back ${role.name} in ${where} from ${user.userName}`,
      change: { kind: 'delete_assignments', assignmentIds: [id] },
      ...{ next: page, back: `${page}/assignments/${id}` },
    })
  })
  return pages
}

const dayOf = (time: string | null): string => (time === null ? '' : time.slice(0, 10))

type Dates = 'expiresAt' | 'reviewAt'

/** A day that was not touched keeps its hour, and one that has passed does not stand in the way of another change. */
function keptUnlessMoved<Name extends Dates>(
  form: Readonly<Record<string, string | undefined>>,
  assignment: AssignmentRecord,
  name: Name,
): { [Date in Name]?: string | null } {
  const isSame = (textOf(form, name) ?? '') === dayOf(assignment[name])
  return isSame ? {} : ({ [name]: endOfDay(form, name) ?? null } as { [Date in Name]: string | null })
}

async function showGive(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const [user, choices] = await Promise.all([
    getListedUser(frame.ctx, c.req.param('id') ?? ''),
    roleChoices(frame.ctx, 'assignments.write'),
  ])
  const page = (
    <ConsolePage
      frame={frame}
      section="users"
      title={`Give ${nameOf(user)} a role`}
      lead="Directly, for a reason, and better until a date. Where several people need the same, map a group instead."
      trail={userTrail(user)}
    >
      <GiveForm {...{ user, choices, state }} organization={frame.manager.organization.name} />
    </ConsolePage>
  )
  return renderForm(c, state, page)
}

type GiveProps = { user: ListedUser; choices: RoleChoices; state: FormState; organization: string }

const GiveForm = ({ user, choices, state, organization }: GiveProps) => {
  const { values, errors } = state
  return (
    <PostForm action={`/console/users/${user.id}/give`} state={state} class="panel">
      <div class="form-grid">
        <Select
          {...field(state, 'roleId')}
          label="Role"
          options={choices.roles}
          hint={choices.roles.length === 0 ? 'There is no role within your own rights.' : 'What each is for is below.'}
        />
        <Select
          name="scope"
          label="Where"
          value={values['scope']}
          error={errors['brandId']}
          options={scopeOptions(choices, organization)}
          hint="In a brand, roles held there take the place of those in the organization."
        />
      </div>
      <ReasonFields state={state} />
      <Actions>
        <SubmitButton label="Give the role" />
        <SubmitButton label="See what changes" kind="secondary" name="step" value="preview" />
        <LinkButton href={`/console/users/${user.id}`}>Cancel</LinkButton>
      </Actions>
      <RolePurposes choices={choices} />
    </PostForm>
  )
}

const ReasonFields = ({ state }: { state: FormState }) => (
  <>
    <TextArea
      {...field(state, 'reason')}
      label="Reason"
      hint="Whoever reviews it later reads this, and so does the person."
      maxlength={1_000}
      rows={2}
    />
    <div class="form-grid">
      <Field
        {...field(state, 'expiresAt')}
        label="Until"
        type="date"
        hint="To the end of that day, UTC. Person and sponsor are reminded 14 and 3 days before."
        isOptional
      />
      <Field {...field(state, 'reviewAt')} label="Look at it again on" type="date" isOptional />
      <Field
        {...field(state, 'sponsor')}
        label="Sponsor"
        hint="Who vouches for it: an e-mail address or a user name."
        isOptional
      />
    </div>
  </>
)

async function showChange(c: Context<ConsoleEnv>, assignment: AssignmentRecord, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const [user, choices] = await Promise.all([
    getListedUser(frame.ctx, assignment.user.id),
    roleChoices(frame.ctx, 'assignments.write'),
  ])
  const where = assignment.brand?.name ?? frame.manager.organization.name
  const href = `/console/users/${user.id}/assignments/${assignment.id}`
  const page = (
    <ConsolePage
      frame={frame}
      section="users"
      title={`${assignment.role.name} in ${where}`}
      lead={`Given directly to ${nameOf(user)}.`}
      trail={userTrail(user)}
    >
      <PostForm action={href} state={state} class="panel">
        {assignment.kind === 'role' ? <OtherRole {...{ assignment, choices, state }} /> : null}
        <ReasonFields state={state} />
        <Buttons submit="Save" back={`/console/users/${user.id}`} />
        {assignment.kind === 'role' ? <RolePurposes choices={choices} /> : null}
      </PostForm>
      <Panel title="Undo" lead={`You see first what it changes. ${nameOf(user)} is told, and what groups give stays.`}>
        <ButtonForm action={`${href}/delete`} label={`Take back ${assignment.role.name}`} kind="btn-danger" />
      </Panel>
    </ConsolePage>
  )
  return renderForm(c, state, page)
}

type OtherRoleProps = { assignment: AssignmentRecord; choices: RoleChoices; state: FormState }

/** The role that it is stands first, also where it is none that the reader may give. */
const OtherRole = ({ assignment: { role }, choices, state }: OtherRoleProps) => (
  <Select
    {...field(state, 'roleId')}
    label="Role"
    hint="Another one takes its place at once; reason, end and sponsor stay. What is lost by it is shown first."
    options={[
      { value: role.id, label: role.name },
      ...choices.roles.filter(({ value }) => value !== role.id).map(({ value, label }) => ({ value, label })),
    ]}
  />
)
