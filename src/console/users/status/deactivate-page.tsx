// What switching one person off does, or deleting them, and the name to type before it is done.
import type { Context } from 'hono'
import { getListedUser, type ListedUser } from '#access/people/list-users.ts'
import { type DeactivationPreview, previewDeactivation } from '#access/people/status/preview-deactivation.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { TypedWord } from '../../ui/confirm.tsx'
import { type ConsoleEnv, frameOf, type Manager } from '../../ui/env.ts'
import { ConsolePage } from '../../ui/frame.tsx'
import { Panel, TextArea } from '../../ui/parts.tsx'
import { heldName } from '../../ui/people.tsx'
import { renderForm } from '../../ui/submit.ts'
import { Made, WorkByKind } from '../../ui/work.tsx'
import { closingWords } from '../parts/access-tab.tsx'
import { nameOf, userTrail } from '../parts/user-frame.tsx'

/** What has to be typed before somebody is switched off. */
export const proofOf = ({ email, userName }: Pick<ListedUser, 'email' | 'userName'>): string => email ?? userName

const words = {
  deactivate: {
    verb: 'Deactivate',
    lead: 'They are shut out with their next request, everywhere. What they made stays, and so do their roles, for a return.',
  },
  delete: {
    verb: 'Delete',
    lead: 'They are shut out and hidden everywhere, and can be restored under Deleted people until they are erased. Deactivating is enough to shut somebody out.',
  },
} as const

export type Leaving = keyof typeof words

export async function showLeaving(c: Context<ConsoleEnv>, state: FormState, act: Leaving): Promise<Response> {
  const [frame, id] = [frameOf(c), c.req.param('id') ?? '']
  const user = await getListedUser(frame.ctx, id)
  const preview = await previewDeactivation(frame.ctx, id)
  const page = (
    <ConsolePage
      frame={frame}
      section="users"
      title={`${words[act].verb} ${nameOf(user)}`}
      lead={words[act].lead}
      trail={userTrail(user)}
    >
      {preview.refusal === null ? null : (
        <Alert kind="danger" title="This will be refused">
          {preview.refusal.message}.
        </Alert>
      )}
      <Consequences preview={preview} manager={frame.manager} />
      <Made made={preview.made} />
      <PostForm action={`/console/users/${id}/${act}`} state={state} class="panel">
        <div class="form-grid">
          <TextArea
            {...field(state, 'note')}
            label="Note"
            hint="Why, for the audit trail."
            rows={2}
            maxlength={1_000}
            isOptional
          />
          {act === 'delete' ? null : (
            <Field
              {...field(state, 'returnsAt')}
              label="Expected back on"
              type="date"
              hint="On that day you are reminded to reactivate them."
              isOptional
            />
          )}
        </div>
        {preview.leaves.length === 0 ? null : <WorkByKind work={preview.leaves} state={state} />}
        <TypedWord word={proofOf(user)} state={state} />
        <Buttons submit={words[act].verb} kind="danger" back={`/console/users/${id}`} />
      </PostForm>
    </ConsolePage>
  )
  return renderForm(c, state, page)
}

/** What switching somebody off closes, and what has no effect meanwhile. */
export const Consequences = ({ preview, manager }: { preview: DeactivationPreview; manager: Manager }) => {
  const closing = closingWords(preview.closes)
  return (
    <div class="columns">
      <Panel title="Ends immediately">
        {closing.length === 0 ? (
          <p class="text-secondary">Nothing is open.</p>
        ) : (
          <ul>
            {closing.map((words) => (
              <li>{words}</li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title="Has no effect while they are off">
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
    </div>
  )
}
