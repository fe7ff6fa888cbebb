// Switching one person off, and on again: first what it does, then a name to type or a choice to make.
import { type Context, Hono } from 'hono'
import { getListedUser, type ListedUser } from '#access/people/list-users.ts'
import { deactivatePerson } from '#access/people/status/deactivate-person.ts'
import { type DeactivationPreview, previewDeactivation } from '#access/people/status/preview-deactivation.ts'
import { previewReactivation, type ReactivationPreview } from '#access/people/status/preview-reactivation.ts'
import { reactivatePerson } from '#access/people/status/reactivate-person.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { Alert } from '#http/ui/content.tsx'
import { Actions, Field, SubmitButton } from '#http/ui/forms.tsx'
import type { ConsoleEnv, Manager } from '../env.ts'
import { chosen, emptyForm, endOfDay, type FormState, isRefused, refusedForm, textOf } from '../ui/forms.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Check, Panel, TextArea, Time } from '../ui/parts.tsx'
import { heldName, Source } from '../ui/people.tsx'
import { closingWords } from './access-tab.tsx'
import { nameOf, userTrail } from './user-frame.tsx'

/** @returns an app to be mounted at `/console/users` */
export function createStatusPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/:id/deactivate', (c) => showDeactivate(c, emptyForm))

  pages.post('/:id/deactivate', async (c) => {
    const form = await readForm(c)
    const [ctx, userId] = [c.get('ctx'), c.req.param('id')]
    const user = await getListedUser(ctx, userId)
    const wanted = proofOf(user)
    if ((form['proof'] ?? '').trim().toLowerCase() !== wanted.toLowerCase())
      return showDeactivate(c, { values: form, errors: { proof: `Type ${wanted} to go on` }, message: undefined })
    try {
      const returnsAt = endOfDay(form, 'returnsAt')
      await deactivatePerson(ctx, { userId, note: textOf(form, 'note'), returnsAt })
      return c.redirect(`/console/users/${userId}?done=deactivated`, 303)
    } catch (error) {
      return showDeactivate(c, refusedForm(form, error))
    }
  })

  pages.get('/:id/reactivate', (c) => showReactivate(c, emptyForm))

  pages.post('/:id/reactivate', async (c) => {
    const form = await readForm(c)
    const userId = c.req.param('id')
    try {
      await reactivatePerson(c.get('ctx'), {
        userId,
        restore: restoreOf(form),
        mustChangePassword: form['mustChange'] === 'on',
      })
      return c.redirect(`/console/users/${userId}?done=reactivated`, 303)
    } catch (error) {
      return showReactivate(c, refusedForm(form, error))
    }
  })
  return pages
}

type Values = Readonly<Record<string, string | undefined>>

function restoreOf(form: Values): 'all' | 'none' | string[] {
  if (form['restore'] === 'none') return 'none'
  return form['restore'] === 'some' ? chosen(form, 'assignment') : 'all'
}

/** What has to be typed before somebody is switched off. */
const proofOf = ({ email, userName }: Pick<ListedUser, 'email' | 'userName'>): string => email ?? userName

async function showDeactivate(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const [ctx, manager, id] = [c.get('ctx'), c.get('manager'), c.req.param('id') ?? '']
  const user = await getListedUser(ctx, id)
  const preview = await previewDeactivation(ctx, id)
  const page = (
    <ConsolePage
      {...{ ctx, manager }}
      section="users"
      title={`Deactivate ${nameOf(user)}`}
      lead="They are shut out with their next request, everywhere. What they made stays, and so do their roles, for a return."
      trail={userTrail(user)}
    >
      {preview.refusal === null ? null : (
        <Alert kind="danger" title="This will be refused">
          {preview.refusal.message}.
        </Alert>
      )}
      <Consequences preview={preview} manager={manager} />
      <form method="post" action={`/console/users/${id}/deactivate`} class="panel">
        {state.message === undefined ? null : <Alert kind="danger" title={state.message} />}
        <div class="form-grid">
          <TextArea
            name="note"
            label="Note"
            value={state.values['note']}
            error={state.errors['note']}
            hint="Why, for the audit trail."
            rows={2}
            maxlength={1_000}
            isOptional
          />
          <Field
            name="returnsAt"
            label="Expected back on"
            type="date"
            value={state.values['returnsAt']}
            error={state.errors['returnsAt']}
            hint="On that day you are reminded to reactivate them."
            isOptional
          />
        </div>
        <Field
          name="proof"
          label={`Type ${proofOf(user)} to confirm`}
          value={state.values['proof']}
          error={state.errors['proof']}
          autocomplete="off"
        />
        <Actions>
          <SubmitButton label="Deactivate" kind="danger" />
          <a class="btn" href={`/console/users/${id}`}>
            Cancel
          </a>
        </Actions>
      </form>
    </ConsolePage>
  )
  return renderPage(c, page, { status: isRefused(state) ? 400 : 200 })
}

