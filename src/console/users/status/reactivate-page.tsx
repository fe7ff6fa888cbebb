// What comes back with one person, by itself or by choice.
import type { Context } from 'hono'
import { getListedUser } from '#access/people/list-users.ts'
import { previewReactivation, type ReactivationPreview } from '#access/people/status/preview-reactivation.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { type FormState, PostForm } from '#http/ui/form.tsx'
import { Check } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { type ConsoleEnv, frameOf, type Manager } from '../../ui/env.ts'
import { ConsolePage } from '../../ui/frame.tsx'
import { Panel } from '../../ui/parts.tsx'
import { heldName, Source } from '../../ui/people.tsx'
import { renderForm } from '../../ui/submit.ts'
import { WorkList } from '../../ui/work.tsx'
import { nameOf, userTrail } from '../parts/user-frame.tsx'

type Values = Readonly<Record<string, string | undefined>>

export async function showReactivate(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const [frame, id] = [frameOf(c), c.req.param('id') ?? '']
  const [user, preview] = await Promise.all([getListedUser(frame.ctx, id), previewReactivation(frame.ctx, id)])
  const page = (
    <ConsolePage
      frame={frame}
      section="users"
      title={`Reactivate ${nameOf(user)}`}
      lead="They may sign in again, anew: no old session, key or link revives."
      trail={userTrail(user)}
    >
      {preview.isDirectoryDecision ? (
        <Alert kind="warning" title="Their identity provider switched them off">
          {preview.mayLift
            ? 'It may do so again with its next request. Better switch them on there.'
            : 'Only it can lift that: switch them on there. An organization may say otherwise under Settings.'}
        </Alert>
      ) : null}
      {preview.isHeldByDirectory ? (
        <Alert kind="warning" title="Their identity provider says that they are gone, too">
          Lifted here, they stay switched off until it switches them on.
        </Alert>
      ) : null}
      <PostForm action={`/console/users/${id}/reactivate`} state={state}>
        <ComesBack {...{ preview }} manager={frame.manager} values={state.values} />
        <Buttons submit="Reactivate" back={`/console/users/${id}`} />
      </PostForm>
    </ConsolePage>
  )
  return renderForm(c, state, page)
}

type ComesBackProps = { preview: ReactivationPreview; manager: Manager; values: Values }

const ComesBack = ({ preview, manager, values }: ComesBackProps) => {
  const organization = manager.organization.name
  const { derived, direct, upcoming, ended, hasPassword, returnable } = preview
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
          <p class="text-secondary">Nothing: none of their groups is mapped to a role.</p>
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
        <Panel title="Was given directly" lead="What you do not select is revoked permanently.">
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
            <div class="nested-choices">
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
      {returnable.length === 0 ? null : (
        <Panel title="Went to others" lead="What was handed over, and nobody has changed since.">
          <WorkList work={returnable} />
          <Check name="takeBack" label="They undo it" isChecked={values['takeBack'] === 'on'} />
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