const Consequences = ({ preview, manager }: { preview: DeactivationPreview; manager: Manager }) => {
  const closing = closingWords(preview.closes)
  return (
    <div class="columns">
      <Panel title="Closes at once">
        {closing.length === 0 ? (
          <p class="text-secondary">Nothing of theirs is open.</p>
        ) : (
          <ul>
            {closing.map((words) => (
              <li>{words}</li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title="Goes dark">
        {preview.roles.length === 0 ? (
          <p class="text-secondary">They hold no role.</p>
        ) : (
          <ul>
            {[...new Set(preview.roles.map((held) => heldName(held, manager.organization.name)))].map((name) => (
              <li>{name}</li>
            ))}
          </ul>
        )}
      </Panel>
      {preview.sponsored.length === 0 ? null : (
        <Panel title="Who else is concerned" lead="They vouch for these. Somebody else should.">
          <ul>
            {preview.sponsored.map(({ user, role, brand, expiresAt }) => (
              <li>
                <a href={`/console/users/${user.id}`}>{user.displayName ?? user.userName}</a>: {role.name} in{' '}
                {brand?.name ?? manager.organization.name}
                {expiresAt === null ? null : (
                  <>
                    {' '}
                    until <Time at={expiresAt} />
                  </>
                )}
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </div>
  )
}

async function showReactivate(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const [ctx, manager, id] = [c.get('ctx'), c.get('manager'), c.req.param('id') ?? '']
  const [user, preview] = await Promise.all([getListedUser(ctx, id), previewReactivation(ctx, id)])
  const page = (
    <ConsolePage
      {...{ ctx, manager }}
      section="users"
      title={`Reactivate ${nameOf(user)}`}
      lead="They may sign in again, anew: no old session, key or link revives."
      trail={userTrail(user)}
    >
      {preview.isDirectoryDecision ? (
        <Alert kind="warning" title="Their identity provider switched them off">
          It may do so again with its next request. Better switch them on there.
        </Alert>
      ) : null}
      <form method="post" action={`/console/users/${id}/reactivate`}>
        {state.message === undefined ? null : <Alert kind="danger" title={state.message} />}
        <ComesBack {...{ preview, manager }} values={state.values} />
        <Actions>
          <SubmitButton label="Reactivate" />
          <a class="btn" href={`/console/users/${id}`}>
            Cancel
          </a>
        </Actions>
      </form>
    </ConsolePage>
  )
  return renderPage(c, page, { status: isRefused(state) ? 400 : 200 })
}

type ComesBackProps = { preview: ReactivationPreview; manager: Manager; values: Values }

const ComesBack = ({ preview, manager, values }: ComesBackProps) => {
  const organization = manager.organization.name
  const { derived, direct, upcoming, ended, hasPassword } = preview
  const toChoose = [
    ...direct.flatMap(({ source, ...held }) =>
      source.type === 'direct'
        ? [{ id: source.assignmentId, name: heldName(held, organization), hint: source.reason }]
        : [],
    ),
    ...upcoming.map(({ id, role, brand, reason }) => ({
      ...{ id, name: `${role.name} in ${brand?.name ?? organization}, from later on`, hint: reason },
    })),
  ]
  const restore = values['restore'] ?? 'all'
  return (
    <>
      <Panel title="Comes back by itself" lead="What their groups give now.">
        {derived.length === 0 ? (
          <p class="text-secondary">Nothing: no group of theirs is mapped to a role.</p>
        ) : (
          <ul class="role-list">
            {derived.map((held) => (
              <li>
                {heldName(held, organization)} <Source source={held.source} />
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {toChoose.length === 0 ? null : (
        <Panel title="Was given directly" lead="What you do not choose is taken back for good.">
          <fieldset>
            <legend class="visually-hidden">What comes back</legend>
            <Check type="radio" name="restore" value="all" label="All of it" isChecked={restore === 'all'} />
            <Check type="radio" name="restore" value="none" label="Nothing of it" isChecked={restore === 'none'} />
            <Check
              type="radio"
              name="restore"
              value="some"
              label="What is chosen here"
              isChecked={restore === 'some'}
            />
            <div class="steps">
              {toChoose.map(({ id, name, hint }) => (
                <Check
                  name={`assignment.${id}`}
                  label={name}
                  hint={hint}
                  isChecked={restore !== 'some' || values[`assignment.${id}`] === 'on'}
                />
              ))}
            </div>
          </fieldset>
        </Panel>
      )}
      {ended.length === 0 ? null : (
        <Panel title="Has ended meanwhile" lead="It stays ended.">
          <ul>
            {ended.map(({ role, brand, expiresAt }) => (
              <li>
                {role.name} in {brand?.name ?? organization}, ended <Time at={expiresAt} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {hasPassword ? (
        <Check
          name="mustChange"
          label="They choose a new password at their next sign-in"
          isChecked={values['mustChange'] === 'on'}
        />
      ) : null}
    </>
  )
}
